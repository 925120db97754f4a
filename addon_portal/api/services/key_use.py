"""Remembering when keys were last used, without a request ever waiting for it.

Exact to a minute and best effort: while the database cannot be written nothing is remembered and nobody is refused.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import DomainError
from addon_portal.domain.ids import KeyId
from addon_portal.storage import Storage, StorageError
from addon_portal.storage.credentials import TOUCH_EVERY


class KeyUse:
    """Writes last uses in a thread of its own."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._noted: dict[KeyId, datetime] = {}
        self._writer = ThreadPoolExecutor(1, "key-use")

    def note(self, key_id: KeyId, last_used_at: datetime | None) -> None:
        """The key is used now; `last_used_at` is what is stored."""
        now = self._clock.now()
        if last_used_at is not None and now - last_used_at < TOUCH_EVERY:
            return
        noted = self._noted.get(key_id)
        if noted is None or now - noted >= TOUCH_EVERY:
            self._noted[key_id] = now
            self._writer.submit(self._write, key_id, now)

    def close(self) -> None:
        """Write what is being written, forget the rest."""
        self._writer.shutdown(cancel_futures=True)

    def _write(self, key_id: KeyId, now: datetime) -> None:
        try:
            with self._storage.write() as uow:
                uow.credentials.touch(key_id, now)
        except (StorageError, DomainError):
            self._noted.pop(key_id, None)
