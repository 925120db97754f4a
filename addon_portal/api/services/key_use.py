"""Remembering when keys and sessions were last used, without a request ever waiting for it.

Exact to a minute and best effort: while the database cannot be written nothing is remembered and nobody is refused.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from addon_portal.auth.policies import Principal
from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import DomainError
from addon_portal.domain.ids import KeyId, SessionId
from addon_portal.storage import Storage, StorageError
from addon_portal.storage.credentials import TOUCH_EVERY
from addon_portal.storage.sessions import Sessions


class KeyUse:
    """Writes last uses in a thread of its own."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._noted: dict[KeyId | SessionId, datetime] = {}
        self._writer = ThreadPoolExecutor(1, "key-use")

    def note(self, principal: Principal) -> None:
        """The credential is used now; the principal knows what is stored."""
        now, last_used_at = self._clock.now(), principal.last_used_at
        if last_used_at is not None and now - last_used_at < TOUCH_EVERY:
            return
        noted = self._noted.get(principal.credential_id)
        if noted is None or now - noted >= TOUCH_EVERY:
            self._noted[principal.credential_id] = now
            self._writer.submit(self._write, principal, now)

    def close(self) -> None:
        """Write what is being written, forget the rest."""
        self._writer.shutdown(cancel_futures=True)

    def _write(self, principal: Principal, now: datetime) -> None:
        try:
            with self._storage.write() as uow:
                if principal.session is not None:
                    Sessions(uow).touch(principal.session.id, now)
                else:
                    uow.credentials.touch(KeyId(principal.credential_id), now)
        except (StorageError, DomainError):
            self._noted.pop(principal.credential_id, None)
