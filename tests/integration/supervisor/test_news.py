"""Which news of a run are looked at the moment they come, and which may wait for those that follow them."""

import os
import selectors
from pathlib import Path

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import RunId, new_run_id
from addon_portal.executors.hints import NEWS_WITHIN_SECONDS, Hints
from tests.integration.supervisor.desk import Desk


def test_only_a_start_and_an_exit_may_wait_for_what_follows_them(tmp_path: Path) -> None:
    run_id = new_run_id(SystemClock().now())
    told: list[tuple[RunId, float]] = []
    with selectors.DefaultSelector() as selector:
        hints = Hints(tmp_path / "hints", selector, lambda run, within: told.append((run, within)))
        writer = os.open(tmp_path / "hints", os.O_WRONLY | os.O_NONBLOCK)
        os.write(writer, b"nobody done\n")
        for event in ("started", "exit", "done", "start_error", "something new", ""):
            os.write(writer, f"{run_id} {event}\n".encode())
        os.close(writer)
        for key, _ in selector.select(0):
            key.data()
        hints.close()
    waits = [NEWS_WITHIN_SECONDS, NEWS_WITHIN_SECONDS, 0.0, 0.0, 0.0, 0.0]
    assert told == [(run_id, within) for within in waits]


def test_news_that_may_wait_are_looked_at_when_nothing_follows(desk: Desk) -> None:
    run_id = desk.running()
    desk.turn()
    looks = desk.executor.looks
    desk.supervisor._look_within(run_id, NEWS_WITHIN_SECONDS)
    desk.turn(NEWS_WITHIN_SECONDS / 2)
    assert desk.executor.looks == looks
    desk.turn(NEWS_WITHIN_SECONDS)
    assert desk.executor.looks == looks + 1
    assert desk.supervisor._seconds_to_next() > NEWS_WITHIN_SECONDS


def test_what_a_run_waited_for_wakes_nobody_once_it_has_ended(desk: Desk) -> None:
    run_id = desk.running()
    desk.turn()
    desk.supervisor._look_within(run_id, NEWS_WITHIN_SECONDS)
    desk.host.finish(run_id)
    desk.settle()
    assert desk.get(run_id).state == "completed"
    desk.supervisor._woken = False
    assert desk.supervisor._seconds_to_next() > NEWS_WITHIN_SECONDS
