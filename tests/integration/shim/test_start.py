"""What a program finds when it begins, and what is written when it cannot."""

import errno
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.support.handles import Lifeline
from tests.support.keeper_process import Keeper, KeeperWorld, RunDirectory

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root may run programs as other users")
NOBODY = 65534


def shell(keeper: Keeper, script: str, **spec: Any) -> RunDirectory:
    return keeper.run("/bin/sh", "-c", script, **spec)


def test_the_environment_is_exactly_what_was_given(world: KeeperWorld) -> None:
    keeper = world.start_keeper({"no.such.point": "kill"})  # which stands in the keeper's environment
    given = {"PATH": "/usr/bin:/bin", "EMPTY": "", "LINES": "a\nb", "WORD": "Grüße", "BYTES": "\udcff"}
    run = keeper.run("env", "-0", environment=given)
    found = run.output.decode("utf-8", "surrogateescape").rstrip("\0").split("\0")
    environment = dict(entry.split("=", 1) for entry in found)
    assert environment.pop("NOTIFY_SOCKET").endswith("/notify")
    assert environment == given


def test_the_command_is_looked_up_along_the_path_of_the_program(keeper: Keeper, tmp_path: Path) -> None:
    (tmp_path / "greet").write_text("#!/bin/sh\necho hello\n")
    (tmp_path / "greet").chmod(0o755)
    assert keeper.run("greet", environment={"PATH": str(tmp_path)}).output == b"hello\n"


def test_the_program_starts_in_its_working_directory(keeper: Keeper, tmp_path: Path) -> None:
    assert shell(keeper, "pwd", cwd=str(tmp_path)).output.decode() == f"{tmp_path}\n"


def test_the_program_inherits_no_descriptor_of_ours(keeper: Keeper) -> None:
    run = keeper.run("/bin/ls", "/proc/self/fd")
    assert run.output.split() == [b"0", b"1", b"2", b"3"]  # 3 is the directory that ls lists


def test_the_program_inherits_no_signal_setting_umask_or_protection_of_ours(world: KeeperWorld) -> None:
    keeper = world.start_keeper(prefix=("env", "--ignore-signal=USR2"))
    run = shell(keeper, "cat /proc/self/status; cat /proc/self/oom_score_adj; cut -d' ' -f 1,5,6 /proc/$$/stat")
    *lines, score, ids = run.output.decode().splitlines()
    status = dict(line.split(":\t", 1) for line in lines)
    beyond_our_reach = 3 << 31  # 32 and 33 belong to the C library, sigaction(2) refuses them
    assert [int(status[field], 16) & ~beyond_our_reach for field in ("SigBlk", "SigIgn")] == [0, 0]
    assert (status["Umask"], score) == ("0022", "0")
    assert len(set(ids.split())) == 1, "the program leads its own group and session"


@AS_ROOT
@pytest.mark.root
def test_a_program_of_another_user_is_that_user_only(keeper: Keeper) -> None:
    run = shell(keeper, "id -G; grep -E '^[UG]id' /proc/self/status; echo x > /dev/stderr", uid=NOBODY, gid=NOBODY)
    assert run.output.decode().split() == [
        str(NOBODY),
        *["Uid:", *4 * [str(NOBODY)]],
        *["Gid:", *4 * [str(NOBODY)]],
        "x",
    ]


