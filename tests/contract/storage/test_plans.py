"""No statement reads a whole table that grows: asked of SQLite's planner, for every statement that is executed here."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from addon_portal.domain import ids
from addon_portal.domain.bulk_restarts import BulkChoices, BulkFilter, BulkRestart, ItemState
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import AlreadyRestarted
from addon_portal.domain.facts import Fact
from addon_portal.domain.ids import ProjectId, RunId
from addon_portal.domain.models import RestartCause
from addon_portal.domain.project_lists import ProjectFilter, ProjectSort, Standing
from addon_portal.domain.reasons import Reason
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.restarts import repeat
from addon_portal.domain.schedules import Schedule, WhenMissed, WhenRunning
from addon_portal.domain.states import FINAL, Outcome, RunState
from addon_portal.domain.webhooks import Attempt, DeliveryState, NewDelivery
from addon_portal.storage import CleanupRequest, Storage, UnitOfWork, apply
from addon_portal.storage.bulk_restart_work import BulkRestartWork
from addon_portal.storage.bulk_restarts import BulkRestarts, RequestKey
from addon_portal.storage.measurements import Measurements
from addon_portal.storage.numbers import Numbers
from addon_portal.storage.outbox import Outbox
from addon_portal.storage.retentions import RetentionRequest, Retentions
from addon_portal.storage.schedules import Schedules
from addon_portal.storage.surroundings import Surroundings
from addon_portal.storage.webhooks import Webhooks
from tests.contract.storage.world import SteppedClock, World

SCANNABLE = re.compile(
    r"SCAN (CONSTANT ROW|json_each|part\d|t|g|h|w|hosts|tenants|programs|installation|webhooks|notifier|"
    r"alembic_version)\b"
)
"""Lists that were given, parts of an answer, and tables that stay small."""


@pytest.fixture
def world(sqlite_tables_url: str) -> Iterator[World]:
    with closing(Storage.open(sqlite_tables_url, clock=SystemClock())) as storage:
        yield World(storage, SteppedClock()).found()


def live_a_life(world: World, uow: UnitOfWork) -> tuple[ProjectId, RunId]:
    """Everything that changes runs."""
    scope, project = world.scope, world.new_project("nightly")
    uow.projects.insert(scope, project)
    run = uow.runs.insert(scope, world.new_run(project.id))
    apply(uow, world.claimed(run.id))
    apply(uow, world.started(run.id))
    apply(uow, world.stop_requested(run.id))
    apply(uow, world.lost(run.id))
    apply(uow, world.amended(run.id))
    uow.runs.insert(scope, world.new_run(project.id, run.id))
    with pytest.raises(AlreadyRestarted):
        uow.runs.insert(scope, world.new_run(project.id, run.id))
    return project.id, run.id


def read_as_tenant(world: World, uow: UnitOfWork, project_id: ProjectId, run_id: RunId) -> None:
    """Everything that a tenant's pages show."""
    scope, now = world.scope, world.now()
    run = uow.runs.get(scope, run_id)
    uow.runs.get_launch(scope, run_id)
    uow.runs.list_launches(scope, [run_id])
    uow.runs.latest(scope, project_id)
    asked: list[dict[str, Any]] = [
        {},
        {"project_id": project_id},
        {"project_id": project_id, "states": [RunState.FAILED]},
        {"states": [RunState.FAILED]},
        {"states": [RunState.FAILED, RunState.RUNNING]},
        {"reasons": [Reason.SIGNAL, Reason.EXIT_CODE], "states": [RunState.FAILED]},
        {"since": now},
        {"until": now, "reasons": [Reason.SIGNAL]},
        {"finished_since": now - timedelta(hours=1), "finished_until": now + timedelta(hours=1)},
        {"finished_since": now, "states": [RunState.FAILED], "reasons": [Reason.SIGNAL]},
    ]
    for filters in asked:
        page = uow.runs.list_page(scope, limit=1, **filters)
        uow.runs.list_page(scope, limit=1, cursor=page.next_cursor, **filters)
    everything = ProjectFilter("x", frozenset(Standing), needs_attention=True, overdue_before=now)
    for sort in ProjectSort:
        page_of = partial(uow.projects.list_page, scope, limit=1, sort=sort)
        page_of(wanted=everything)
        page_of(cursor=page_of().next_cursor)
    uow.projects.find_by_name(scope, "nightly")
    uow.journal.list_for_run(scope, run_id)
    around = Surroundings(uow)
    around.of_runs([run])
    around.of_run(run)
    around.get_run(scope, run_id)
    numbers, hour = Numbers(uow), timedelta(hours=1)
    numbers.overview(scope, world.host.id, overdue_before=now, seen_after=now, finished_after=now, limit=9)
    for project in (None, project_id):
        numbers.stats(scope, project, now - hour, now, hour)
    uow.scheduled_restarts.find(scope, project_id)
    uow.scheduled_restarts.list_all(scope)


