"""Tenants never see one another: every method that takes a scope is asked for another tenant's things."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from addon_portal.domain.bulk_restarts import BulkChoices, BulkFilter, BulkRestart
from addon_portal.domain.code import Code
from addon_portal.domain.errors import NotFound
from addon_portal.domain.facts import Fact
from addon_portal.domain.git_sources import GitSource
from addon_portal.domain.ids import (
    new_bulk_restart_id,
    new_code_request_id,
    new_delivery_id,
    new_run_id,
    new_session_id,
)
from addon_portal.domain.models import ApiKey, Project, RestartCause, Role, Run
from addon_portal.domain.restarts import repeat
from addon_portal.domain.schedules import Schedule, WhenMissed, WhenRunning
from addon_portal.domain.sessions import Session
from addon_portal.domain.states import FINAL
from addon_portal.domain.webhooks import NewDelivery, Webhook
from addon_portal.storage import UnitOfWork
from addon_portal.storage.bulk_restarts import BulkRestarts, RequestKey
from addon_portal.storage.numbers import Numbers
from addon_portal.storage.outbox import Outbox
from addon_portal.storage.repository import Repository
from addon_portal.storage.schedules import Schedules
from addon_portal.storage.sessions import Sessions
from addon_portal.storage.surroundings import Surroundings
from addon_portal.storage.values import CodeRequest
from addon_portal.storage.webhooks import Webhooks
from tests.contract.storage.world import World, definition_of


class Charlies:
    """What Charlie has, and Alice must not see."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.project: Project = world.add_project("secret", world.other_scope)
        self.run: Run = world.add_run(self.project.id, scope=world.other_scope)
        self.key: ApiKey = world.new_key(world.other_scope)
        self.request = CodeRequest(
            *(new_code_request_id(world.now()), world.other_scope.tenant_id, self.project.id, world.host.id),
            *(GitSource("https://git.example/x", "main"), world.now(), "key:charlie"),
        )
        self.webhook: Webhook = world.new_webhook(world.other_scope)
        self.delivery = NewDelivery(
            *(new_delivery_id(world.now()), self.webhook.id, world.charlie.id, self.run.id, Fact.FAILED),
            *("journal:1", "{}", world.now()),
        )
        self.bulk = BulkRestart(
            *(new_bulk_restart_id(world.now()), world.charlie.id, world.host.id, {}, BulkChoices(FINAL)),
            *(world.now(), "key:charlie", 1),
        )
        self.session: Session = Session(
            *(new_session_id(world.now()), world.charlie.id, "charlie", Role.ADMIN),
            *(world.now(), world.now(), world.now() + DAY),
        )
        self.schedule = Schedule(
            *(self.project.id, world.charlie.id, world.host.id, "0 3 * * *", "UTC", WhenRunning.SKIP, WhenMissed.SKIP),
            *(world.now(), world.now(), "key:charlie", world.now(), world.now()),
        )
        with world.storage.write() as uow:
            Schedules(uow).put(world.other_scope, self.schedule)
            found = BulkRestarts(uow).list_candidates(world.other_scope, BulkFilter(), latest_definition=True)
            assert BulkRestarts(uow).insert(world.other_scope, self.bulk, found, KEY)
            uow.code_requests.insert(world.other_scope, self.request)
            uow.credentials.insert_key(self.key, b"charlie")
            Sessions(uow).insert(self.session, b"session", DAY)
            restart = repeat(
                self.run, new_run_id(world.now()), RestartCause.REQUEST, "it was asked for", world.now(), "charlie"
            )
            assert uow.scheduled_restarts.schedule(restart)
            self.restart = restart
            Webhooks(uow).insert(world.other_scope, self.webhook)
            Outbox(uow).add([self.delivery])
            uow.idempotency.insert(
                world.other_scope, "key", "POST", "/", "k", body_hash=b"", run_id=self.run.id, at=world.now()
            )


DAY = timedelta(days=1)
KEY = RequestKey("key", b"request", b"body")


@pytest.fixture
def charlies(world: World) -> Charlies:
    return Charlies(world)


PAST, FUTURE = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def overview_of(uow: UnitOfWork, his: Charlies) -> object:
    """All that Alice's overview holds beside when her host was observed."""
    found = Numbers(uow).overview(
        his.world.scope, his.world.host.id, overdue_before=FUTURE, seen_after=PAST, finished_after=PAST, limit=9
    )
    return found.projects or found.active or found.failed or found.running or found.waiting


Ask = Callable[[UnitOfWork, Charlies], object]

