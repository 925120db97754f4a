"""Waiting for what may have changed, in threads."""

import threading

from addon_portal.api.services.wakes import MOST_WAITING, Wakes
from addon_portal.domain.clock import SystemClock


def test_what_is_there_already_is_not_waited_for() -> None:
    assert Wakes(SystemClock()).wait_for(lambda: "here", 60) == "here"


def test_a_wake_makes_a_waiter_look_again() -> None:
    wakes, looks, looked = Wakes(SystemClock()), ["there"], threading.Event()
    found: list[str | None] = []

    def look() -> str | None:
        looked.set()
        return None if looks else "found"

    waiter = threading.Thread(target=lambda: found.append(wakes.wait_for(look, 60)))
    waiter.start()
    assert looked.wait(10)
    assert wakes.is_awaited
    looks.clear()
    wakes.wake()
    waiter.join(10)
    assert found == ["found"]
    assert not wakes.is_awaited


def test_a_wake_between_looking_and_waiting_is_not_lost() -> None:
    wakes, seen = Wakes(SystemClock()), list[int]()

    def look() -> str | None:
        seen.append(1)
        if len(seen) == 1:
            wakes.wake()
            return None
        return "found"

    assert wakes.wait_for(look, 60) == "found"


def test_when_the_time_is_over_there_is_nothing() -> None:
    assert Wakes(SystemClock()).wait_for(lambda: None, 0) is None


def test_whoever_listens_is_told_that_somebody_waits() -> None:
    wakes, told = Wakes(SystemClock()), list[bool]()
    wakes.on_waiting = lambda: told.append(wakes.is_awaited)
    wakes.wait_for(lambda: "here", 60)
    assert told == [True]


def test_no_more_than_so_many_threads_wait() -> None:
    wakes, looked, done = Wakes(SystemClock()), threading.Semaphore(0), list[str]()

    def look() -> str | None:
        looked.release()
        return "done" if done else None

    waiters = [threading.Thread(target=wakes.wait_for, args=(look, 60)) for _ in range(MOST_WAITING)]
    for waiter in waiters:
        waiter.start()
        assert looked.acquire(timeout=10)
    late = threading.Thread(target=wakes.wait_for, args=(look, 60))
    late.start()
    late.join(10)
    was_late = late.is_alive()
    done.append("now")
    wakes.wake()
    for waiter in (*waiters, late):
        waiter.join(10)
    assert not was_late
