"""What one supervisor is told when it starts: plain values that survive JSON, so that it needs no settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import HostId
from addon_portal.domain.retention import RetentionOptions
from addon_portal.workspaces.limits import CodeLimits


@dataclass(frozen=True, slots=True)
class SupervisorOptions:
    """Names and units are those of `config.Settings`."""

    data_dir: str
    database_url: str
    host_id: HostId
    host_name: str
    cleanup_interval_seconds: float = 5.0
    """Seconds between clean-ups; 0 cleans up at start and on request only."""
    max_concurrent_runs: int | None = None
    default_grace_seconds: float = 10.0
    log_limit_bytes: int = 1 << 30
    """Bytes of each run's output that are kept, the newest; 0 keeps all."""
    git_transports: Sequence[str] = ("https",)
    max_upload_bytes: int = 1 << 30
    max_code_bytes: int = 4 << 30
    max_code_entries: int = 100_000
    process_identity: str = "auto"
    control_groups: str = "auto"
    log_level: str = "info"
    log_format: str = "auto"
    retention_rules: Mapping[str, float | int | None] = field(default_factory=dict)
    """Those of `domain.retention.RetentionOptions` that are set."""
    parent_fd: int | None = None
    """A descriptor that reads as ended when the process that started us is gone; None to outlive it."""

    @property
    def data(self) -> DataDirectory:
        """The data directory by its names."""
        return DataDirectory(Path(self.data_dir))

    @property
    def code_limits(self) -> CodeLimits:
        """How much code is taken in."""
        return CodeLimits(self.max_upload_bytes, self.max_code_bytes, self.max_code_entries)

    @property
    def retention(self) -> RetentionOptions:
        """How long logs, workspaces and code are kept."""
        return RetentionOptions(**self.retention_rules)  # type: ignore[arg-type]

    @property
    def actor(self) -> str:
        """How the supervisor signs the journal."""
        return f"supervisor:{self.host_name}"
