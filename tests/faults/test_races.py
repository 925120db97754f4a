"""Races that would need luck to meet, each held open at a fault point: two who look at one run in the wrong moment."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from addon_portal.domain.clock import SystemClock, from_text
from addon_portal.executors.processes.selection import Chosen
from tests.faults.conftest import Pool
from tests.faults.observer import Observer
from tests.faults.specimen import CODE, Specimen
from tests.support.identities import kernel_tells
from tests.support.kernel import Pinned
from tests.support.portal import Json, Portal

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]


class Race:
    """A portal, a specimen on it, and an observer of what is said of it."""

    def __init__(self, portal: Portal, specimen: Specimen, *, may_be_unknown: bool = False) -> None:
        self.portal, self.specimen = portal, specimen
        self._may_be_unknown = may_be_unknown

    @contextmanager
    def observed(self) -> Iterator[Observer]:
        """Watch from now on; at the end nothing that was said may have been a lie."""
        with Observer(self.specimen, may_be_unknown=self._may_be_unknown) as observer:
            yield observer
        assert not observer.lies, "\n".join([*observer.lies, f"history: {observer.history}"])

    def run_until(self, point: str) -> int:
        """Start the specimen and wait until somebody is held at the point; returns who."""
        self.portal.pauses.arm(point)
        self.specimen.start()
        return self.portal.pauses.wait_reached(point)

    def end_until(self, point: str) -> int:
        """Let a running specimen end, and wait until somebody is held at the point; returns who."""
        self.portal.pauses.arm(point)
        self.specimen.tell()
        return self.portal.pauses.wait_reached(point)

    def kill(self, process: Pinned | None) -> None:
        """SIGKILL, and wait for the end."""
        assert process is not None
        with closing(process):
            process.kill()

    def kill_supervisor(self) -> None:
        """Have it replaced by a new one."""
        self.kill(self.portal.pin("supervisor"))
        self.portal.wait_until_whole()

    def wait_final(self) -> Json:
        """The run once it is final, with nothing of it left."""
        run = self.portal.wait_final(self.specimen.run_id)
        self.specimen.wait_until_gone()
        return run


@contextmanager
def race(races: Pool, name: str) -> Iterator[Race]:
    """A race on a portal that is well before and after."""
    with races.portal() as portal:
        with Specimen(portal, name) as specimen:
            yield Race(portal, specimen)
        portal.wait_until_alone()


def test_nobody_is_quicker_than_the_keeper_that_has_seen_an_end_and_not_written_it(races: Pool) -> None:
    with race(races, "keeper-peeked") as it:
        it.specimen.start()
        it.specimen.wait_begun()
        it.kill(it.specimen.pin_shim())
        with it.observed() as observer:
            observer.wait_for(lambda run: run["health"] == "unsupervised", "the loss of the shim to be seen")
            it.end_until("keeper.peeked")
            ended_by = SystemClock().now()
            observer.expect(frozenset({"running"}))
            observer.wait_for(lambda run: run["health"] == "unreachable", "the silence of the keeper to be said")
            it.kill_supervisor()  # one that knows nothing judges the same
            observer.wait_for_sweep(ended_by)
            observer.wait_for(lambda run: run["health"] == "unreachable", "the next supervisor to say it too")
            observer.expect(None)
            it.portal.pauses.open("keeper.peeked")
            run = it.wait_final()
        assert (run["reason"], run["exit_code"], it.specimen.executions) == ("exit_code", CODE, [run["run_id"]])
        record = it.specimen.record("exit")
        assert record
        assert record["by"] == "keeper"


def test_a_judge_between_the_keepers_record_and_its_reaping_waits_for_the_tree(races: Pool) -> None:
    with race(races, "keeper-recorded") as it:
        it.specimen.start()
        it.specimen.wait_begun()
        it.kill(it.specimen.pin_shim())
        with it.observed() as observer:
            observer.wait_for(lambda run: run["health"] == "unsupervised", "the loss of the shim to be seen")
            it.end_until("keeper.recorded")
            observer.expect(frozenset({"running"}))
            said = ("finishing", CODE)
            observer.wait_for(lambda run: (run["health"], run["exit_code"]) == said, f"health and code to be {said}")
            it.kill_supervisor()
            observer.wait_for_sweep(SystemClock().now())
            assert observer.latest["finished_at"] is None, "its daemon lives"
            observer.expect(None)
            it.portal.pauses.open("keeper.recorded")
            run = it.wait_final()
        assert (run["reason"], run["exit_code"], run["tree"]) == ("exit_code", CODE, "proven")


def test_a_supervisor_that_finds_an_ended_program_says_so_before_it_says_that_it_has_looked(races: Pool) -> None:
    with race(races, "restarted-supervisor") as it:
        it.specimen.start()
        it.specimen.wait_begun()
        with it.observed() as observer:
            observer.wait_for(lambda run: run["state"] == "running", "the run to be running")
            up = it.portal.pin("up")
            with closing(up):
                up.freeze()  # so that no supervisor is started yet
                with closing(it.portal.pin("supervisor")) as supervisor:
                    supervisor.kill()
                it.end_until("shim.recorded")
                ended_by = SystemClock().now()
                it.portal.pauses.arm("supervisor.looked")
                up.thaw()
            it.portal.pauses.wait_reached("supervisor.looked")
            run = it.portal.get_run(it.specimen.run_id)
            assert from_text(run["observed_at"]) < ended_by, f"it was seen that this has ended, and is not said: {run}"
            it.portal.pauses.open("supervisor.looked")
            said = ("finishing", CODE)
            observer.wait_for(lambda run: (run["health"], run["exit_code"]) == said, f"health and code to be {said}")
            it.portal.pauses.open("shim.recorded")
            run = it.wait_final()
        assert (run["reason"], run["exit_code"]) == ("exit_code", CODE)
        it.portal.wait_until_whole()


def test_a_program_that_ends_while_its_keeper_is_frozen_is_not_called_running(races: Pool) -> None:
    with race(races, "frozen-keeper") as it:
        it.specimen.start()
        it.specimen.wait_begun()
        with it.observed() as observer, closing(it.portal.pin("keeper")) as keeper:
            observer.wait_for(lambda run: run["state"] == "running", "the run to be running")
            keeper.freeze()
            it.kill(it.specimen.pin_shim())
            it.kill(it.specimen.pin_program())
            observer.expect(frozenset({"running"}))
            observer.wait_for(lambda run: run["health"] == "unreachable", "the silence of the keeper to be said")
            observer.expect(None)
            keeper.thaw()
            run = it.wait_final()
        assert (run["reason"], run["signal"]) == ("signal", 9)


def test_a_program_that_is_named_between_two_looks_at_its_records_is_not_called_running_before_it_runs(
    races: Pool,
) -> None:
    with race(races, "named-meanwhile") as it:
        pauses = it.portal.pauses
        it.run_until("shim.before_identity")
        with it.observed() as observer:
            pauses.arm("supervisor.read_once")
            pauses.wait_reached("supervisor.read_once")  # there was no name yet
            pauses.arm("shim.before_gate")
            pauses.open("shim.before_identity")
            pauses.wait_reached("shim.before_gate")
            named_by = SystemClock().now()
            observer.expect(frozenset({"starting"}))
            pauses.open("supervisor.read_once")
            observer.wait_for_sweep(named_by)
            observer.expect(None)
            pauses.open("shim.before_gate")
            observer.wait_for(lambda run: run["state"] == "running", "the run to be running")
            it.specimen.tell()
            run = it.wait_final()
        assert (run["reason"], run["exit_code"]) == ("exit_code", CODE)


def test_a_stub_that_dies_while_it_is_looked_at_was_never_the_program(races: Pool) -> None:
    with race(races, "dies-meanwhile") as it:
        pauses = it.portal.pauses
        it.run_until("shim.before_gate")
        with it.observed() as observer:
            pauses.arm("supervisor.found_alive")
            pauses.wait_reached("supervisor.found_alive")
            observer.expect(frozenset({"starting", "launch_interrupted"}))
            it.kill(it.specimen.pin_program())
            looked_again = SystemClock().now()
            pauses.open("supervisor.found_alive")
            observer.wait_for_sweep(looked_again)
            pauses.open("shim.before_gate")
            run = it.wait_final()
            observer.wait_for(lambda seen: seen["finished_at"], "the observer to see the end")
        assert (run["reason"], run["started_at"], it.specimen.executions) == ("launch_interrupted", None, [])


def test_a_start_that_two_supervisors_ask_a_frozen_keeper_for_happens_once(races: Pool) -> None:
    with race(races, "asked-twice") as it:
        with closing(it.portal.pin("keeper")) as keeper:
            keeper.freeze()
            it.run_until("supervisor.asked")
            with it.observed() as observer:
                observer.expect(frozenset({"starting"}))
                it.kill_supervisor()
                it.portal.pauses.open("supervisor.asked")
                for _ in range(3):  # each sweep asks again
                    observer.wait_for_sweep(SystemClock().now())
                assert it.specimen.executions == []
                it.portal.pauses.arrivals("keeper.asked")
                observer.expect(None)
                keeper.thaw()
                it.specimen.wait_begun()
                it.specimen.tell()
                run = it.wait_final()
        asked = it.portal.pauses.arrivals("keeper.asked")
        assert len(asked) >= 2, f"both supervisors have asked: {asked}"
        assert (run["exit_code"], it.specimen.executions) == (CODE, [run["run_id"]])


@pytest.mark.parametrize("point", ["shim.forked", "shim.before_identity", "shim.before_gate"])
def test_a_shim_that_dies_before_the_gate_has_started_nothing(races: Pool, point: str) -> None:
    with race(races, f"before-gate-{point}") as it:
        shim = it.run_until(point)
        with it.observed() as observer:
            observer.expect(frozenset({"starting", "launch_interrupted"}))
            it.kill(Pinned(shim))
            it.portal.pauses.open(point)
            run = it.wait_final()
            observer.wait_for(lambda seen: seen["finished_at"], "the observer to see the end")
        assert (run["reason"], run["started_at"], it.specimen.executions) == ("launch_interrupted", None, [])
        path = f"/api/tenant/projects/{it.specimen.project_id}/restart"
        again = it.portal.ask("POST", path, {"run_id": run["run_id"]}).json()
        it.specimen.wait_begun_as(again["run_id"])
        it.specimen.tell()
        assert it.portal.wait_final(again["run_id"])["exit_code"] == CODE
        assert it.specimen.executions == [again["run_id"]]


@pytest.mark.parametrize("point", ["shim.gate_open", "shim.before_report"])
def test_a_shim_that_dies_before_it_hears_of_the_exec_leaves_a_program_that_is_known(races: Pool, point: str) -> None:
    with race(races, f"before-report-{point}") as it:
        shim = it.run_until(point)
        with it.observed() as observer:
            it.kill(Pinned(shim))
            it.portal.pauses.open(point)
            it.specimen.wait_begun()
            observer.wait_for(lambda run: run["health"] == "unsupervised", "the loss of the shim to be seen")
            assert observer.latest["state"] == "running"
            it.specimen.tell()
            run = it.wait_final()
        assert (run["reason"], run["exit_code"], it.specimen.executions) == ("exit_code", CODE, [run["run_id"]])
        assert it.portal.log_of(run["run_id"]) == "begun\nending\n"


@pytest.mark.parametrize("with_keeper", [False, True], ids=["shim", "shim-and-keeper"])
def test_leftovers_of_a_shim_that_died_after_its_record_are_ended_before_the_run(
    races: Pool, with_keeper: bool
) -> None:
    with race(races, f"leftovers-{with_keeper}") as it:
        it.specimen.start()
        it.specimen.wait_begun()
        with it.observed() as observer:
            observer.wait_for(lambda run: run["state"] == "running", "the run to be running")
            shim = it.end_until("shim.recorded")
            assert it.specimen.record("exit")
            assert it.specimen.is_alive, "the daemon it left behind"
            victims = [Pinned(shim), *([it.portal.pin("keeper")] if with_keeper else [])]
            for victim in victims:
                victim.send(9)
            for victim in victims:
                it.kill(victim)
            it.portal.pauses.open("shim.recorded")
            run = it.wait_final()
        assert (run["reason"], run["exit_code"]) == ("exit_code", CODE)
        assert run["tree"] == ("assumed" if with_keeper else "proven")
        path = f"/api/tenant/projects/{it.specimen.project_id}/restart"
        answer = it.portal.ask("POST", path, {"run_id": run["run_id"]})
        if with_keeper:
            assert answer.json()["code"] == "confirmation_required", "something of it may be alive"
            answer = it.portal.ask("POST", path, {"run_id": run["run_id"], "confirm": True})
        it.specimen.tell()
        assert it.portal.wait_final(answer.json()["run_id"])["exit_code"] == CODE
        it.portal.wait_until_whole()


def test_what_ends_when_shim_and_keeper_are_gone_is_told_by_the_kernel_or_unknown(
    races: Pool, identity: Chosen
) -> None:
    with race(races, "no-parent") as it:
        it.specimen.start()
        it.specimen.wait_begun()
        with Observer(it.specimen, may_be_unknown=not kernel_tells(identity)) as observer:
            observer.wait_for(lambda run: run["state"] == "running", "the run to be running")
            it.kill(it.portal.pin("keeper"))
            it.kill(it.specimen.pin_shim())
            observer.wait_for(lambda run: run["health"] == "unsupervised", "the loss of the shim to be seen")
            it.specimen.tell()
            run = it.wait_final()
        assert not observer.lies, observer.lies
        told = (run["reason"], run["outcome"], run["exit_code"])
        assert told == (
            ("exit_code", "failure", CODE) if kernel_tells(identity) else ("outcome_unknown", "unknown", None)
        )
        it.portal.wait_until_whole()
