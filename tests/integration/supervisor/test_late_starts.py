"""A start that nobody answers: what is said of the run until it starts, with real keepers."""

import resource
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.states import RunState
from tests.support.host import SupervisedHost

pytestmark = [pytest.mark.slow, pytest.mark.faults]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SupervisedHost]:
    """A host with a supervisor and a keeper that has started something."""
    with SupervisedHost(tmp_path / "data") as host:
        host.start()
        host.final(host.run("true"))
        yield host


def await_words(host: SupervisedHost, run_id: RunId, words: str) -> str:
    """Wait until they are said of the run, which goes on starting and has no condition."""
    run = host.await_run(run_id, lambda run: words in (run.condition_detail or ""), f"{words!r} to be said")
    assert (run.state, run.conditions) == (RunState.STARTING, frozenset())
    assert run.condition_detail
    return run.condition_detail


def assert_starts_without_a_word(host: SupervisedHost, run_id: RunId) -> None:
    """The start comes, once, and what was said before is taken back."""
    run = host.final(run_id)
    assert (run.state, run.condition_detail) == (RunState.COMPLETED, None)
    kinds = host.kinds(run_id)
    assert [kind for kind in kinds if kind != "condition"] == ["requested", "claimed", "started", "ended"]
    assert kinds[2] == "condition"


def test_a_keeper_that_does_not_answer_is_said_with_since_when(host: SupervisedHost) -> None:
    host.keeper.freeze()
    run_id = host.run("true")
    before = await_words(host, run_id, "its keeper has not answered since 2")
    host.await_sweep()
    host.await_sweep()
    assert host.get(run_id).condition_detail == before
    host.keeper.thaw()
    assert_starts_without_a_word(host, run_id)


def test_that_there_is_no_keeper_is_said(host: SupervisedHost) -> None:
    host.keeper.kill()
    run_id = host.run("true")
    await_words(host, run_id, "no keeper is there to start it")
    host.start_keeper()
    assert_starts_without_a_word(host, run_id)


def test_what_a_keeper_cannot_do_is_said_in_its_words(host: SupervisedHost) -> None:
    keeper = host.keeper.pid
    descriptors = {int(entry.name) for entry in Path(f"/proc/{keeper}/fd").iterdir()}
    # Room for the descriptor that comes with the request, and for no other.
    _, second_free = islice((number for number in count() if number not in descriptors), 2)
    most = resource.prlimit(keeper, resource.RLIMIT_NOFILE)[1]
    limits = resource.prlimit(keeper, resource.RLIMIT_NOFILE, (second_free, most))
    run_id = host.run("true")
    await_words(host, run_id, "its keeper cannot start it at lock: Too many open files")
    resource.prlimit(keeper, resource.RLIMIT_NOFILE, limits)
    assert_starts_without_a_word(host, run_id)
