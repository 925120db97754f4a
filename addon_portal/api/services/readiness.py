"""Whether this process can do its work.

Anybody may ask, as often as they like: promises that one thread at a time looks, and that it is tried once a second at
most whether the database can be written, since that takes the turn of one who writes.
"""

import asyncio

from addon_portal.api.services.followers import HostChanged
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_changes import host_standing
from addon_portal.domain.errors import DomainError
from addon_portal.storage import StorageError
from addon_portal.storage.surroundings import Surroundings

GOOD_FOR_SECONDS = 1.0


class Readiness:
    """What was found last. `check` is called in the event loop."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._turn = asyncio.Lock()
        self._trouble: DomainError | StorageError | None = None
        self._tried_at = float("-inf")

    async def check(self) -> HostChanged:
        """How the host stands, if the database answers and its tables are this version's.

        Raises StorageError, StorageBusy.
        """
        async with self._turn:
            return await asyncio.get_running_loop().run_in_executor(None, self._look)

    def _look(self) -> HostChanged:
        clock = self._portal.clock
        if clock.monotonic() - self._tried_at >= GOOD_FOR_SECONDS:
            self._trouble = self._try()
            self._tried_at = clock.monotonic()
        if self._trouble is not None:
            raise self._trouble.with_traceback(None)
        with self._portal.storage.read() as uow:
            return host_standing(self._portal, Surroundings(uow).observed_at(self._portal.host_id))

    def _try(self) -> DomainError | StorageError | None:
        try:
            self._portal.storage.check_schema()
        except (DomainError, StorageError) as error:
            return error
        return None