def test_identity_is_on_disk_and_true_while_the_program_runs(keeper: Keeper, lifeline: Lifeline) -> None:
    run = keeper.begin("/bin/sh", "-c", f"exec sleep 1000 > {lifeline.path}")
    child = run.record("child")
    for process in (child, child["shim"]):
        stat = Path(f"/proc/{process['pid']}/stat").read_text().rpartition(")")[2].split()
        assert process["start_ticks"] == int(stat[19])
        descriptor = os.pidfd_open(process["pid"])
        assert process["pidfs_inode"] in {None, os.fstat(descriptor).st_ino}
        os.close(descriptor)
    assert child["boot_id"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert child["pid_namespace"] == os.stat("/proc/self/ns/pid").st_ino
    assert child["keeper"] == keeper.id
    assert child["pid"] != child["shim"]["pid"]


def test_the_lock_is_held_while_the_shim_lives_and_the_gate_until_the_program_has_begun(world: KeeperWorld) -> None:
    pause = world.new_pause()
    keeper = world.start_keeper({"shim.before_gate": pause.action})
    run = world.new_run("/bin/sh", "-c", "kill -STOP $$")
    keeper.connection.send_start(run)
    pause.wait()
    assert run.is_locked("lock")
    assert run.is_locked("gate")
    assert run.has("child")
    pause.release()
    run.wait("started")
    assert run.is_locked("lock")
    assert not run.is_locked("gate")
    run.program.kill()
    run.wait("done")
    assert not run.is_locked("lock")


def test_a_program_is_not_started_before_its_gate_opens(world: KeeperWorld, tmp_path: Path) -> None:
    pause = world.new_pause()
    keeper = world.start_keeper({"shim.before_gate": pause.action})
    run = world.new_run("/usr/bin/touch", str(tmp_path / "ran"))
    keeper.connection.start(run)
    pause.wait()
    assert not (tmp_path / "ran").exists()
    pause.release()
    run.wait("done")
    assert (tmp_path / "ran").exists()


def make_file(path: Path, content: str, mode: int) -> str:
    path.write_text(content)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize(
    ("argv", "spec", "step", "error", "file"),
    [
        (["no-such-command"], {}, "exec", "ENOENT", "no-such-command"),
        (["{dir}/plain"], {}, "exec", "EACCES", "{dir}/plain"),
        (["{dir}"], {}, "exec", "EACCES", "{dir}"),
        (["{dir}/orphan"], {}, "exec", "ENOENT", "{dir}/orphan"),
        (["{dir}/empty"], {}, "exec", "ENOEXEC", "{dir}/empty"),
        (["/bin/true", "a\0b"], {}, "exec", "EINVAL", "/bin/true"),
        (["/bin/true", "x" * 200_000], {}, "exec", "E2BIG", "/bin/true"),
        (["/bin/true"], {"cwd": "{dir}/nowhere"}, "working_directory", "ENOENT", "{dir}/nowhere"),
        (["/bin/true"], {"cwd": "{dir}/plain"}, "working_directory", "ENOTDIR", "{dir}/plain"),
        (["/bin/true"], {"uid": "root", "gid": 0}, "output", "EINVAL", None),
        ([], {}, "spec", "EINVAL", None),
        (["/bin/true"], {"cwd": None}, "spec", "EINVAL", None),
        (["/bin/true"], {"version": 99}, "spec", "EINVAL", None),
    ],
)
def test_what_cannot_start_says_at_which_step_and_why(
    keeper: Keeper, tmp_path: Path, argv: list[str], spec: dict[str, Any], step: str, error: str, file: str | None
) -> None:
    make_file(tmp_path / "plain", "echo no", 0o644)
    make_file(tmp_path / "orphan", "#!/no/such/interpreter\n", 0o755)
    make_file(tmp_path / "empty", "", 0o755)
    here: dict[str, Any] = {
        key: value.format(dir=tmp_path) if key == "cwd" and value else value for key, value in spec.items()
    }
    run = keeper.run(*[word.replace("{dir}", str(tmp_path)) for word in argv], **here)
    record = run.record("start_error")
    assert (record["step"], errno.errorcode[record["errno"]]) == (step, error)
    assert record.get("file") == (file.replace("{dir}", str(tmp_path)) if file else None)
    assert record["message"]
    assert not run.has("exit")
    assert run.has("done")
    assert not run.is_locked()
    run.wait("start_error")


def test_an_environment_that_is_no_object_of_strings_is_refused(keeper: Keeper, world: KeeperWorld) -> None:
    run = world.new_run("/bin/true")
    assert keeper.connection.start(run, {"PATH": ["/bin"]})["result"] == "started"  # type: ignore[dict-item]
    run.wait("done")
    assert run.record("start_error")["step"] == "spec"


@AS_ROOT
@pytest.mark.root
def test_a_start_error_is_written_although_privileges_were_dropped(keeper: Keeper, tmp_path: Path) -> None:
    private = make_file(tmp_path / "private", "#!/bin/sh\n", 0o700)
    run = keeper.run(private, uid=NOBODY, gid=NOBODY)
    assert (run.record("start_error")["step"], run.record("start_error")["errno"]) == ("exec", 13)
    assert (run.path / "start_error.json").stat().st_uid == 0


def test_a_shell_may_write_to_dev_stderr_and_all_lines_keep_their_order(keeper: Keeper) -> None:
    script = "i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i > /dev/stderr; echo dup $i >&2; i=$((i+1)); done"
    expected = [f"{word} {number}" for number in range(300) for word in ("out", "err", "dup")]
    assert shell(keeper, script).output.decode().splitlines() == expected


def test_standard_input_is_empty(keeper: Keeper) -> None:
    assert shell(keeper, "cat; echo end").output == b"end\n"


def test_a_program_killed_before_it_executes_anything_never_ran(world: KeeperWorld, tmp_path: Path) -> None:
    pause = world.new_pause()
    keeper = world.start_keeper({"shim.before_gate": pause.action})
    run = world.new_run("/usr/bin/touch", str(tmp_path / "ran"))
    keeper.connection.start(run)
    pause.wait()
    run.program.kill(signal.SIGKILL)
    pause.release()
    run.wait("done")
    assert run.record("start_error")["step"] == "gate_closed"
    assert not run.has("exit")
    assert not (tmp_path / "ran").exists()
