"""What programs say of themselves reaches the books while they run, and stays when they have ended."""

import sys

import pytest

from addon_portal.domain.ids import new_run_id
from addon_portal.domain.records import NotifyRecord
from addon_portal.domain.states import RunState
from addon_portal.storage import NewRun
from tests.integration.supervisor.desk import Desk
from tests.support.host import SupervisedHost

SENDS = "import os, socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); to = os.environ['NOTIFY_SOCKET']; "


def test_what_a_program_says_is_written_with_the_next_sweep_and_only_when_it_is_new(desk: Desk) -> None:
    run_id = desk.running()
    before = desk.kinds(run_id)
    said = NotifyRecord(desk.clock.now(), 0.25, "loading")
    desk.host.runs[run_id].said = said
    desk.turn()
    run = desk.get(run_id)
    assert (run.progress, run.status_text, run.last_heartbeat_at) == (0.25, "loading", said.heard_at)
    assert desk.kinds(run_id) == before, "it is no news for the journal"
    assert desk.supervisor._watcher.runs[run_id] == run


def test_the_last_word_is_kept_with_the_end(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.runs[run_id].said = NotifyRecord(desk.clock.now(), 1.0, "all done")
    desk.host.finish(run_id, 0)
    desk.settle()
    run = desk.get(run_id)
    assert (run.state, run.progress, run.status_text) == (RunState.COMPLETED, 1.0, "all done")


def test_what_a_program_was_given_is_hidden_in_what_it_says(desk: Desk) -> None:
    now, project_id = desk.clock.now(), desk.add_project()
    new = NewRun(new_run_id(now), project_id, 1, desk.host_id, now, "key:ada", env={"TOKEN": "correct-horse"})
    with desk.storage.write() as uow:
        run_id = uow.runs.insert(desk.scope, new).id
    desk.settle()
    desk.host.runs[run_id].said = NotifyRecord(desk.clock.now(), 0.25, "logged in with correct-horse, all well")
    desk.turn()
    assert desk.get(run_id).status_text == f"logged in with {'*' * 13}, all well"
    desk.host.runs[run_id].said = NotifyRecord(desk.clock.now(), 1.0, "correct-horse was right")
    desk.host.finish(run_id, 0)
    desk.settle()
    assert desk.get(run_id).status_text == f"{'*' * 13} was right", "the last word too"
    assert not desk.supervisor._watcher._discretion._masks


@pytest.mark.slow
def test_a_real_program_says_how_far_it_is(host: SupervisedHost) -> None:
    leash = host.leash()
    code = SENDS + "s.sendto(b'STATUS=loading\\nX_PROGRESS=0.5', to); import sys, subprocess; "
    code += "subprocess.call(sys.argv[1:]); s.sendto(b'STATUS=done\\nX_PROGRESS=1', to)"
    run_id = host.run(sys.executable, "-c", code, *leash.argv)
    host.wait_for(lambda: host.get(run_id).progress == 0.5, "the half of it")
    leash.end(0)
    run = host.final(run_id)
    assert (run.progress, run.status_text) == (1.0, "done")
    assert run.last_heartbeat_at is not None
