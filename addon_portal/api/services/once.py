"""Requests that must have one effect however often they are sent.

An `Idempotency-Key` is remembered in the transaction of what it brought about, so there is never one without the
other; refusals are not remembered. Its scope is tenant, credential, method and path; the same key with another body is
refused.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_run
from addon_portal.api.services.shown import ShownRun
from addon_portal.auth.policies import Principal
from addon_portal.domain.errors import IdempotencyMismatch, NotFound
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import Project, Run, TenantScope
from addon_portal.storage import UnitOfWork

METHOD = "POST"
REMEMBERED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks for something that must happen once, and what tells a repetition from another request."""

    principal: Principal
    path: str
    idempotency_key: str | None = None
    body_hash: bytes = b""

    @property
    def scope(self) -> TenantScope:
        """The rows that the caller may see."""
        return self.principal.scope

    @property
    def actor(self) -> str:
        """How the journal names the caller."""
        return self.principal.actor

    def with_body(self, body: object) -> "Ask":
        """With the hash of a JSON value, in which the order of names does not count."""
        text = json.dumps(body, sort_keys=True, separators=(",", ":"))
        return replace(self, body_hash=hashlib.sha256(text.encode()).digest())


@dataclass(frozen=True, slots=True)
class Accepted:
    """The run as it stands now, and whether an earlier request had already brought it about."""

    run: ShownRun
    repeated: bool


def act_once(
    portal: Portal,
    ask: Ask,
    project_id: ProjectId,
    act: Callable[[UnitOfWork, Project], Run],
    *,
    wakes_early: bool = False,
) -> Accepted:
    """Act on a project in one transaction, unless this very request was already carried out. Raises NotFound.

    `wakes_early` (see `Storage.write`) is not for what may withdraw a run: an end is on disk before anybody reads it.
    """
    with portal.storage.write(wakes_early=wakes_early) as uow:
        # From here on nobody else changes which run is the newest, so what is checked still holds at the insertion.
        project = uow.projects.find_locked(ask.scope, project_id)
        # Also of a project that was deleted since: what was done was done.
        run = _find_earlier(uow, ask, portal.clock.now() - REMEMBERED_FOR)
        repeated = run is not None
        if run is None:
            if project is None:
                raise NotFound("project", project_id)
            run = act(uow, project)
            _remember(portal, uow, ask, run)
        return Accepted(show_run(uow, run, portal.circumstances()), repeated)


def _find_earlier(uow: UnitOfWork, ask: Ask, forget_before: datetime) -> Run | None:
    if ask.idempotency_key is None:
        return None
    uow.idempotency.prune(forget_before)
    found = uow.idempotency.find(ask.scope, ask.principal.credential_id, METHOD, ask.path, ask.idempotency_key)
    if found is None:
        return None
    body_hash, run_id = found
    if body_hash != ask.body_hash:
        raise IdempotencyMismatch(ask.idempotency_key)
    return uow.runs.get(ask.scope, run_id)


def _remember(portal: Portal, uow: UnitOfWork, ask: Ask, run: Run) -> None:
    if ask.idempotency_key is not None:
        uow.idempotency.insert(
            *(ask.scope, ask.principal.credential_id, METHOD, ask.path, ask.idempotency_key),
            body_hash=ask.body_hash,
            run_id=run.id,
            at=portal.clock.now(),
        )
