"""`run`, `restart`, `stop` and `wait` against a real portal with real programs."""

import os
import signal
import sys
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = pytest.mark.slow


def test_a_run_is_followed_to_its_end_and_its_code_is_ours(portal: Portal) -> None:
    done = portal.call("run", "--name", "hello", "--", "sh", "-c", "echo hi; echo oops > /dev/stderr; exit 3")
    assert (done.returncode, done.stdout) == (3, "hi\noops\n")
    assert "exit code 3" in done.stderr
    shown = portal.ask("show", "hello")
    assert (shown["run"]["state"], shown["run"]["reason"], shown["run"]["exit_code"]) == ("failed", "exit_code", 3)
    assert shown["records"]["exit.json"]["wait_status"] == 3 << 8
    assert shown["output_tail"] == ["hi", "oops"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["true"], 0),
        (["sh", "-c", "exit 255"], 255),
        (["sh", "-c", "kill -TERM $$"], 128 + signal.SIGTERM),
        (["sh", "-c", "kill -KILL $$"], 128 + signal.SIGKILL),
        (["no-such-command-anywhere"], ExitCode.COMMAND_NOT_FOUND),
        (["/etc/passwd"], ExitCode.NOT_EXECUTABLE),
    ],
    ids=["success", "255", "SIGTERM", "SIGKILL", "not found", "not executable"],
)
def test_every_kind_of_end_has_its_code(portal: Portal, command: list[str], code: int) -> None:
    done = portal.call("run", "--name", "ends", "--", *command)
    assert done.returncode == code, done.stderr
    assert portal.call("wait", "ends").returncode == code


def test_a_missing_working_directory_is_a_start_that_failed(portal: Portal, tmp_path: Path) -> None:
    done = portal.call("run", "--name", "nowhere", "--cwd", str(tmp_path / "gone"), "--", "true")
    assert done.returncode == ExitCode.COULD_NOT_START
    assert "gone" in done.stderr


def test_output_is_passed_on_byte_for_byte(portal: Portal) -> None:
    code = "import os; [os.write(1, bytes(range(256)) * 700) for _ in range(20)]; os.write(1, b'\\xc3')"
    process = portal.popen("run", "--name", "bytes", "--", sys.executable, "-c", code)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == bytes(range(256)) * 700 * 20 + b"\xc3"
    logs = portal.popen("logs", "bytes", "--offset", "256")
    assert logs.communicate(timeout=60)[0] == out[256:]