REFUSED: dict[str, Ask] = {
    "projects.get": lambda uow, his: uow.projects.get(his.world.scope, his.project.id),
    "projects.get_locked": lambda uow, his: uow.projects.get_locked(his.world.scope, his.project.id),
    "projects.lock": lambda uow, his: uow.projects.lock(his.world.scope, his.project.id),
    "projects.add_definition": lambda uow, his: uow.projects.add_definition(
        his.world.scope, his.project.id, definition_of(at=his.world.now())
    ),
    "projects.get_definition": lambda uow, his: uow.projects.get_definition(his.world.scope, his.project.id, 1),
    "projects.rename": lambda uow, his: uow.projects.rename(his.world.scope, his.project.id, "x", his.world.now()),
    "projects.set_restart_policy": lambda uow, his: uow.projects.set_restart_policy(
        his.world.scope, his.project.id, {"mode": "always"}, his.world.now()
    ),
    "projects.soft_delete": lambda uow, his: uow.projects.soft_delete(his.world.scope, his.project.id, his.world.now()),
    "projects.add_code": lambda uow, his: uow.projects.add_code(
        his.world.scope, his.project, Code("sha256:5e", 1, 1), his.world.now()
    ),
    "code_requests.insert": lambda uow, his: uow.code_requests.insert(his.world.scope, his.request),
    "code_requests.get": lambda uow, his: uow.code_requests.get(his.world.scope, his.request.id),
    "runs.insert": lambda uow, his: uow.runs.insert(his.world.scope, his.world.new_run(his.project.id)),
    "runs.get": lambda uow, his: uow.runs.get(his.world.scope, his.run.id),
    "runs.get_launch": lambda uow, his: uow.runs.get_launch(his.world.scope, his.run.id),
    "surroundings.get_run": lambda uow, his: Surroundings(uow).get_run(his.world.scope, his.run.id),
    "webhooks.get": lambda uow, his: Webhooks(uow).get(his.world.scope, his.webhook.id),
    "webhooks.update": lambda uow, his: Webhooks(uow).update(his.world.scope, his.webhook),
    "webhooks.disable": lambda uow, his: Webhooks(uow).disable(his.world.scope, his.webhook.id, his.world.now(), "x"),
    "webhooks.enable": lambda uow, his: Webhooks(uow).enable(his.world.scope, his.webhook.id, his.world.now()),
    "webhooks.delete": lambda uow, his: Webhooks(uow).delete(his.world.scope, his.webhook.id),
    "webhooks.list_deliveries": lambda uow, his: Webhooks(uow).list_deliveries(
        his.world.scope, his.webhook.id, limit=9
    ),
    "webhooks.get_delivery": lambda uow, his: Webhooks(uow).get_delivery(
        his.world.scope, his.webhook.id, his.delivery.id
    ),
    "webhooks.redeliver": lambda uow, his: Webhooks(uow).redeliver(
        his.world.scope, his.webhook.id, his.delivery.id, his.world.now()
    ),
    "schedules.get": lambda uow, his: Schedules(uow).get(his.world.scope, his.project.id),
    "bulk_restarts.get": lambda uow, his: BulkRestarts(uow).get(his.world.scope, his.bulk.id),
    "bulk_restarts.list_items": lambda uow, his: BulkRestarts(uow).list_items(his.world.scope, his.bulk.id, limit=9),
    "credentials.get_key": lambda uow, his: uow.credentials.get_key(his.world.scope, his.key.id),
    "credentials.revoke": lambda uow, his: uow.credentials.revoke(his.world.scope, his.key.id, his.world.now()),
}

