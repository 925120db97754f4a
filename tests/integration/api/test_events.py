"""GET /api/tenant/events."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from addon_portal.api import event_stream
from addon_portal.api.services import followers, run_changes
from addon_portal.api.services.followers import Follower, HostChanged, Missed, RunChanged
from addon_portal.api.services.live_runs import LogGrown
from addon_portal.api.services.run_views import get_shown_run
from addon_portal.auth.policies import Credential, scope_for_setup
from addon_portal.auth.tokens import hash_key
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Role, TenantScope
from addon_portal.storage.host_runs import HostRuns
from tests.support.factories import LONG_AGO, ago
from tests.support.served import ApiClient, Served
from tests.support.waiting import wait_until
from tests.support.world import World, assert_problem, path_of


@dataclass
class Event:
    """One server-sent event."""

    kind: str | None = None
    id: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    comment: str | None = None


class Reader:
    """Reads an open stream, event by event."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.last_id: str | None = None

    def __iter__(self) -> Iterator[Event]:
        event = Event()
        for line in self._lines:
            if not line:
                self.last_id = event.id or self.last_id
                yield event
                event = Event()
            name, _, value = line.partition(":")
            match name:
                case "event":
                    event.kind = value.strip()
                case "id":
                    event.id = value.strip()
                case "data":
                    event.data = json.loads(value)
                case "":
                    event.comment = value.strip() or None

    def next(self, kind: str) -> Event:
        """The next event of a kind; others are passed over."""
        return next(event for event in self if event.kind == kind)

    def states(self, count: int) -> list[tuple[str, str]]:
        """Runs and their states in the next so many events about runs."""
        found = [self.next("run").data for _ in range(count)]
        return [(run["run_id"], run["state"]) for run in found]


@contextmanager
def follow(client: ApiClient, last_event_id: str | None = None) -> Iterator[Reader]:
    """An open stream, from which everything that happens now can be read."""
    headers = {"Last-Event-ID": last_event_id} if last_event_id is not None else {}
    with client.stream("GET", "/api/tenant/events", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-cache"
        reader = Reader(response.iter_lines())
        assert reader.next("host").data["unreachable"] in {True, False}
        if last_event_id is None:
            next(event for event in reader if event.id)
        yield reader


def test_a_deadline_that_is_brought_forward_is_told(any_world: World) -> None:
    run = any_world.add_running()
    any_world.accept(f"{path_of(run)}/stop", grace_seconds=60)
    any_world.supervisor.take_stop(run["run_id"], 60)
    with follow(any_world.bob) as reader:
        shorter = any_world.accept(f"{path_of(run)}/stop", grace_seconds=5)
        told = reader.next("run")
    assert told.id
    assert (told.data["state"], told.data["stop_deadline_at"]) == ("stopping", shorter["stop_deadline_at"])


def test_every_change_is_told_with_the_whole_run(any_world: World) -> None:
    with follow(any_world.victor) as events:
        run = any_world.add_run()
        assert events.next("run").data == any_world.get_run(run)
        any_world.supervisor.start(run["run_id"])
        assert events.next("run").data["state"] in {"starting", "running"}
        any_world.supervisor.end(run["run_id"], 3)
        last = next(event for event in events if event.data.get("state") == "failed")
        assert last.data == any_world.get_run(run)


def test_a_reader_that_comes_back_misses_nothing(any_world: World) -> None:
    first, second = any_world.add_running(), any_world.add_running()
    with follow(any_world.alice) as events:
        mark = events.last_id
    any_world.supervisor.end(first["run_id"], 1)
    any_world.supervisor.end(second["run_id"], 0)
    third = any_world.add_run()
    with follow(any_world.alice, mark) as events:
        assert events.states(3) == [
            (first["run_id"], "failed"),
            (second["run_id"], "completed"),
            (third["run_id"], "pending"),
        ]
        any_world.supervisor.finish(third["run_id"])
        assert next(event for event in events if event.data.get("state") == "completed").id is not None


def test_ids_only_grow(world: World) -> None:
    run = world.add_run()
    with follow(world.alice, "0") as events:
        first = events.next("run")
        world.accept(f"{path_of(run)}/stop")
        second = events.next("run")
    assert first.id is not None
    assert second.id is not None
    assert int(first.id) < int(second.id)


@pytest.mark.parametrize("mark", ["999999999", "nonsense", "-1", "", "9" * 40])
def test_a_mark_that_cannot_be_gives_a_reset(world: World, mark: str) -> None:
    with follow(world.alice, mark) as events:
        reset = next(iter(events))
        assert reset.kind == "reset"
        assert reset.id is not None
        run = world.add_run()
        assert events.states(1) == [(run["run_id"], "pending")]


def test_a_reader_far_behind_begins_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "MOST_MISSED", 2)
    with follow(world.alice) as events:
        mark = events.last_id
    world.add_final()
    with follow(world.alice, mark) as events:
        assert next(iter(events)).kind == "reset"


