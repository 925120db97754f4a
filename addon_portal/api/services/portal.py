"""What every use case stands on: the storage, the clock and the few rules that an operator sets, as plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from addon_portal.api.services.key_use import KeyUse
from addon_portal.api.services.log_in_attempts import LogInAttempts
from addon_portal.api.services.shown import Circumstances
from addon_portal.api.services.wakes import Wakes
from addon_portal.auth.policies import Credential, Principal, authenticate, enter_session
from addon_portal.domain.clock import Clock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.errors import TenantChanged, Unauthenticated
from addon_portal.domain.ids import HostId, TenantId
from addon_portal.domain.models import Role
from addon_portal.domain.sessions import SessionTerms
from addon_portal.domain.states import RunState
from addon_portal.storage import Storage, UnitOfWork
from addon_portal.storage.sessions import Sessions
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
    allow_private_webhooks: bool
    session_terms: SessionTerms
    attempts: LogInAttempts

    def circumstances(self) -> Circumstances:
        """What showing runs takes, now."""
        return Circumstances(self.clock.now(), self.overdue_after, self.restartable)

    def read(self, look: Callable[[UnitOfWork], T]) -> T:
        """What is seen in one transaction."""
        with self.storage.read() as uow:
            return look(uow)

    def authenticate(self, credential: Credential, needed: Role) -> Principal:
        """Who is calling, if they may. Raises Unauthenticated, TenantChanged or Forbidden."""
        with self.storage.glance() as uow:
            return self.authenticate_in(uow, credential, needed)

    def authenticate_in(self, uow: UnitOfWork, credential: Credential, needed: Role) -> Principal:
        """As `authenticate`, inside a transaction."""
        principal = self._recognise(uow, credential)
        principal.require(needed)
        self.key_use.note(principal)
        return principal

    def still_sees(self, uow: UnitOfWork, credential: Credential, tenant_id: TenantId) -> bool:
        """Whether a credential is still good, and for this tenant; looking is no use of it."""
        try:
            return self._recognise(uow, credential).tenant.id == tenant_id
        except (Unauthenticated, TenantChanged):
            return False

    def _recognise(self, uow: UnitOfWork, credential: Credential) -> Principal:
        if not credential.is_session:
            return authenticate(credential, uow.credentials.find_by_hash)
        now, idle = self.clock.now(), self.session_terms.idle
        found = Sessions(uow).find_by_hash(credential.secret_hash, now, idle)
        return enter_session(found, credential.shown_tenant)
