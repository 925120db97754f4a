"""What every use case stands on: the storage, the clock and the few rules that an operator sets, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from addon_portal.api.services.key_use import KeyUse
from addon_portal.api.services.shown import Circumstances
from addon_portal.api.services.wakes import Wakes
from addon_portal.auth.policies import Principal, authenticate
from addon_portal.domain.clock import Clock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import HostId
from addon_portal.domain.models import Role
from addon_portal.domain.states import RunState
from addon_portal.storage import Storage, UnitOfWork
from addon_portal.workspaces.code_store import CodeStore

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Portal:
    """One installation as its api process sees it. New runs are given to `host_id`."""

    storage: Storage
    clock: Clock
    data: DataDirectory
    host_id: HostId
    wakes: Wakes
    key_use: KeyUse
    overdue_after: timedelta
    restartable: frozenset[RunState]
    default_grace_seconds: float
    code_store: CodeStore
    git_transports: frozenset[str]

    def circumstances(self) -> Circumstances:
        """What showing runs takes, now."""
        return Circumstances(self.clock.now(), self.overdue_after, self.restartable)

    def read(self, look: Callable[[UnitOfWork], T]) -> T:
        """What is seen in one transaction."""
        with self.storage.read() as uow:
            return look(uow)

    def authenticate(self, secret_hash: bytes, needed: Role) -> Principal:
        """Who is calling, if they may. Raises Unauthenticated or Forbidden."""
        with self.storage.glance() as uow:
            return self.authenticate_in(uow, secret_hash, needed)

    def authenticate_in(self, uow: UnitOfWork, secret_hash: bytes, needed: Role) -> Principal:
        """As `authenticate`, inside a transaction."""
        principal = authenticate(secret_hash, uow.credentials.find_by_hash)
        principal.require(needed)
        self.key_use.note(principal.key_id, principal.last_used_at)
        return principal
