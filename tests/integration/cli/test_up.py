"""`up` and `down`: what they start, keep going, leave behind and end."""

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, call, clean_environment, find_processes
from tests.support.machine import run_where_allowed
from tests.support.nursery import COMMAND
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


def is_alive(pid: int) -> bool:
    """Whether the process has not ended; a zombie has."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_for_end(pid: int) -> None:
    """Wait until the process has ended."""
    wait_until(lambda: not is_alive(pid), f"the end of process {pid}")


def test_up_says_where_everything_is_and_the_keeper_outlives_it(own_portal: Portal) -> None:
    own_portal.anew = True
    said = own_portal.start()
    known = own_portal.up_file()
    mode = stat.S_IMODE((own_portal.data / "up.json").stat().st_mode)
    assert (mode, stat.S_IMODE(own_portal.data.stat().st_mode)) == (0o600, 0o700)
    assert set(known) == {"url", "api_key", "pids"}
    assert set(known["pids"]) == {"api", "supervisor", "keeper"}
    assert any(line.endswith(f"is ready at {known['url']}") for line in said)
    assert all(any(f"pid {pid}" in line for line in said) for pid in known["pids"].values())
    assert own_portal.call("run", "sample-hello").returncode == 0

    code, goodbye = own_portal.end(signal.SIGINT)
    assert (code, goodbye) == (0, "Got SIGINT, leaving.\n")
    assert not (own_portal.data / "up.json").exists()
    assert [is_alive(pid) for pid in known["pids"].values()] == [False, False, True]

    own_portal.start()
    again = own_portal.up_file()
    assert again["pids"]["keeper"] == known["pids"]["keeper"]
    assert again["api_key"] == known["api_key"]
    assert own_portal.call("key", "list").stdout.count("operator") == 1


def test_ctrl_c_leaves_runs_and_the_next_up_finds_their_true_end(own_portal: Portal, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    own_portal.start("--no-samples")
    assert own_portal.ask("project", "list") == []
    run_id = own_portal.ask("run", "--name", "stays", "--detach", "--", "sh", "-c", f"read x < {gate}; exit 7")[
        "run_id"
    ]
    writer = os.open(gate, os.O_WRONLY)  # returns when the program has opened the other end
    code, goodbye = own_portal.end(signal.SIGINT)
    assert code == 0
    assert "1 active run goes on" in goodbye
    assert f"down --stop-runs --data {own_portal.data}" in goodbye
    os.write(writer, b"\n")
    os.close(writer)
    said = own_portal.start()
    assert any("1 run had not ended" in line for line in said)
    assert own_portal.call("wait", run_id).returncode == 7


@pytest.mark.faults
@pytest.mark.parametrize("name", ["api", "supervisor", "keeper"])
def test_what_is_killed_is_started_again_and_up_json_tells(own_portal: Portal, name: str) -> None:
    own_portal.start()
    before = own_portal.up_file()["pids"]
    os.kill(before[name], signal.SIGKILL)
    assert own_portal.next_line().startswith(name)
    after = wait_until(
        lambda: (now := own_portal.up_file()["pids"]) != before and now[name] and now, f"another {name} in up.json"
    )
    assert {other for other in before if before[other] != after[other]} == {name}
    assert own_portal.call("run", "sample-hello").returncode == 0


@pytest.mark.faults
def test_parts_are_started_again_though_nobody_listens_to_up_any_more(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    assert own_portal.process is not None
    assert own_portal.process.stdout is not None
    own_portal.process.stdout.close()
    own_portal.process.stdout = None
    for _ in range(2):
        before = own_portal.pid_of("api")
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: own_portal.up_file()["pids"]["api"] not in (None, before), "another api in up.json")  # noqa: B023
    assert own_portal.call("status").returncode == 0


@pytest.mark.faults
def test_a_part_that_dies_at_once_again_and_again_is_said_and_does_not_spin(own_portal: Portal) -> None:
    own_portal.start()
    killed: list[int | None] = [None]
    line = ""
    for _ in range(3):
        living = wait_until(
            lambda: (pid := own_portal.up_file()["pids"]["supervisor"]) not in killed and pid, "another supervisor"
        )
        os.kill(living, signal.SIGKILL)
        killed.append(living)
        line = own_portal.next_line()
    assert "again; starting it in 0.5 s" in line


@pytest.mark.faults
def test_another_keeper_is_started_beside_one_that_was_asked_to_leave(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    first = own_portal.pid_of("keeper")
    long = ["sh", "-c", "echo ready; exec sleep 1000"]
    own_portal.run_until_output("--name", "long", "--", *long)
    os.kill(first, signal.SIGTERM)
    assert own_portal.next_line() == (
        f"keeper (pid {first}) was asked to leave and goes with its last run; starting another one."
    )
    second = wait_until(
        lambda: (pid := own_portal.up_file()["pids"]["keeper"]) not in (None, first) and pid, "another keeper"
    )
    assert own_portal.call("run", "--name", "well", "--", "true").returncode == 0
    assert is_alive(first)
    assert own_portal.ask("show", "long")["run"]["health"] == "ok"
    keeper = next(finding for finding in own_portal.ask("doctor")["findings"] if finding["code"] == "keeper")
    assert keeper["found"].count("leaving") == 1

    own_portal.run_until_output("--name", "longer", "--", *long)
    own_portal.end()
    os.kill(second, signal.SIGTERM)
    wait_until(lambda: len(list((own_portal.data / "keepers").glob("*/leaving"))) == 2, "both to leave")
    own_portal.start()
    assert own_portal.pid_of("keeper") not in (first, second)
    assert own_portal.call("run", "well").returncode == 0
    for project, keeper_pid in (("long", first), ("longer", second)):
        own_portal.call("stop", project, "--grace", "0")
        wait_for_end(keeper_pid)


@pytest.mark.faults
def test_what_the_machine_refuses_to_start_is_said_and_tried_again(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    assert own_portal.process is not None
    up, keeper = own_portal.process.pid, own_portal.pid_of("keeper")
    limits = resource.prlimit(up, resource.RLIMIT_NOFILE, (0, resource.prlimit(up, resource.RLIMIT_NOFILE)[1]))
    os.kill(keeper, signal.SIGKILL)
    assert (
        own_portal.next_line() == f"keeper (pid {keeper}) is gone, runs and their shims are not; starting another one."
    )
    said = [own_portal.next_line() for _ in range(5)]
    assert "The keeper cannot be started (Too many open files); starting another one in 0.5 s." in said
    assert f"{own_portal.data}/up.json cannot be written (Too many open files); trying again until it can." in said
    resource.prlimit(up, resource.RLIMIT_NOFILE, limits)
    wait_until(lambda: own_portal.up_file()["pids"]["keeper"] not in (None, keeper), "another keeper in up.json")
    assert own_portal.call("run", "--name", "well", "--", "true").returncode == 0

    resource.prlimit(up, resource.RLIMIT_NOFILE, (0, limits[1]))
    own_portal.process.send_signal(signal.SIGTERM)
    said = [own_portal.next_line() for _ in range(3)]
    assert said[0] == "Got SIGTERM, leaving."
    assert said[1] == "The remaining helper cannot be started (Too many open files); trying again in 0.25 s."
    assert said[2] == "The remaining helper cannot be started (Too many open files); trying again in 0.5 s."
    resource.prlimit(up, resource.RLIMIT_NOFILE, limits)
    assert own_portal.process.wait(60) == 0


@pytest.mark.faults
def test_a_portal_that_cannot_start_its_parts_gives_up_with_sentences(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    own_portal.end()
    own_portal.call("down", "--stop-runs")
    (own_portal.data / "logs" / "keeper.log").unlink()
    (own_portal.data / "logs" / "keeper.log").mkdir()
    done = call("up", "--data", str(own_portal.data), "--port", "0")
    assert done.returncode == ExitCode.TROUBLE_FOUND
    assert "The keeper cannot be started (Is a directory); starting another one in 0.5 s." in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.faults
def test_api_and_supervisor_end_with_an_up_that_is_killed(own_portal: Portal) -> None:
    own_portal.start()
    port, pids = own_portal.port, own_portal.up_file()["pids"]
    own_portal.run_until_output("sample-counts")
    follower = own_portal.popen("logs", "-f", "sample-counts")
    assert follower.stdout is not None
    follower.stdout.readline()
    assert own_portal.process is not None
    own_portal.process.kill()
    own_portal.process.wait(60)
    own_portal.start(port=port)  # on the very port, though the api before had a request to answer
    assert [is_alive(pid) for pid in pids.values()] == [False, False, True]
    assert own_portal.ask("show", "sample-counts")["run"]["state"] == "running"
    own_portal.call("stop", "sample-counts", "--grace", "0")
    _, said = follower.communicate(timeout=60)
    assert follower.returncode == ExitCode.STOPPED, said


def test_on_shutdown_stop_ends_runs_and_keeper(own_portal: Portal) -> None:
    own_portal.start("--on-shutdown", "stop")
    keeper = own_portal.pid_of("keeper")
    stubborn = ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"]
    own_portal.call("project", "create", "stubborn", "--grace", "0.2", "--", *stubborn)
    own_portal.run_until_output("stubborn")
    own_portal.run_until_output("sample-counts")
    code, goodbye = own_portal.end()
    assert code == 0
    assert "Stopped 2 runs." in goodbye
    assert not is_alive(keeper)
    assert not find_processes(own_portal.data)


def test_down_ends_up_and_on_request_the_runs_that_it_left(own_portal: Portal) -> None:
    own_portal.start()
    run_id = own_portal.run_until_output("sample-counts")
    pids = own_portal.up_file()["pids"]
    done = own_portal.call("down")
    assert own_portal.process is not None
    assert done.stdout == f"The portal (pid {own_portal.process.pid}) has ended.\n"
    assert "1 active run goes on" in done.stderr
    assert own_portal.process.wait(60) == 0
    assert is_alive(pids["keeper"])
    nobody = own_portal.call("status")
    assert nobody.returncode == ExitCode.PORTAL_UNAVAILABLE
    assert "addon-portal up" in nobody.stderr
    done = own_portal.call("down", "--stop-runs")
    assert (done.returncode, done.stdout.splitlines()[:2]) == (
        0,
        [f"No portal is up on {own_portal.data}.", "Stopped 1 run."],
    )
    assert not is_alive(pids["keeper"])
    own_portal.start()
    run = own_portal.ask("show", run_id)["run"]
    assert (run["state"], run["stop_requested_by"]) == ("cancelled", "operator:down")


def test_a_missing_marker_is_not_made_anew_where_runs_may_exist(own_portal: Portal) -> None:
    own_portal.start()
    assert own_portal.call("run", "sample-hello").returncode == 0
    own_portal.end()
    marker = own_portal.data / "runs" / ".addon-portal-run-root"
    text = marker.read_text()
    marker.unlink()
    said = own_portal.start()
    assert any("is the file system of the runs mounted?" in line for line in said)
    assert not marker.exists()
    found = {finding["code"]: finding["verdict"] for finding in own_portal.ask("doctor")["findings"]}
    assert found["run_root"] == "note"
    marker.write_text(text)
    own_portal.end()
    marker.write_text(json.dumps(json.loads(text) | {"installation": "ins_another"}))
    done = call("up", "--data", str(own_portal.data), "--port", "0")
    assert done.returncode == ExitCode.INSTALLATION
    assert "another installation" in done.stderr
    marker.write_text(text)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="needs root and unshare(1)")
def test_as_pid_1_it_reaps_strangers_and_stops_runs_when_it_ends(own_portal: Portal, tmp_path: Path) -> None:
    run_where_allowed("unshare", "--pid", "--fork", "--mount-proc", "true")
    inside = (COMMAND, "up", "--data", str(own_portal.data), "--port", "0")
    process = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", *inside],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=clean_environment(),
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Ctrl-C stops all runs"):
            break
    init = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
    # A double fork inside the namespace: the grandchild is orphaned at once and ends as a child of PID 1.
    orphan = "import os\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0: os._exit(0)\n os._exit(0)\nos.wait()"
    subprocess.run(["nsenter", "-t", str(init), "-p", sys.executable, "-c", orphan], check=True)
    run_id = own_portal.run_until_output("sample-counts")
    wait_until(lambda: not zombies_of(init), "PID 1 to reap")
    os.kill(init, signal.SIGTERM)
    rest, _ = process.communicate(timeout=60)
    assert "Stopped 1 run." in rest
    own_portal.start()
    assert own_portal.ask("show", run_id)["run"]["reason"] == "stopped_by_person"


def zombies_of(pid: int) -> list[str]:
    """The children of a process that have ended and were not reaped."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [child for child in children if not is_alive(int(child))]


@pytest.mark.postgres
def test_everything_works_on_postgresql(postgres_url: str, own_portal: Portal) -> None:
    own_portal.anew = True
    own_portal.start("--database-url", postgres_url)
    done = own_portal.call("run", "--name", "hello", "--", "sh", "-c", "echo hi; exit 3")
    assert (done.returncode, done.stdout) == (3, "hi\n")
    assert own_portal.process is not None
    pids = [own_portal.process.pid, *own_portal.up_file()["pids"].values()]
    assert not [pid for pid in pids if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()], "anybody can read it"
    assert not (own_portal.data / "portal.db").exists()
    own_portal.end()
    ended = own_portal.call("down", "--stop-runs", "--database-url", postgres_url)
    assert ended.returncode == 0, ended.stderr
