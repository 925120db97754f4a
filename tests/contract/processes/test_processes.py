"""What holds for any way to know processes, and what each says where it cannot know."""

import os
import select
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from addon_portal.domain.records import ProcessIdentity
from addon_portal.domain.verdict import Liveness
from addon_portal.executors.processes.contract import HeldProcess, Processes
from addon_portal.executors.processes.selection import Chosen
from tests.contract.processes.conftest import Child
from tests.support.identities import kernel_tells
from tests.support.kernel import state_of
from tests.support.waiting import wait_until


@pytest.fixture
def held(processes: Processes, child: Child) -> Iterator[HeldProcess]:
    """The child, taken hold of while it lived."""
    held = processes.hold(child.identity)
    assert held is not None
    yield held
    held.close()


def test_a_process_lives_is_a_zombie_and_is_gone(processes: Processes, child: Child) -> None:
    assert processes.liveness(child.identity) is Liveness.ALIVE
    child.tell("exit 3")
    child.wait_zombie()
    assert processes.liveness(child.identity) is Liveness.ZOMBIE
    assert child.reap() == 3
    assert processes.liveness(child.identity) is Liveness.DEAD
    assert processes.hold(child.identity) is None


@pytest.mark.parametrize("ticks", [-1, 1])
def test_another_process_with_the_number_is_not_the_one_that_is_meant(
    processes: Processes, child: Child, ticks: int
) -> None:
    stranger = replace(child.identity, start_ticks=child.identity.start_ticks + ticks)
    assert processes.liveness(stranger) is Liveness.DEAD
    assert processes.hold(stranger) is None
    assert processes.zombie_exit(stranger) is None
    assert processes.has_executed(stranger), "nobody can tell any more"


def test_a_held_process_has_ended_as_soon_as_it_is_a_zombie(held: HeldProcess, child: Child) -> None:
    assert not held.has_ended()
    assert held.exit() is None
    child.tell("exit 3")
    child.wait_zombie()
    assert held.has_ended()
    child.reap()
    assert held.has_ended()


def test_an_end_is_an_event_where_there_is_a_descriptor(held: HeldProcess, child: Child, identity: Chosen) -> None:
    descriptor = held.fileno()
    assert (descriptor is not None) == (identity == "pidfd")
    if descriptor is not None:
        assert not select.select([descriptor], [], [], 0)[0]
        child.tell("exit 3")
        assert select.select([descriptor], [], [], 60)[0]


def test_the_exit_of_a_reaped_process_is_the_kernels_word_or_unknown(
    held: HeldProcess, child: Child, identity: Chosen
) -> None:
    child.tell("exit 3")
    child.reap()
    told = held.exit()
    assert (told.exit_code if told else None) == (3 if kernel_tells(identity) else None)


def test_the_exit_of_a_zombie_is_told_to_root_through_proc_or_unknown(
    processes: Processes, child: Child, identity: Chosen
) -> None:
    assert processes.zombie_exit(child.identity) is None
    child.tell("exit 3")
    child.wait_zombie()
    told = processes.zombie_exit(child.identity)
    assert (told.exit_code if told else None) == (3 if identity == "pidfd" and os.geteuid() == 0 else None)


def test_a_signal_is_sent_to_who_lives_and_to_nobody_else(held: HeldProcess, child: Child) -> None:
    assert held.send_signal(signal.SIGKILL)
    child.wait_zombie()
    assert not held.send_signal(signal.SIGKILL)
    assert not held.send_signal_to_group(signal.SIGKILL)
    assert child.reap() == -signal.SIGKILL
    assert not held.send_signal(signal.SIGKILL)
    assert not held.send_signal_to_group(signal.SIGKILL)


def test_a_signal_to_a_leader_reaches_its_group(processes: Processes) -> None:
    child = Child(
        "trap 'echo heard' USR1; (trap 'echo heard' USR1; echo ready; while :; do sleep 0.01; done) & wait; wait"
    )
    try:
        held = processes.hold(child.identity)
        assert held is not None
        assert child.hear() == "ready"
        assert held.send_signal_to_group(signal.SIGUSR1)
        assert [child.hear(), child.hear()] == ["heard", "heard"]
        assert held.send_signal_to_group(signal.SIGKILL)
        held.close()
    finally:
        child.close()


def test_a_signal_to_one_who_leads_no_group_reaches_it_alone(processes: Processes, child: Child) -> None:
    child.tell("sleep 60 & echo $!; wait")
    pid = int(child.hear())

    def find() -> list[ProcessIdentity]:
        return [member for member in processes.find_members(child.cookie, None) if member.pid == pid]

    # While it executes sleep, its environment cannot be read for a moment.
    held = processes.hold(wait_until(find, "it to be found")[0])
    assert held is not None
    assert held.send_signal_to_group(signal.SIGKILL)
    held.close()
    wait_until(lambda: state_of(pid) in {None, "Z"}, "the end of the one")
    # Its leader was not meant: it ends by itself, since nothing is left to wait for.
    assert child.reap() == 0


def test_members_are_found_by_cookie_and_by_session(processes: Processes, child: Child) -> None:
    assert list(processes.find_members(child.cookie, None)) == [child.identity]
    child.tell("env -i sleep 60 & echo $!; wait")
    pid = int(child.hear())

    def by(cookie: bytes, session: int | None) -> set[int]:
        return {member.pid for member in processes.find_members(cookie, session)}

    wait_until(lambda: by(child.cookie, None) == {child.pid}, "the other one to have lost its cookie")
    assert by(child.cookie, child.pid) == {child.pid, pid}
    assert by(b"OTHER=y", None) == set()
    assert by(child.cookie[:-1], None) == set()
    assert by(child.cookie + b"0", None) == set()


def test_a_zombie_is_no_member(processes: Processes, child: Child) -> None:
    child.tell("exit 0")
    child.wait_zombie()
    assert list(processes.find_members(child.cookie, child.pid)) == []


def test_a_process_has_executed_what_it_became(processes: Processes, child: Child) -> None:
    assert processes.has_executed(child.identity)
    child.tell("exit 0")
    child.wait_zombie()
    assert processes.has_executed(child.identity)
