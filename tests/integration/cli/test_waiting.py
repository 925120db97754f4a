"""Commands that wait: Ctrl-C ends the waiting and nothing else, and nobody answering is not success."""

import os
import signal

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.cutter import Cutter
from tests.integration.cli.installed import Portal
from tests.support.databases import is_being_changed
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["wait"], "run {run_id} goes on.\nFollow it with: addon-portal logs -f {run_id} "),
        (["stop", "--wait"], "No longer waiting; run {run_id} is asked to end all the same.\n"),
    ],
    ids=["wait", "stop"],
)
def test_ctrl_c_ends_the_waiting_and_says_how_the_run_stands(portal: Portal, command: list[str], said: str) -> None:
    name = f"patient-{command[0]}"
    script = "trap '' TERM; echo up; while :; do sleep 0.1; done"
    run_id = portal.run_until_output("--name", name, "--workspace", "--", "sh", "-c", script)
    with Cutter(portal, after_bytes=0, cuts=0) as way, portal.popen(*command, name, *way.options()) as waiter:
        wait_until(lambda: b"wait_seconds=" in way.asked, "the command to wait", 60)
        waiter.send_signal(signal.SIGINT)
        out, err = waiter.communicate(timeout=60)
    assert (waiter.returncode, out) == (ExitCode.NOT_FINISHED, b"")
    assert said.format(run_id=run_id).strip() in err.decode()
    portal.call("stop", name, "--grace", "0")


@pytest.mark.faults
def test_a_cleanup_that_nobody_answers_is_not_finished(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    supervisor = own_portal.pid_of("supervisor")
    wait_until(lambda: freeze_outside_of_a_change(own_portal, supervisor), "the supervisor between two changes")
    try:
        done = own_portal.call("cleanup", "--json")
    finally:
        os.kill(supervisor, signal.SIGCONT)
    assert done.returncode == ExitCode.NOT_FINISHED
    assert '"completed_at": null' in done.stdout
    assert "The supervisor has not answered yet." in done.stderr


def freeze_outside_of_a_change(portal: Portal, supervisor: int) -> bool:
    """Stop it, unless it would keep the database locked for everybody: then it goes on."""
    os.kill(supervisor, signal.SIGSTOP)
    if is_being_changed(portal.data / "portal.db"):
        os.kill(supervisor, signal.SIGCONT)
        return False
    return True