def test_what_was_missed_is_read_in_pages(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "MISSED_AT_ONCE", 2)
    with follow(any_world.alice) as events:
        mark = events.last_id
    runs = [any_world.add_run(), any_world.add_final(), any_world.add_run()]
    with follow(any_world.alice, mark) as events:
        told = {run["run_id"]: run["state"] for run in runs}
        seen: dict[str, str] = {}
        ids: list[int] = []
        while seen != told:
            event = events.next("run")
            seen[event.data["run_id"]] = event.data["state"]
            ids.append(int(event.id or 0))
        assert len(ids) > len(runs)
        assert ids == sorted(set(ids))


def test_missed_runs_are_read_in_one_statement(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [any_world.add_run() for _ in range(5)]
    asked: list[str] = []
    monkeypatch.setattr(HostRuns, "find", lambda *_: asked.append("one by one"))
    with any_world.storage.read() as uow:
        heads = [head for head in uow.journal.read_heads_after(0, 10_000) if head.tenant_id == any_world.tenant.id]
        changes = run_changes.read_changes(any_world.served.app.state.portal, uow, heads)
    assert [change.run.run.id for change in changes] == [run["run_id"] for run in runs]
    assert asked == []


def test_a_run_that_waits_otherwise_is_told(any_world: World) -> None:
    run = any_world.add_run()
    with follow(any_world.alice) as events:
        any_world.wait_for_followers(1)
        with any_world.storage.write() as uow:
            uow.host_runs.set_waiting_for({RunId(run["run_id"]): "a free place"})
        any_world.supervisor.sweep()  # it may have been long since the last, and silence is said first
        told = (each for each in events if each.kind == "run" and each.data["waiting_for"] == "a free place")
        assert next(told).id is None


def test_tenants_do_not_hear_one_another(any_world: World) -> None:
    with follow(any_world.charlie) as events, follow(any_world.charlie, "0") as all_events:
        any_world.add_final()
        project = any_world.add_project(any_world.charlie)
        run = any_world.charlie.post(f"{path_of(project)}/run").json()
        assert events.states(1) == [(run["run_id"], "pending")]
        assert all_events.states(1) == [(run["run_id"], "pending")]


def test_a_supervisor_that_goes_and_comes_back_is_told(any_world: World) -> None:
    with follow(any_world.alice) as events:
        any_world.wait_for_followers(1)
        any_world.supervisor.sweep(LONG_AGO)
        gone = events.next("host").data
        assert gone == {"observed_at": "2020-01-01T00:00:00.000000Z", "unreachable": True}
        any_world.supervisor.sweep()
        assert events.next("host").data["unreachable"] is False


def test_a_run_that_becomes_overdue_is_told_without_a_place_in_the_journal(any_world: World) -> None:
    overdue_after = any_world.served.app.state.portal.overdue_after
    with follow(any_world.alice) as events:
        run = any_world.add_run()
        any_world.supervisor.start(run["run_id"], ago(seconds=-0.5) - overdue_after)
        told = next(event for event in events if event.kind == "run" and event.id is None)
        assert told.data["run_id"] == run["run_id"]
        assert "overdue" in told.data["health_all"]
        any_world.supervisor.end(run["run_id"])
        assert next(event for event in events if event.data.get("state") == "completed").id is not None


def test_the_growth_of_output_is_told_to_its_tenant(any_world: World) -> None:
    with follow(any_world.alice) as events, follow(any_world.charlie) as others:
        run = any_world.add_running()
        any_world.supervisor.write(run["run_id"], "output.log", b"x" * 10)
        assert events.next("log").data == {"run_id": run["run_id"], "size": 10}
        any_world.supervisor.write(run["run_id"], "output.log", b"x" * 25)
        assert events.next("log").data["size"] == 25
        any_world.supervisor.write(run["run_id"], "output.log", b"x" * 26)
        any_world.supervisor.end(run["run_id"])
        assert events.next("log").data["size"] == 26
        mine = any_world.charlie.post(f"{path_of(any_world.add_project(any_world.charlie))}/run").json()
        first = next(event for event in others if event.kind in {"run", "log"})
        assert first.data["run_id"] == mine["run_id"]


def test_a_quiet_stream_is_kept_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.01)
    with follow(world.alice) as events:
        assert next(event for event in events if event.comment).comment == "ping"


def test_a_reader_that_leaves_is_forgotten(world: World) -> None:
    with follow(world.alice):
        world.wait_for_followers(1)
    world.wait_for_followers(0)


def revoke(world: World, client: ApiClient) -> None:
    """End the key that a client uses, as the command on the machine does."""
    with world.storage.write() as uow:
        known = uow.credentials.find_by_hash(hash_key(client.headers["Authorization"].split()[1]))
        assert known
        uow.credentials.revoke(scope_for_setup(known[1]), known[0].id, SystemClock().now())


