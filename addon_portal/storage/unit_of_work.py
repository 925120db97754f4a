"""One transaction with all repositories, and what is to be done at its end.

Promises that journal rows are written last, in one go, in the transaction of the change they describe, and that
listeners are woken after the commit and never without it.
"""

from datetime import datetime

from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import HostId, RunId
from addon_portal.storage import wakeups
from addon_portal.storage.cleanups import Cleanups
from addon_portal.storage.code_requests import CodeRequests
from addon_portal.storage.connection import Connection, Database
from addon_portal.storage.credentials import Credentials
from addon_portal.storage.host_runs import HostRuns
from addon_portal.storage.hosts import Hosts
from addon_portal.storage.idempotency import IdempotencyKeys
from addon_portal.storage.journal import Journal
from addon_portal.storage.programs import Programs
from addon_portal.storage.projects import Projects
from addon_portal.storage.runs import Runs
from addon_portal.storage.scheduled_restarts import ScheduledRestarts
from addon_portal.storage.tenants import Tenants


class UnitOfWork:
    """The repositories over one open transaction."""

    def __init__(self, connection: Connection, database: Database, clock: Clock) -> None:
        self.connection = connection
        self.database = database
        self._clock = clock
        self._channels: dict[str, None] = {}
        self.journal = Journal(self)
        self.tenants = Tenants(self)
        self.credentials = Credentials(self)
        self.programs = Programs(self)
        self.projects = Projects(self)
        self.runs = Runs(self)
        self.host_runs = HostRuns(self)
        self.hosts = Hosts(self)
        self.idempotency = IdempotencyKeys(self)
        self.cleanups = Cleanups(self)
        self.code_requests = CodeRequests(self)
        self.scheduled_restarts = ScheduledRestarts(self)
        self.ended_with_follower: list[RunId] = []
        """Runs that became final in this transaction and that something is to follow."""

    def now(self) -> datetime:
        """When something is recorded."""
        return self._clock.now()

    def wake(self, channel: str) -> None:
        """Wake the listeners of a channel once the transaction has been committed."""
        self._channels[channel] = None

    def wake_api(self) -> None:
        """Tell every api process that there is something to show."""
        self.wake(wakeups.API)

    def wake_supervisor(self, host_id: HostId) -> None:
        """Tell the supervisor of a host that there is something to do."""
        self.wake(wakeups.supervisor(host_id))

    def finish(self) -> None:
        """Write what was held back until the end; the caller commits next."""
        if self._channels:
            self.database.take_turn(self.connection, journals=self.journal.has_pending, channels=self.channels)
        self.journal.flush()

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels to wake."""
        return tuple(self._channels)
