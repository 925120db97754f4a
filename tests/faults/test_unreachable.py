"""While nobody looks after the runs the portal says so, and since when; and the truth once somebody looks again."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta

import psutil
import pytest

from addon_portal.domain.clock import SystemClock, from_text
from addon_portal.domain.health import UNREACHABLE_AFTER
from tests.faults.events import Event, EventReader
from tests.faults.observer import Observer
from tests.faults.specimen import Specimen
from tests.support.kernel import Pinned
from tests.support.portal import Json, Portal, hold

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]

SOON = timedelta(seconds=10)
"""The promises are 3 s and 1 s, and the figures are printed; a busy machine may take longer without being wrong."""

Record = Callable[[str, object], None]
clock = SystemClock()


class Absence:
    """A run whose program is killed while the supervisor cannot see it, and all that is said meanwhile."""

    def __init__(self, portal: Portal, record: Record, stack: ExitStack) -> None:
        self.portal, self.record, self.stack = portal, record, stack
        self.specimen = stack.enter_context(Specimen(portal, "program"))
        self.specimen.start()
        self.specimen.wait_begun()
        self.observer = stack.enter_context(Observer(self.specimen))
        self.observer.wait_for(lambda run: run["state"] == "running", "the run to be running")
        self.events = stack.enter_context(EventReader(portal))

    def pin(self, part: str) -> Pinned:
        """A process of the portal until the end of the test."""
        process = self.portal.pin(part)
        self.stack.callback(process.close)
        return process

    def kill_program(self) -> None:
        """SIGKILL it from outside."""
        program = self.specimen.pin_program()
        assert program
        program.kill()
        program.close()

    def check_unreachable(self, since: datetime) -> None:
        """Nobody has looked since then: everybody is told, with the time of the last look."""
        self.observer.expect(frozenset({"running"}))
        told = self.events.wait_for(is_unreachable, "the stream to say that nobody looks")
        assert from_text(told.data["observed_at"]) <= since
        hold((since + UNREACHABLE_AFTER - clock.now()).total_seconds())
        run = self.portal.get_run(self.specimen.run_id)
        assert (run["state"], run["health"]) == ("running", "unreachable")
        assert from_text(run["observed_at"]) <= since
        self.observer.wait_for(lambda run: run["health"] == "unreachable", "the observer to read it")
        took = (told.came_at - since).total_seconds()
        self.record("figure", f"the stream said unreachable {took:.2f} s after the supervisor was gone")
        assert told.came_at - since < SOON
        self.observer.expect(None)

    def check_truth(self, since: datetime, what: str) -> Json:
        """Somebody looks again since then: the true end is told, on the stream too."""
        run = self.portal.wait_final(self.specimen.run_id)
        assert (run["reason"], run["signal"]) == ("signal", 9)
        self.events.wait_for(lambda event: event.data.get("finished_at"), "the stream to tell the end")
        self.events.wait_for(lambda event: event.kind == "host" and event is not self.events.events[0], "and the host")
        took = from_text(run["finished_at"]) - since
        self.record("figure", f"the truth {took.total_seconds():.2f} s after {what}")
        assert took < SOON
        assert not self.observer.lies, self.observer.lies
        return run


def is_unreachable(event: Event) -> bool:
    """Whether the event says that nobody looks."""
    return event.kind == "host" and event.data["unreachable"]


def test_a_program_that_dies_while_there_is_no_supervisor(portal: Portal, record_property: Record) -> None:
    with ExitStack() as stack:
        it = Absence(portal, record_property, stack)
        up, supervisor = it.pin("up"), it.pin("supervisor")
        up.freeze()  # or it would start another one at once
        supervisor.kill()
        since = clock.now()
        it.kill_program()
        it.check_unreachable(since)
        up.thaw()
        portal.wait_until_whole()
        began = psutil.Process(portal.pid_of("supervisor")).create_time()
        it.check_truth(datetime.fromtimestamp(began, since.tzinfo), "the start of the next supervisor")
    portal.wait_until_alone()


def test_a_program_that_dies_while_the_supervisor_is_frozen(portal: Portal, record_property: Record) -> None:
    with ExitStack() as stack:
        it = Absence(portal, record_property, stack)
        supervisor = it.pin("supervisor")
        supervisor.freeze()
        since = clock.now()
        it.kill_program()
        it.check_unreachable(since)
        back = clock.now()
        supervisor.thaw()
        it.check_truth(back, "the supervisor went on")
    portal.wait_until_alone()


def test_a_waiting_run_is_not_unreachable_but_says_whom_it_waits_for(portal: Portal) -> None:
    with ExitStack() as stack:
        it = Absence(portal, lambda *_: None, stack)
        supervisor = it.pin("supervisor")
        supervisor.freeze()
        waiting = stack.enter_context(Specimen(portal, "waiting"))
        waiting.start()
        it.events.wait_for(is_unreachable, "the stream to say that nobody looks")
        run = portal.get_run(waiting.run_id)
        assert (run["state"], run["health_all"]) == ("pending", ["ok"])
        assert "supervisor" in run["waiting_for"]
        assert waiting.executions == []
        supervisor.thaw()
        waiting.tell()
        it.specimen.tell()
        for specimen in (waiting, it.specimen):
            assert portal.wait_final(specimen.run_id)["exit_code"] == 7
            assert specimen.executions == [specimen.run_id]
