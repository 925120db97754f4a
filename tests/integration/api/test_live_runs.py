"""What is told of active runs that stands in no journal, look by look."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from typing_extensions import override

from addon_portal.api.services.live_runs import SIZES_EVERY_SECONDS, WAITING_EVERY_SECONDS, LiveRuns, LogGrown
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import RunId
from addon_portal.domain.models import Run
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.states import Health
from addon_portal.storage.values import Said
from tests.support.factories import ago
from tests.support.world import Json, World


class HandClock(SystemClock):
    """The machine's clock, ahead by as much as was added; of the monotonic one only that."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    @override
    def now(self) -> datetime:
        return super().now() + self.ahead

    @override
    def monotonic(self) -> float:
        return self.ahead.total_seconds()


class Looker:
    """Looks at one tenant's runs, as the thread that reads changes does."""

    def __init__(self, world: World) -> None:
        self.world, self.clock = world, HandClock()
        self.portal = replace(world.served.app.state.portal, clock=self.clock)
        self.live = LiveRuns(self.portal)

    def look(self, *changed: Json, tenants: int = 1) -> tuple[list[tuple[str, bool]], list[tuple[str, int]]]:
        """Which runs are told to be overdue, or not to be, and the sizes that are told."""
        followed = {self.world.tenant.id} if tenants else set()
        with self.world.storage.read() as uow:
            runs: list[Run] = [run for each in changed if (run := uow.host_runs.find(RunId(each["run_id"])))]
            turned, grown = self.live.look(uow, followed, runs)
        told: list[tuple[str, bool]] = [(run.run.id, Health.OVERDUE in (run.health or ())) for run in turned]
        self.said = [each for each in grown if isinstance(each, Said)]
        return told, [(growth.run_id, growth.size) for growth in grown if isinstance(growth, LogGrown)]


@pytest.fixture
def looker(any_world: World) -> Looker:
    """Somebody who looks at Alice's runs."""
    return Looker(any_world)


def test_a_run_that_becomes_overdue_is_told_once_and_when_it_is_so_no_longer(looker: Looker) -> None:
    run = looker.world.add_running()
    assert looker.look(run) == ([], [])
    looker.clock.ahead = looker.portal.overdue_after + timedelta(seconds=1)
    assert looker.look() == ([(run["run_id"], True)], [])
    assert looker.look() == ([], [])
    looker.clock.ahead = timedelta()
    assert looker.look() == ([(run["run_id"], False)], [])


def test_runs_that_were_overdue_before_anybody_followed_are_not_told(looker: Looker) -> None:
    long, lately = looker.world.add_run(), looker.world.add_run()
    looker.world.supervisor.start(long["run_id"], ago(minutes=1) - looker.portal.overdue_after)
    looker.world.supervisor.start(lately["run_id"], ago(seconds=1) - looker.portal.overdue_after)
    assert looker.look() == ([(lately["run_id"], True)], [])


def test_sizes_are_told_at_first_then_when_they_grow_and_not_too_often(looker: Looker) -> None:
    run = looker.world.add_running()
    looker.world.supervisor.write(run["run_id"], "output.log", b"12345")
    assert looker.look() == ([], [(run["run_id"], 5)])
    looker.world.supervisor.write(run["run_id"], "output.log", b"123456")
    looker.clock.ahead = timedelta(seconds=2 * SIZES_EVERY_SECONDS)
    assert looker.look() == ([], [(run["run_id"], 6)])
    looker.world.supervisor.write(run["run_id"], "output.log", b"1234567")
    assert looker.look() == ([], [])
    looker.world.supervisor.end(run["run_id"])
    assert looker.look(run) == ([], [(run["run_id"], 7)]), "the last size is told with the end"
    looker.clock.ahead *= 2
    assert looker.look() == ([], [])


def test_a_tenant_that_nobody_follows_any_more_is_forgotten(looker: Looker) -> None:
    run = looker.world.add_running()
    looker.world.supervisor.write(run["run_id"], "output.log", b"12345")
    assert looker.look(tenants=0) == ([], [])
    assert looker.look()[1] == [(run["run_id"], 5)]
    looker.look(tenants=0)
    assert looker.look()[1] == [(run["run_id"], 5)], "whoever comes next knows no sizes"


def test_what_a_waiting_run_waits_for_is_told_when_it_is_said(looker: Looker) -> None:
    first, second = looker.world.add_run(), looker.world.add_run()
    assert looker.look(first, second) == ([], [])
    with looker.world.storage.write() as uow:
        uow.host_runs.set_waiting_for({RunId(second["run_id"]): "a free place"})
    looker.clock.ahead = timedelta(seconds=WAITING_EVERY_SECONDS)
    assert looker.look() == ([(second["run_id"], False)], [])
    looker.clock.ahead *= 2
    assert looker.look() == ([], [])


def test_a_place_in_the_queue_is_told_when_it_moves(looker: Looker) -> None:
    first, second = looker.world.add_run(), looker.world.add_run()
    assert looker.look() == ([], [])
    looker.world.supervisor.start(first["run_id"])
    looker.clock.ahead = timedelta(seconds=WAITING_EVERY_SECONDS)
    assert looker.look(first) == ([(second["run_id"], False)], [])


def test_whoever_comes_is_told_what_runs_wait_for_already(looker: Looker) -> None:
    run = looker.world.add_run()
    with looker.world.storage.write() as uow:
        uow.host_runs.set_waiting_for({RunId(run["run_id"]): "a free place"})
    assert looker.look() == ([(run["run_id"], False)], [])


def test_what_a_program_says_of_itself_is_told_when_it_has_changed_and_to_its_own_tenant(looker: Looker) -> None:
    run = looker.world.add_running()
    looker.look(run)
    assert looker.said == []
    for progress in (0.25, 0.5):
        said = NotifyRecord(looker.clock.now(), progress, "loading")
        with looker.world.storage.write() as uow:
            uow.host_runs.set_said({RunId(run["run_id"]): said})
        looker.clock.ahead += timedelta(seconds=1)
        looker.look()
        assert [(each.run_id, each.said.progress) for each in looker.said] == [(run["run_id"], progress)]
    looker.clock.ahead += timedelta(seconds=1)
    looker.look()
    assert looker.said == []
    looker.look(tenants=0)
    looker.clock.ahead += timedelta(seconds=1)
    looker.look(tenants=0)
    assert looker.said == []