def work_as_supervisor(world: World, uow: UnitOfWork, run_id: RunId) -> None:
    """Everything that a sweep asks for."""
    host, now = world.host.id, world.now()
    uow.host_runs.find(run_id)
    uow.host_runs.find_many([run_id])
    uow.host_runs.waiting(host, [world.alice.id], 10)
    uow.host_runs.list_claimed(host)
    uow.host_runs.list_pending(host, 10)
    uow.host_runs.list_startable(host, 10)
    uow.host_runs.list_startable(host, 10, excluding=[world.charlie.id])
    uow.hosts.drain(host, now, "operator")
    uow.hosts.end_drain(host)
    uow.host_runs.list_stop_requested(host)
    uow.host_runs.count_claimed_by_tenant(host)
    uow.host_runs.list_unknown(host)
    uow.host_runs.known_ids([run_id])
    uow.host_runs.launch_order(run_id)
    uow.host_runs.set_waiting_for({run_id: "x"})
    uow.host_runs.touch_alive([run_id], now)
    uow.host_runs.set_said({run_id: NotifyRecord(now, 0.5, "x")})
    uow.host_runs.list_said(host)
    uow.hosts.record_observed(host, now, "boot", 1)
    request = CleanupRequest(ids.new_cleanup_id(now), host, now, "operator")
    uow.cleanups.insert(request)
    uow.cleanups.list_open(host)
    uow.cleanups.complete(request.id, {}, now)
    retention = RetentionRequest(ids.new_retention_id(now), host, now, "operator", dry_run=True)
    Retentions(uow).insert(retention)
    Retentions(uow).list_open(host)
    Retentions(uow).get(retention.id)
    Retentions(uow).complete(retention.id, {}, now)
    project_id = Retentions(uow).list_newest([run.project_id for run in uow.host_runs.find_many([run_id]).values()])
    Retentions(uow).find_left_at(next(iter(project_id)), "elsewhere", run_id)
    Retentions(uow).list_code_in_use(world.alice.id)
    uow.scheduled_restarts.list_for_host(host)
    uow.scheduled_restarts.find_of_run(run_id)
    uow.code_requests.list_open(host, 10)
    uow.journal.read_after(0, 10)
    uow.journal.read_heads_after(0, 10)
    uow.journal.last_seq()
    Measurements(uow).standing(overdue_before=now, stuck_before=now)
    Measurements(uow).moves_after(0, 10)


def answer_requests(world: World, uow: UnitOfWork, project_id: ProjectId, run_id: RunId) -> None:
    """Everything around the requests of a tenant."""
    scope, now = world.scope, world.now()
    definition = uow.projects.get(scope, project_id).definition
    uow.projects.add_definition(scope, project_id, definition)
    uow.projects.rename(scope, project_id, "other", now)
    uow.projects.lock(scope, project_id)
    uow.projects.get_locked(scope, project_id)
    run = uow.runs.get(scope, run_id)
    restart = repeat(run, ids.new_run_id(now), RestartCause.REQUEST, "it was asked for", now, "alice")
    uow.scheduled_restarts.schedule(restart)
    uow.scheduled_restarts.remember(run, True, now, "boot", 1.0)
    uow.scheduled_restarts.list_past(run)
    uow.projects.set_restart_policy(scope, project_id, None, now)
    uow.scheduled_restarts.call_off(restart, now, "alice", "no longer wanted")
    uow.credentials.insert_key(world.new_key(), b"hash")
    uow.credentials.find_by_hash(b"hash")
    uow.credentials.list_keys(scope)
    uow.idempotency.insert(scope, "key", "POST", "/", "k", body_hash=b"", run_id=run_id, at=now)
    uow.idempotency.find(scope, "key", "POST", "/", "k")
    uow.idempotency.prune(now)


def keep_webhooks(world: World, uow: UnitOfWork, run_id: RunId) -> None:
    """Everything that a tenant does with webhooks, and their sender."""
    scope, now, later = world.scope, world.now(), SystemClock().now() + timedelta(hours=1)
    webhooks, outbox, webhook = Webhooks(uow), Outbox(uow), world.new_webhook()
    webhooks.insert(scope, webhook)
    new = NewDelivery(
        *(ids.new_delivery_id(now), webhook.id, scope.tenant_id, run_id, Fact.FAILED, "journal:1", "{}", now)
    )
    outbox.add([new])
    seq = outbox.find_due(later, [])
    outbox.find_due(later, [webhook.id])
    assert seq is not None
    outbox.claim(seq, world.host.id, later, later)
    outbox.record_attempt(seq, world.host.id, Attempt(0, now, 0.1), DeliveryState.DELIVERED, None, now)
    outbox.release(world.host.id)
    outbox.list_started_before(later)
    outbox.outcome_before(run_id)
    outbox.conditions_before(run_id, 9)
    outbox.has_delivered_since(webhook.id, now)
    outbox.list_listening()
    outbox.move_to(1)
    page = webhooks.list_page(scope, limit=1)
    webhooks.list_page(scope, limit=1, cursor=page.next_cursor)
    webhooks.list_deliveries(scope, webhook.id, limit=1)
    webhooks.get_delivery(scope, webhook.id, new.id)
    webhooks.redeliver(scope, webhook.id, new.id, now)
    webhooks.disable(scope, webhook.id, now, "x")
    webhooks.enable(scope, webhook.id, now)
    outbox.forget(later, 10)
    outbox.disable(webhook.id, now, "x")
    webhooks.delete(scope, webhook.id)