def test_output_comes_while_the_program_runs(portal: Portal, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    process = portal.popen("run", "--name", "grows", "--", "sh", "-c", f"echo first; read line < {gate}; echo $line")
    assert process.stdout is not None
    assert process.stdout.readline() == b"first\n"
    gate.write_text("second\n")
    assert process.communicate(timeout=60)[0] == b"second\n"
    assert process.returncode == 0


def test_a_command_makes_the_project_and_another_one_changes_it(portal: Portal) -> None:
    assert portal.call("run", "--name", "changing", "--", "echo", "one").stdout == "one\n"
    assert portal.call("run", "changing").stdout == "one\n"
    assert portal.call("run", "--name", "changing", "--", "echo", "one").stdout == "one\n"
    assert portal.ask("project", "show", "changing")["definition_version"] == 1
    done = portal.call("run", "changing", "--", "echo", "two")
    assert done.stdout == "two\n"
    assert "new version" in done.stderr
    assert portal.ask("project", "show", "changing")["definition_version"] == 2
    assert [run["number"] for run in portal.ask("runs", "changing")] == [4, 3, 2, 1]


def test_a_run_may_be_given_so_much_time_and_no_more(portal: Portal) -> None:
    done = portal.call("run", "--name", "endless", "--max-runtime", "0.3s", "--", "sleep", "60")
    assert done.returncode == ExitCode.TIME_LIMIT
    assert "exceeded its limit of 0.3 s" in done.stderr
    assert "max runtime  0.3 s" in portal.call("project", "show", "endless").stdout
    assert portal.ask("project", "update", "endless", "--max-runtime", "6h")["max_runtime_seconds"] == 21600
    assert "max runtime  6 h" in portal.call("project", "show", "endless").stdout
    assert portal.ask("project", "update", "endless", "--max-runtime", "none")["max_runtime_seconds"] is None


def test_a_run_may_have_to_do_more_than_end_with_0(portal: Portal, tmp_path: Path) -> None:
    check = '{"file": "out.csv", "output_lacks": "ERROR"}'
    asked = ("run", "--name", "careful", "--success-check", check, "--", "sh", "-c", "echo fine")
    done = portal.call(*asked, cwd=tmp_path)
    assert done.returncode == ExitCode.CHECK_FAILED
    assert "did not hold: the file out.csv does not exist" in done.stderr
    (tmp_path / "out.csv").touch()
    assert portal.call(*asked, cwd=tmp_path).returncode == ExitCode.OK
    shown = portal.ask("project", "show", "careful")
    assert (shown["definition_version"], shown["success_check"]["file"]) == (1, "out.csv")
    assert 'success check  {"file": "out.csv"' in portal.call("project", "show", "careful").stdout
    assert portal.ask("project", "update", "careful", "--success-check", "none")["success_check"] is None


def test_a_new_command_starts_where_it_was_typed_unless_told_otherwise(portal: Portal, tmp_path: Path) -> None:
    here = portal.call("run", "--name", "here", "--", "pwd", cwd=tmp_path)
    assert here.stdout == f"{tmp_path}\n"
    there = portal.call("run", "--name", "there", "--cwd", "/usr", "--", "pwd")
    assert there.stdout == "/usr\n"
    kept = portal.call("run", "there", "--", "pwd", cwd=tmp_path)
    assert kept.stdout == "/usr\n"
    assert "starts in /usr" in kept.stderr
    own = portal.call("run", "--name", "own", "--workspace", "--", "pwd")
    assert own.stdout.startswith(f"{portal.data}/workspaces/")


def test_variables_and_parameters_reach_the_program(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "parameters.json").write_text('{"day": 7}')
    done = portal.call(
        *("run", "--name", "given", "--env", "COLOUR=blue", "-e", "SHADE", "--note", "a note"),
        *("--parameters", f"@{tmp_path}/parameters.json"),
        *("--", "sh", "-c", 'echo "$COLOUR $SHADE $ADDON_PORTAL_PARAMETERS"'),
        SHADE="dark",
    )
    assert done.stdout == 'blue dark {"day":7}\n'
    assert portal.ask("show", "given")["run"]["note"] == "a note"


def test_detached_the_run_is_named_and_waited_for_later(portal: Portal) -> None:
    started = portal.ask("run", "--name", "later", "--detach", "--", "sh", "-c", "exit 9")
    assert portal.call("wait", started["run_id"]).returncode == 9
    again = portal.call("run", "later", "--detach")
    assert again.returncode == 0
    assert portal.call("wait", again.stdout.strip()).returncode == 9


def test_with_json_the_final_run_is_printed_instead_of_the_output(portal: Portal) -> None:
    done = portal.ask("run", "--name", "as-json", "--", "sh", "-c", "echo hi; exit 2")
    assert (done["state"], done["exit_code"]) == ("failed", 2)


def test_ctrl_c_stops_following_and_not_the_run(portal: Portal) -> None:
    process = portal.popen("run", "--name", "patient", "--", "sh", "-c", "echo up; exec sleep 1000")
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == ExitCode.NOT_FINISHED
    assert b"addon-portal stop patient" in said
    assert portal.ask("show", "patient")["run"]["state"] == "running"
    waited = portal.call("wait", "patient", "--timeout", "0.1")
    assert waited.returncode == ExitCode.NOT_FINISHED
    assert "running" in waited.stderr
    refused = portal.call("run", "patient")
    assert refused.returncode == ExitCode.REFUSED
    assert "Stop it first" in refused.stderr
    assert portal.call("stop", "patient", "--wait").stdout.startswith("The run was stopped by the key up.")
    assert portal.call("wait", "patient").returncode == ExitCode.STOPPED


def test_a_reader_that_leaves_does_not_end_the_run(portal: Portal) -> None:
    with portal.popen("run", "--name", "unread", "--", "sh", "-c", "while :; do echo y; sleep 0.01; done") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == ExitCode.NOT_FINISHED
    assert portal.ask("stop", "unread", "--grace", "0", "--wait")["state"] == "cancelled"


def test_a_restart_is_a_new_run_linked_to_the_old_one(portal: Portal) -> None:
    assert portal.call("run", "--name", "twice", "--workspace", "--", "sh", "-c", "pwd; exit 4").returncode == 4
    first = portal.ask("show", "twice")["run"]
    again = portal.call("restart", "twice", "--run-id", first["run_id"], "--follow", "--note", "again")
    assert again.returncode == 4
    second = portal.ask("show", "twice")["run"]
    assert (second["restart_of"], second["restart_count"], second["note"]) == (first["run_id"], 1, "again")
    late = portal.call("restart", "twice", "--run-id", first["run_id"])
    assert late.returncode == ExitCode.REFUSED
    assert second["run_id"] in late.stderr
    clean = portal.call("restart", "twice", "--workspace", "clean", "--definition", "latest", "--follow")
    assert clean.returncode == 4
    assert clean.stdout not in ("", again.stdout)


def test_a_restart_can_stop_first_and_follow_the_new_run(portal: Portal) -> None:
    script = 'if [ -n "$ADDON_PORTAL_RESTART_OF" ]; then echo new; else sleep 60; fi'
    first = portal.call("run", "--name", "replaced", "--detach", "--", "sh", "-c", script).stdout.strip()
    done = portal.call("restart", "replaced", "--stop-first", "--follow")
    assert (done.returncode, done.stdout) == (0, "new\n"), done.stderr
    old, new = portal.ask("show", first)["run"], portal.ask("show", "replaced")["run"]
    assert (old["reason"], old["restarted_by"], new["restart_of"]) in {
        ("replaced", new["run_id"], first),
        ("withdrawn", new["run_id"], first),
    }
    third = portal.call("run", "--name", "replaced", "--detach", "--", "sh", "-c", "sleep 60").stdout.strip()
    portal.call("restart", "replaced", "--stop-first")
    assert portal.ask("wait", third)["reason"] in {"replaced", "withdrawn"}
    portal.call("stop", "replaced", "--wait")


def test_a_restart_of_what_never_ran_is_refused_with_what_to_do(portal: Portal) -> None:
    portal.call("project", "create", "unused", "--", "true")
    done = portal.call("restart", "unused")
    assert done.returncode == ExitCode.REFUSED
    assert "Use run" in done.stderr
    assert portal.call("stop", "unused").returncode == ExitCode.REFUSED
    assert portal.call("wait", "unused").returncode == ExitCode.REFUSED


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "Which project?"),
        (["run", "one", "--name", "two"], "Give one name"),
        (["run", "--name", "empty", "--"], "no command after --"),
        (["run", "one", "--env", "NOT_SET_ANYWHERE"], "not set here"),
        (["run", "sample-hello", "--parameters", "[1]"], "must be a JSON object"),
        (["run", "sample-hello", "--parameters", "{"], "is no JSON"),
        (["run", "sample-hello", "--cwd", "/"], "belong to a new command"),
        (["run", "sample-hello", "--max-runtime", "5"], "belong to a new command"),
        (["run", "new", "--success-check", "[]", "--", "true"], "must be a JSON object"),
        (["run", "new", "--max-runtime", "soon", "--", "true"], "expects seconds or a time such as 15m"),
        (["stop", "one", "--grace", "-1"], "grace"),
    ],
    ids=[
        *("no project", "two names", "empty command", "unset", "no object", "no json"),
        *("cwd", "limit", "no check", "no time", "negative grace"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(portal: Portal, arguments: list[str], said: str) -> None:
    portal.call("project", "create", "one", "--", "true")
    done = portal.call(*arguments)
    assert done.returncode == ExitCode.USAGE
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_project_that_is_not_there_is_refused_with_what_to_do(portal: Portal) -> None:
    done = portal.call("run", "no-such-project")
    assert done.returncode == ExitCode.REFUSED
    assert "project list" in done.stderr


def test_following_survives_an_api_that_is_killed(portal: Portal, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    process = portal.popen(
        "run", "--name", "survivor", "--", "sh", "-c", f"echo one; read x < {gate}; echo two; exit 6"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"one\n"
    before = portal.pid_of("api")
    os.kill(before, signal.SIGKILL)
    assert "starting it again" in portal.next_line()
    gate.write_text("\n")
    assert process.communicate(timeout=60)[0] == b"two\n"
    assert process.returncode == 6
