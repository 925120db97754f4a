"""What those are answered who watch the portal itself."""

from datetime import datetime
from typing import Literal

from addon_portal.api.schemas.fields import Answer


class AliveBody(Answer):
    """The process lives."""

    status: Literal["alive"]


class SupervisorBody(Answer):
    """Whether somebody looks after the runs."""

    observed_at: datetime | None
    unreachable: bool


class ReadyBody(Answer):
    """The database answers."""

    status: Literal["ready"]
    supervisor: SupervisorBody
