"""Restarts of many projects by one request: looked at beforehand, asked for, followed, aborted.

Promises that what was answered is committed with the projects that it is about, and that a repeated request makes no
second one. Restarting them, one after the other, is the supervisor's; until a project has its turn nothing is decided.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from addon_portal.api.services.once import METHOD, REMEMBERED_FOR, Ask
from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.domain.bulk_restarts import (
    BulkChoices,
    BulkFilter,
    BulkItem,
    BulkRestart,
    Candidate,
    ItemState,
    find_refusal,
)
from addon_portal.domain.errors import BulkRestartFinished, DomainError, IdempotencyMismatch
from addon_portal.domain.ids import BulkRestartId, new_bulk_restart_id
from addon_portal.domain.models import JsonObject
from addon_portal.storage.bulk_restarts import BulkRestarts, RequestKey
from addon_portal.storage.idempotency import hash_of_request
from addon_portal.storage.values import Page

KEPT_FOR = timedelta(days=30)
"""So long after its end a bulk restart can be looked at; its runs and their journals stay."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk restart would do now: each project with the refusal that leaves it out, or None."""

    projects: tuple[tuple[Candidate, DomainError | None], ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many would be left out, by code."""
        return Counter(refusal.code for _, refusal in self.projects if refusal is not None)


@dataclass(frozen=True, slots=True)
class ShownBulkRestart:
    """A bulk restart with the reasons for which projects were left out, by code."""

    bulk: BulkRestart
    reasons: Mapping[ItemState, Mapping[str, int]]
    repeated: bool = False


def preview(portal: Portal, principal: Principal, wanted: BulkFilter, choices: BulkChoices) -> Preview:
    """What would be restarted now, what would be left out and why. Changes nothing."""
    allowed = principal.tenant.may_run_own_commands
    return Preview(
        tuple(
            (each, find_refusal(each, choices, may_run_own_commands=allowed))
            for each in _find_candidates(portal, principal, wanted, choices)
        )
    )


def start(portal: Portal, ask: Ask, wanted: BulkFilter, choices: BulkChoices, asked: JsonObject) -> ShownBulkRestart:
    """Store a restart of every project whose newest run matches now; `asked` is the filter as it was sent.

    Raises IdempotencyMismatch, StorageBusy.
    """
    now = portal.clock.now()
    candidates = _find_candidates(portal, ask.principal, wanted, choices)
    new = BulkRestart(
        id=new_bulk_restart_id(now),
        tenant_id=ask.scope.tenant_id,
        host_id=portal.host_id,
        filter=asked,
        choices=choices,
        requested_at=now,
        requested_by=ask.actor,
        total=len(candidates),
        finished_at=None if candidates else now,
    )
    key = _key_of(ask)
    with portal.storage.write() as uow:
        repository = BulkRestarts(uow)
        repository.forget(ask.scope, now - KEPT_FOR)
        found = _find_earlier(repository, ask, key, now - REMEMBERED_FOR)
        if found is None and not repository.insert(ask.scope, new, candidates, key):
            found = _find_earlier(repository, ask, key, now - REMEMBERED_FOR)
        return replace(_show(repository, ask.principal, found or new), repeated=found is not None)


def get_bulk_restart(portal: Portal, principal: Principal, bulk_id: BulkRestartId) -> ShownBulkRestart:
    """One, with how far it has come. Raises NotFound."""
    with portal.storage.read() as uow:
        repository = BulkRestarts(uow)
        return _show(repository, principal, repository.get(principal.scope, bulk_id))


def list_bulk_restarts(portal: Portal, principal: Principal, *, limit: int, cursor: str | None) -> Page[BulkRestart]:
    """A page of them, newest first. Raises InvalidRequest."""
    with portal.storage.read() as uow:
        return BulkRestarts(uow).list_page(principal.scope, limit=limit, cursor=cursor)


def list_items(
    portal: Portal,
    principal: Principal,
    bulk_id: BulkRestartId,
    *,
    states: Collection[ItemState],
    limit: int,
    cursor: str | None,
) -> Page[BulkItem]:
    """A page of its projects in the order of their turns. Raises NotFound, InvalidRequest."""
    with portal.storage.read() as uow:
        return BulkRestarts(uow).list_items(principal.scope, bulk_id, states=states, limit=limit, cursor=cursor)


def abort(portal: Portal, principal: Principal, bulk_id: BulkRestartId) -> ShownBulkRestart:
    """Have no further project restarted; what was started goes on, and aborting twice is no error.

    Raises NotFound, BulkRestartFinished.
    """
    with portal.storage.write() as uow:
        repository = BulkRestarts(uow)
        aborted = repository.abort(principal.scope, bulk_id, portal.clock.now(), principal.actor)
        bulk = repository.get(principal.scope, bulk_id)
        if not aborted and bulk.aborted_by is None:
            raise BulkRestartFinished(bulk_id)
        return _show(repository, principal, bulk)


def _find_candidates(
    portal: Portal, principal: Principal, wanted: BulkFilter, choices: BulkChoices
) -> tuple[Candidate, ...]:
    """Looked for while nobody waits for a lock: each project is looked at once more when it has its turn."""
    with portal.storage.read() as uow:
        return BulkRestarts(uow).list_candidates(principal.scope, wanted, latest_definition=choices.latest_definition)


def _key_of(ask: Ask) -> RequestKey | None:
    if ask.idempotency_key is None:
        return None
    request_hash = hash_of_request(METHOD, ask.path, ask.idempotency_key)
    return RequestKey(ask.principal.credential_id, request_hash, ask.body_hash)


def _find_earlier(
    repository: BulkRestarts, ask: Ask, key: RequestKey | None, forget_before: datetime
) -> BulkRestart | None:
    if key is None or ask.idempotency_key is None:
        return None
    found = repository.find_request(ask.scope, key, forget_before)
    if found is None:
        return None
    bulk, body_hash = found
    if body_hash != key.body_hash:
        raise IdempotencyMismatch(ask.idempotency_key)
    return bulk


def _show(repository: BulkRestarts, principal: Principal, bulk: BulkRestart) -> ShownBulkRestart:
    return ShownBulkRestart(bulk, repository.count_reasons(principal.scope, bulk.id))