def test_a_stream_ends_when_its_key_is_revoked(any_world: World) -> None:
    with follow(any_world.victor) as events, follow(any_world.alice) as others:
        any_world.wait_for_followers(2)
        revoke(any_world, any_world.victor)
        run = any_world.add_run()
        assert [event.kind for event in events if event.kind == "run"] == []
        assert others.states(1) == [(run["run_id"], "pending")]


def test_a_stream_on_which_nothing_happens_ends_when_its_key_is_revoked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_changes, "KEYS_EVERY_SECONDS", 0.01)
    with follow(world.victor) as events:
        world.wait_for_followers(1)
        revoke(world, world.victor)
        assert [event.kind for event in events if event.kind == "run"] == []


def test_a_stream_goes_through_a_cookie_and_ends_with_its_session(any_world: World) -> None:
    ada = any_world.log_in(any_world.tenant, "Ada", Role.VIEWER)
    with follow(ada) as events, follow(any_world.alice) as others:
        any_world.wait_for_followers(2)
        first = any_world.add_run()
        assert events.states(1) == others.states(1) == [(first["run_id"], "pending")]
        assert ada.delete("/api/session").status_code == 204
        second = any_world.add_run()
        assert [event.kind for event in events if event.kind == "run"] == []
        assert others.states(1) == [(second["run_id"], "pending")]


def test_a_stream_ends_when_its_session_sees_another_tenant(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_changes, "KEYS_EVERY_SECONDS", 0.01)
    ada = world.log_in(world.tenant, "Ada", Role.OPERATOR)
    with follow(ada) as events:
        world.wait_for_followers(1)
        switched = ada.post("/api/session/tenant", json={"tenant": world.other_tenant.id})
        assert switched.status_code == 200
        assert [event.kind for event in events if event.kind == "run"] == []
    with follow(ada) as events:
        world.wait_for_followers(1)
        world.add_run()
        run = world.charlie.post(f"{path_of(world.add_project(world.charlie))}/run").json()
        assert events.states(1) == [(run["run_id"], "pending")]


def test_a_reader_that_takes_nothing_is_kept_little_and_told_to_begin_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "MOST_WAITING", 3)
    run_id = RunId(world.add_final()["run_id"])
    portal = world.served.app.state.portal
    with world.storage.read() as uow:
        shown = get_shown_run(uow, TenantScope(world.tenant.id), run_id, portal.circumstances())

    async def miss() -> None:
        follower = Follower(world.tenant.id, Credential(b""))
        follower.put(RunChanged(6, shown))
        for number in range(10):
            follower.put(LogGrown(world.tenant.id, RunId(f"run_{number}"), number))
        follower.put(HostChanged(None, is_unreachable=True))
        follower.put(RunChanged(7, shown))
        assert await follower.take(10) == (Missed(7), HostChanged(None, is_unreachable=True))
        follower.put(RunChanged(8, shown))
        assert await follower.take(10) == (RunChanged(8, shown),)

    asyncio.run(miss())


def test_a_reader_is_told_that_it_missed_something(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "MOST_WAITING", 0)
    with follow(world.alice) as events:
        run = world.add_run()
        reset = next(event for event in events if event.kind)
    assert (reset.kind, reset.data) == ("reset", {})
    with follow(world.alice, reset.id) as events:
        world.accept(f"{path_of(run)}/stop")
        assert next(event for event in events if event.kind).kind == "reset"


def waiters(observer: "psycopg.Connection[tuple[object, ...]]") -> list[tuple[object, ...]]:
    """Who waits for a lock of the database, and since which statement."""
    return observer.execute(
        "SELECT pid, query_start FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    ).fetchall()


@pytest.mark.postgres
def test_readers_leave_while_the_database_does_not_answer(
    postgres_served: Served,
) -> None:
    url = postgres_served.settings.database
    with (
        closing(World(postgres_served)) as world,
        psycopg.connect(url) as holder,
        psycopg.connect(url, autocommit=True) as observer,
    ):
        with follow(world.alice):
            world.wait_for_followers(1)
            holder.execute("LOCK TABLE journal IN ACCESS EXCLUSIVE MODE")
            waiting = wait_until(lambda: waiters(observer), "somebody who reads the journal")
        world.wait_for_followers(0)
        assert world.nobody.get("/healthz").status_code == 200
        assert waiters(observer) == waiting, "the database had given up waiting before"
        holder.rollback()


def test_without_a_credential_nothing_is_told(world: World) -> None:
    assert_problem(world.nobody.get("/api/tenant/events"), 401, "unauthenticated")


def test_another_method_is_refused(world: World) -> None:
    assert_problem(world.alice.post("/api/tenant/events"), 405, "method_not_allowed")
