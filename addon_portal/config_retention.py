"""What an operator can set about how long things are kept: the part of `config.Settings` that retention follows."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

_FOR_EVER = "By default for ever."


class RetentionSettings(BaseSettings):
    """A part of the settings; read with the others."""

    log_retention_days: Annotated[
        float | None,
        Field(
            gt=0,
            allow_inf_nan=False,
            description=f"Days after the end of a run for which its log is kept. {_FOR_EVER}",
        ),
    ] = None
    log_retention_runs: Annotated[
        int | None, Field(ge=1, description=f"Newest runs of each project whose logs are kept. {_FOR_EVER}")
    ] = None
    log_retention_bytes: Annotated[
        int | None,
        Field(ge=0, description=f"Bytes that all logs may take together, of which the oldest go first. {_FOR_EVER}"),
    ] = None
    workspace_retention_days: Annotated[
        float | None,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Days for which a workspace is kept in which no run begins any more, since a later one began "
            f"in a clean one or the project was deleted. {_FOR_EVER}",
        ),
    ] = None
    workspace_retention_count: Annotated[
        int | None, Field(ge=1, description=f"Newest workspaces of each project that are kept. {_FOR_EVER}")
    ] = None
    workspace_retention_bytes: Annotated[
        int | None,
        Field(
            ge=0,
            description="Bytes that all workspaces may take together, of which the oldest that are not used any more "
            f"go first. {_FOR_EVER}",
        ),
    ] = None
    code_retention_days: Annotated[
        float | None,
        Field(
            gt=0,
            allow_inf_nan=False,
            description="Days after it was last uploaded or fetched for which code is kept that no version of a "
            f"project uses. {_FOR_EVER}",
        ),
    ] = None
    retention_interval_seconds: Annotated[
        float,
        Field(ge=1, allow_inf_nan=False, description="Seconds between two times at which what is not kept is removed."),
    ] = 3600.0

    def retention_rules(self) -> dict[str, float | int | None]:
        """As `domain.retention.RetentionOptions` names them, those that are set."""
        rules: dict[str, float | int | None] = {
            "log_days": self.log_retention_days,
            "log_runs": self.log_retention_runs,
            "log_bytes": self.log_retention_bytes,
            "workspace_days": self.workspace_retention_days,
            "workspace_count": self.workspace_retention_count,
            "workspace_bytes": self.workspace_retention_bytes,
            "code_days": self.code_retention_days,
            "interval_seconds": self.retention_interval_seconds,
        }
        return {name: value for name, value in rules.items() if value is not None}