EMPTY: dict[str, Ask] = {
    "projects.find": lambda uow, his: uow.projects.find(his.world.scope, his.project.id),
    "projects.find_locked": lambda uow, his: uow.projects.find_locked(his.world.scope, his.project.id),
    "projects.find_by_name": lambda uow, his: uow.projects.find_by_name(his.world.scope, "secret"),
    "projects.list_page": lambda uow, his: uow.projects.list_page(his.world.scope, limit=9).items,
    "projects.exists": lambda uow, his: uow.projects.exists(his.world.scope, his.project.id),
    "runs.latest": lambda uow, his: uow.runs.latest(his.world.scope, his.project.id),
    "runs.list_launches": lambda uow, his: uow.runs.list_launches(his.world.scope, [his.run.id]),
    "runs.list_page": lambda uow, his: uow.runs.list_page(his.world.scope, limit=9).items,
    "webhooks.list_page": lambda uow, his: Webhooks(uow).list_page(his.world.scope, limit=9).items,
    "schedules.find": lambda uow, his: Schedules(uow).find(his.world.scope, his.project.id),
    "schedules.list_page": lambda uow, his: Schedules(uow).list_page(his.world.scope, limit=9).items,
    "schedules.delete": lambda uow, his: Schedules(uow).delete(his.world.scope, his.project.id),
    "bulk_restarts.list_candidates": lambda uow, his: BulkRestarts(uow).list_candidates(
        his.world.scope, BulkFilter(projects=frozenset({his.project.id})), latest_definition=True
    ),
    "bulk_restarts.list_page": lambda uow, his: BulkRestarts(uow).list_page(his.world.scope, limit=9).items,
    "bulk_restarts.find_request": lambda uow, his: BulkRestarts(uow).find_request(his.world.scope, KEY, PAST),
    "bulk_restarts.count_reasons": lambda uow, his: any(
        BulkRestarts(uow).count_reasons(his.world.scope, his.bulk.id).values()
    ),
    "bulk_restarts.abort": lambda uow, his: BulkRestarts(uow).abort(his.world.scope, his.bulk.id, FUTURE, "alice"),
    "bulk_restarts.forget": lambda uow, his: BulkRestarts(uow).forget(his.world.scope, FUTURE),
    "credentials.list_keys": lambda uow, his: uow.credentials.list_keys(his.world.scope),
    "sessions.list": lambda uow, his: Sessions(uow).list(his.world.scope, his.world.now(), DAY),
    "sessions.remove": lambda uow, his: Sessions(uow).remove(his.world.scope, his.session.id),
    "journal.list_for_run": lambda uow, his: uow.journal.list_for_run(his.world.scope, his.run.id),
    "idempotency.find": lambda uow, his: uow.idempotency.find(his.world.scope, "key", "POST", "/", "k"),
    "scheduled_restarts.find": lambda uow, his: uow.scheduled_restarts.find(his.world.scope, his.project.id),
    "scheduled_restarts.list_all": lambda uow, his: uow.scheduled_restarts.list_all(his.world.scope),
    "numbers.overview": overview_of,
    "numbers.stats": lambda uow, his: Numbers(uow).stats(his.world.scope, None, PAST, FUTURE, FUTURE - PAST).slots,
}

ADDING_ONLY = {
    *("projects.insert", "webhooks.insert", "projects.restore_definition", "idempotency.insert"),
    *("bulk_restarts.insert", "schedules.put", "sessions.move"),
}
"""Their rows carry the scope's tenant; there is nothing of another's to find."""


@pytest.mark.parametrize("name", REFUSED)
def test_another_tenants_things_are_not_found(world: World, charlies: Charlies, name: str) -> None:
    with pytest.raises(NotFound), world.storage.write() as uow:
        REFUSED[name](uow, charlies)
    with world.storage.read() as uow:
        assert uow.projects.get(world.other_scope, charlies.project.id) == replace(
            charlies.project, latest_run=charlies.run, scheduled_restart=charlies.restart
        )
        assert uow.credentials.list_keys(world.other_scope) == (charlies.key,)
        assert BulkRestarts(uow).get(world.other_scope, charlies.bulk.id) == charlies.bulk
        (webhook,) = Webhooks(uow).list_page(world.other_scope, limit=9).items
        assert (webhook.id, webhook.disabled_at) == (charlies.webhook.id, None)


@pytest.mark.parametrize("name", EMPTY)
def test_another_tenants_things_are_not_listed(world: World, charlies: Charlies, name: str) -> None:
    with world.storage.write() as uow:
        assert not EMPTY[name](uow, charlies)
        assert Schedules(uow).get(world.other_scope, charlies.project.id) == charlies.schedule
        assert BulkRestarts(uow).get(world.other_scope, charlies.bulk.id) == charlies.bulk
        assert Sessions(uow).list(world.other_scope, world.now(), DAY) == (charlies.session,)


def test_a_page_of_runs_filtered_by_another_tenants_project_is_empty(world: World, charlies: Charlies) -> None:
    with world.storage.read() as uow:
        assert uow.runs.list_page(world.scope, limit=9, project_id=charlies.project.id).items == ()


def test_a_restart_of_another_tenants_run_is_not_found(world: World, charlies: Charlies) -> None:
    world.apply(world.withdrawn(charlies.run.id))
    with pytest.raises(NotFound) as refused:
        world.add_run(world.add_project().id, restart_of=charlies.run.id)
    assert refused.value.fields["kind"] == "run"


def test_every_method_that_takes_a_scope_is_asked_above(world: World) -> None:
    with world.storage.read() as uow:
        repositories = {name: each for name, each in vars(uow).items() if isinstance(each, Repository)}
        repositories |= {"surroundings": Surroundings(uow), "numbers": Numbers(uow), "webhooks": Webhooks(uow)}
        repositories |= {"bulk_restarts": BulkRestarts(uow), "schedules": Schedules(uow), "sessions": Sessions(uow)}
    scoped = {
        f"{name}.{method}"
        for name, repository in repositories.items()
        for method, function in inspect.getmembers(repository, inspect.ismethod)
        if not method.startswith("_") and "scope" in inspect.signature(function).parameters
    }
    assert scoped == REFUSED.keys() | EMPTY.keys() | ADDING_ONLY
