"""What a sender is told when it starts: plain values that survive JSON, so that it needs no settings."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import HostId
from addon_portal.notifications.retries import SCHEDULE


@dataclass(frozen=True, slots=True)
class NotifierOptions:
    """Names and units are those of `config.Settings`."""

    data_dir: str
    database_url: str
    host_id: HostId
    overdue_after_seconds: float = 86400.0
    public_url: str | None = None
    allow_private: bool = False
    timeout_seconds: float = 15.0
    retry_seconds: list[float] = field(default_factory=lambda: list(SCHEDULE))
    log_days: float = 30.0
    log_level: str = "info"
    log_format: str = "auto"
    leaves_when_idle: bool = False
    """End when there is no webhook: whoever started us does so again when there is one."""
    parent_fd: int | None = None
    """A descriptor that reads as ended when the process that started us is gone; None to outlive it."""

    @property
    def data(self) -> DataDirectory:
        """The data directory by its names."""
        return DataDirectory(Path(self.data_dir))

    @property
    def overdue_after(self) -> timedelta:
        """The age at which a live run is overdue."""
        return timedelta(seconds=self.overdue_after_seconds)