def restart_many(world: World, uow: UnitOfWork, project_id: ProjectId) -> None:
    """Everything around restarts of many projects."""
    scope, now, repository, work = world.scope, world.now(), BulkRestarts(uow), BulkRestartWork(uow)
    wanted = BulkFilter(
        states=frozenset({RunState.FAILED, RunState.PENDING}),
        outcomes=frozenset({Outcome.FAILURE}),
        reasons=frozenset({Reason.SIGNAL}),
        projects=frozenset({project_id}),
        search="x",
        since=now,
        until=now,
    )
    repository.list_candidates(scope, wanted, latest_definition=True)
    found = repository.list_candidates(scope, BulkFilter(), latest_definition=False)
    new = BulkRestart(
        *(ids.new_bulk_restart_id(now), scope.tenant_id, world.host.id, {}, BulkChoices(FINAL), now, "alice"),
        len(found),
    )
    key = RequestKey("key", b"request", b"body")
    repository.insert(scope, new, found, key)
    repository.find_request(scope, key, now - timedelta(hours=24))
    uow.hosts.record_observed(world.host.id, now, "boot", 1)
    work.find_open(world.host.id)
    (item, *_) = work.list_next(new, 9)
    assert work.take_turn(new, item)
    work.record(new, replace(item, state=ItemState.SKIPPED, code="x", why="y"), now)
    page = repository.list_page(scope, limit=1)
    repository.list_page(scope, limit=1, cursor=page.next_cursor)
    repository.list_items(scope, new.id, limit=9)
    repository.list_items(scope, new.id, states=[ItemState.SKIPPED, ItemState.FAILED], limit=9)
    repository.count_reasons(scope, new.id)
    repository.abort(scope, new.id, now, "alice")
    repository.forget(scope, world.now())


def keep_schedules(world: World, uow: UnitOfWork, project_id: ProjectId) -> None:
    """Everything around schedules."""
    scope, now, schedules = world.scope, world.now(), Schedules(uow)
    schedule = Schedule(
        *(project_id, scope.tenant_id, world.host.id, "0 3 * * *", "UTC", WhenRunning.SKIP, WhenMissed.SKIP),
        *(now, now, "alice", now, now),
    )
    for each in (schedule, replace(schedule, queued_for=now)):
        schedules.put(scope, each)
    uow.hosts.record_observed(world.host.id, now, "boot", 1)
    schedules.get(scope, project_id)
    schedules.list_page(scope, limit=1)
    schedules.list_due(world.host.id, now, 9)
    schedules.list_free(world.host.id, 9)
    schedules.list_wrongly_planned(world.host.id, now)
    schedules.delete(scope, project_id)


def is_idle(detail: str, sql: str) -> bool:
    """A look for children of a new row: planned, and executed only while a foreign key is violated, so never."""
    return sql.strip().startswith("INSERT INTO runs") and detail in {"SCAN runs", "SCAN idempotency_keys"}


def test_no_statement_reads_a_whole_table_that_grows(world: World) -> None:
    executed: list[str] = []
    with world.storage.write() as uow:
        raw: Any = uow.connection
        raw._raw.set_trace_callback(executed.append)
        project_id, run_id = live_a_life(world, uow)
        read_as_tenant(world, uow, project_id, run_id)
        work_as_supervisor(world, uow, run_id)
        answer_requests(world, uow, project_id, run_id)
        keep_webhooks(world, uow, run_id)
        restart_many(world, uow, project_id)
        keep_schedules(world, uow, project_id)
        uow.finish()
        raw._raw.set_trace_callback(None)
        statements = [sql for sql in executed if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", sql)]
        assert len(statements) > 60
        scans = [
            (detail, sql)
            for sql in statements
            for *_, detail in uow.connection.all(f"EXPLAIN QUERY PLAN {sql}")
            if detail.startswith("SCAN") and not SCANNABLE.match(detail) and not is_idle(detail, sql)
        ]
    assert scans == []
