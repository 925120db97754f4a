"""What an operator can set, read once from the environment into one frozen value.

Promises that every problem is named at once with what was expected and what came. Read only by the composition roots
(`cli`, `api.main`); everything else is given plain values. `docs/reference/configuration.md` is checked against it.
"""

import json
import os
import socket
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, TypedDict

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode, SettingsConfigDict

from addon_portal.config_log_in import LogInSettings
from addon_portal.config_notifications import NotificationSettings, NotifierOptions
from addon_portal.config_retention import RetentionSettings
from addon_portal.domain.clock import Clock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.errors import FieldProblem
from addon_portal.domain.git_sources import TRANSPORTS
from addon_portal.domain.ids import HostId, has_form, new_host_id
from addon_portal.domain.states import FINAL, RunState
from addon_portal.domain.terms import LEAST_LOG_LIMIT
from addon_portal.validation import problem_of, without_password
from addon_portal.workspaces.limits import CodeLimits

PREFIX = "ADDON_PORTAL_"
DATABASES = ("sqlite:///", "postgresql://")
_ADDRESS = "sqlite:///path or postgresql://…"


class SettingsError(Exception):
    """The settings cannot be used; the message names every problem on a line of its own."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        super().__init__("\n".join(f"{p.field}: expected {p.expected}, got {p.got}" for p in problems))
        self.problems = problems


class SupervisorOptions(TypedDict):
    """What the supervisor is told: plain values that survive JSON, so that it need not import this module."""

    data_dir: str
    database_url: str
    host_id: str
    host_name: str
    cleanup_interval_seconds: float
    max_concurrent_runs: int | None
    default_grace_seconds: float
    log_limit_bytes: int
    retention_rules: dict[str, float | int | None]
    git_transports: list[str]
    max_upload_bytes: int
    max_code_bytes: int
    max_code_entries: int
    process_identity: str
    control_groups: str
    log_level: str
    log_format: str


def _default_data_dir() -> Path:
    return Path("/var/lib/addon-portal") if os.geteuid() == 0 else Path.home() / ".local/share/addon-portal"


def _only_final_states() -> PydanticCustomError:
    return PydanticCustomError("states", "", {"expected": f"final states only ({', '.join(sorted(FINAL))})"})


class Settings(LogInSettings, NotificationSettings, RetentionSettings):
    """Every setting; field descriptions say unit and consequence."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True, env_ignore_empty=True
    )

    data_dir: Annotated[
        Path,
        Field(
            default_factory=_default_data_dir,
            validation_alias=AliasChoices("data_dir", f"{PREFIX}DATA"),
            description="Directory of the database, run directories and workspaces, on a local disk.",
        ),
    ]
    database_url: Annotated[
        str | None,
        Field(
            description="Address of the database, sqlite:///path or postgresql://…; "
            "by default the one that was last used with the data directory, at first an SQLite file in it."
        ),
    ] = None
    bind_host: Annotated[str, Field(description="Address the API listens on.", min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="TCP port of the API; 0 takes any free one.")] = 8470
    host_id: Annotated[
        str | None,
        Field(description="Whose runs this installation starts; by default from host.json in the data directory."),
    ] = None
    execution_timeout_hours: Annotated[
        float,
        Field(
            gt=0,
            allow_inf_nan=False,
            validation_alias=AliasChoices("execution_timeout_hours", "PROJECT_EXECUTION_TIMEOUT_HOURS"),
            description="Hours after which a live run is shown as overdue. It is never failed for it.",
        ),
    ] = 24.0
    cleanup_interval_seconds: Annotated[
        float,
        Field(
            ge=0,
            allow_inf_nan=False,
            validation_alias=AliasChoices("cleanup_interval_seconds", "PROJECT_CLEANUP_INTERVAL_SECONDS"),
            description="Seconds between two clean-ups of stuck projects; 0 cleans up at start and on events only.",
        ),
    ] = 5.0
    restartable_statuses: Annotated[
        frozenset[RunState],
        NoDecode,
        Field(
            min_length=1,
            validation_alias=AliasChoices("restartable_statuses", "RESTARTABLE_STATUSES"),
            description="Final states, separated by commas, from which a project may be restarted.",
        ),
    ] = FINAL
    max_concurrent_runs: Annotated[
        int | None,
        Field(ge=1, description="Runs that may be active at once on this host; more wait. By default no limit."),
    ] = None
    default_grace_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=86400,
            allow_inf_nan=False,
            description="Seconds between the polite signal and the kill where neither project nor request says.",
        ),
    ] = 10.0
    log_limit_bytes: Annotated[
        int,
        Field(
            ge=0,
            description="Bytes of each run's output that are kept, the newest, where its project does not say; "
            "0 keeps all, at least 1048576 otherwise.",
        ),
    ] = 1 << 30
    max_upload_bytes: Annotated[
        int, Field(ge=1, description="Bytes that an archive with a project's code may have.")
    ] = 1 << 30
    max_code_bytes: Annotated[
        int, Field(ge=1, description="Bytes that the files of a project's code may have when they are unpacked.")
    ] = 4 << 30
    max_code_entries: Annotated[
        int, Field(ge=1, description="Files, directories and links that a project's code may have.")
    ] = 100_000
    git_transports: Annotated[
        frozenset[str],
        NoDecode,
        Field(
            description="Transports, separated by commas, by which code may be fetched with git from wherever a tenant "
            "says: https, http, ssh, git, file; none forbids it."
        ),
    ] = frozenset({"https"})
    process_identity: Annotated[
        Literal["auto", "pidfd", "psutil"],
        Field(
            description="How processes are known: auto is pidfd where the kernel has it. "
            "psutil is experimental and weaker; `addon-portal doctor` says what is lost."
        ),
    ] = "auto"
    control_groups: Annotated[
        Literal["auto", "off"],
        Field(
            description="Whether limits of runs are kept by control groups where they can be made. off is weaker; "
            "`addon-portal doctor` says what is lost."
        ),
    ] = "auto"
    metrics_access: Annotated[
        Literal["operator", "anyone"],
        Field(
            description="Who may read /metrics: whoever has an operator's key, or anyone who reaches the port. "
            "It tells how much is run and how it goes, of no tenant by name."
        ),
    ] = "operator"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="The least level that is logged.")
    ] = "info"
    log_format: Annotated[
        Literal["auto", "json", "console"],
        Field(description="Form of the log: auto is console on a terminal and json elsewhere."),
    ] = "auto"

    @field_validator("data_dir")
    @classmethod
    def _make_absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _check_database_url(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(DATABASES):
            raise PydanticCustomError("address", "", {"expected": _ADDRESS, "got": repr(without_password(url))})
        if url is not None and url.partition("://")[2].partition("/")[0].count("@") > 1:
            # The driver would take what follows the first one for the server, and name it in its complaint.
            expected = "%40 for each @ in user and password"
            raise PydanticCustomError("address", "", {"expected": expected, "got": repr(without_password(url))})
        return url

    @field_validator("host_id")
    @classmethod
    def _check_host_id(cls, text: str | None) -> str | None:
        if text is not None and not has_form("hst_", text):
            raise PydanticCustomError("identifier", "", {"expected": "hst_ and 26 characters"})
        return text

    @field_validator("restartable_statuses", mode="before")
    @classmethod
    def _split_statuses(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not FINAL.issuperset(parts):
            raise _only_final_states()
        return parts

    @field_validator("restartable_statuses")
    @classmethod
    def _check_statuses(cls, states: frozenset[RunState]) -> frozenset[RunState]:
        if not states <= FINAL:
            raise _only_final_states()
        return states

    @field_validator("log_limit_bytes")
    @classmethod
    def _check_log_limit(cls, limit: int) -> int:
        if 0 < limit < LEAST_LOG_LIMIT:
            raise PydanticCustomError("limit", "", {"expected": f"0, or at least {LEAST_LOG_LIMIT}"})
        return limit

    @field_validator("git_transports", mode="before")
    @classmethod
    def _split_transports(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = frozenset(part.strip() for part in value.split(",") if part.strip()) - {"none"}
        if not parts.issubset(TRANSPORTS):
            raise PydanticCustomError("transports", "", {"expected": f"some of {', '.join(TRANSPORTS)}, or none"})
        return parts

    @property
    def data(self) -> DataDirectory:
        """The layout of the data directory."""
        return DataDirectory(self.data_dir)

    @property
    def database(self) -> str:
        """The address of the database in use: as set, else as this directory remembers it, else the embedded one.

        Raises SettingsError when what is remembered makes no sense.
        """
        return self.database_url or remembered_database(self.data) or self.data.database_address

    @property
    def overdue_after(self) -> timedelta:
        """The age at which a live run is shown as overdue."""
        return timedelta(hours=self.execution_timeout_hours)

    @property
    def code_limits(self) -> CodeLimits:
        """How much code is taken in."""
        return CodeLimits(self.max_upload_bytes, self.max_code_bytes, self.max_code_entries)

    def supervisor_options(self, host_id: HostId) -> SupervisorOptions:
        """What the supervisor of this host is told."""
        return SupervisorOptions(
            data_dir=str(self.data_dir),
            database_url=self.database,
            host_id=host_id,
            host_name=socket.gethostname(),
            cleanup_interval_seconds=self.cleanup_interval_seconds,
            max_concurrent_runs=self.max_concurrent_runs,
            default_grace_seconds=self.default_grace_seconds,
            log_limit_bytes=self.log_limit_bytes,
            retention_rules=self.retention_rules(),
            git_transports=sorted(self.git_transports),
            max_upload_bytes=self.max_upload_bytes,
            max_code_bytes=self.max_code_bytes,
            max_code_entries=self.max_code_entries,
            process_identity=self.process_identity,
            control_groups=self.control_groups,
            log_level=self.log_level,
            log_format=self.log_format,
        )

    def notifier_options(self, host_id: HostId) -> NotifierOptions:
        """What the sender of messages is told."""
        return NotifierOptions(
            data_dir=str(self.data_dir),
            database_url=self.database,
            host_id=host_id,
            overdue_after_seconds=self.overdue_after.total_seconds(),
            public_url=self.public_url,
            allow_private=self.notify_private_addresses,
            timeout_seconds=self.notify_timeout_seconds,
            retry_seconds=list(self.notify_retry_seconds),
            log_days=self.notify_log_days,
            log_level=self.log_level,
            log_format=self.log_format,
        )


def load_settings(**given: object) -> Settings:
    """Read the environment; what is `given` (by option, as field names) wins. Raises SettingsError."""
    if "data_dir" not in given and os.environ.get(variable_of("data_dir")) == "":
        raise SettingsError([FieldProblem(variable_of("data_dir"), "a directory", "an empty path")])
    try:
        settings = Settings.model_validate({}) if not given else Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        raise SettingsError([_name_variable(problem_of(dict(found))) for found in error.errors()]) from None
    remembered_database(settings.data)  # refused here and not wherever it is used
    return settings


def variable_of(field: str) -> str:
    """The environment variable of a setting."""
    alias = Settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[-1])
    return PREFIX + field.upper()


def _name_variable(problem: FieldProblem) -> FieldProblem:
    """Problems are reported by the variable that an operator sets."""
    name = problem.field.split("[")[0].split(".")[0]
    field = name if name in Settings.model_fields else name.lower().removeprefix(PREFIX.lower())
    shown = variable_of(field) if field in Settings.model_fields else name
    return FieldProblem(shown, problem.expected, problem.got)


def remembered_database(data: DataDirectory) -> str | None:
    """The database that `up` or `db upgrade` last used here, where that is not the embedded one.

    So whoever works on this directory later, without the setting, does not take it for one without a portal.
    """
    try:
        url = json.loads(data.database_file.read_text())["url"]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        came = str(error.strerror)
        raise SettingsError([FieldProblem(str(data.database_file), "a file that can be read", came)]) from error
    except (ValueError, KeyError, TypeError):
        url = None
    if not isinstance(url, str) or not url.startswith(DATABASES):
        raise SettingsError([FieldProblem(str(data.database_file), f"a JSON object with a url, {_ADDRESS}", "neither")])
    return url


def ensure_host_id(settings: Settings, clock: Clock) -> HostId:
    """The identity of this host: as set, else from `host.json`, which is made once, whoever comes first.

    Raises OSError when the data directory cannot be read or written, and SettingsError when the file says nonsense.
    """
    if settings.host_id is not None:
        return HostId(settings.host_id)
    path = settings.data.host_file
    if not path.exists():
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, json.dumps({"version": 1, "host_id": new_host_id(clock.now())}))
    try:
        host_id = json.loads(path.read_text())["host_id"]
    except (ValueError, KeyError, TypeError):
        host_id = None
    if not isinstance(host_id, str) or not has_form("hst_", host_id):
        raise SettingsError([FieldProblem(str(path), "a JSON object with a host_id", "something else")])
    return HostId(host_id)


def _write_once(path: Path, text: str) -> None:
    """Make a file whole, or leave the one that another process has made meanwhile (link(2) is atomic)."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(file.name)
