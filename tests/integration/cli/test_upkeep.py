"""What `up` is made of, piece by piece: locks, keepers' identities, ends in words, pauses, the event loop."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_portal.cli.client import default_data_directory
from addon_portal.cli.upkeep import keepers
from addon_portal.cli.upkeep.leftovers import wait_for_leftovers
from addon_portal.cli.upkeep.locks import LockTaken, is_held, open_holder, take_lock
from addon_portal.cli.upkeep.private_files import write_private
from addon_portal.cli.upkeep.services import LONGEST_PAUSE_SECONDS, describe_end, pause_after
from addon_portal.config import Settings, load_settings
from tests.integration.cli.installed import clean_environment

HOLD = """
import sys
from addon_portal.cli.upkeep.locks import take_lock
take_lock(sys.argv[1])
print(1, flush=True)
input()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds `tmp_path/lock`."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        yield process
        process.kill()


def test_a_held_lock_names_its_holder(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    path = str(tmp_path / "lock")
    with pytest.raises(LockTaken) as taken:
        take_lock(path)
    assert taken.value.pid == holder.pid
    found = open_holder(path)
    assert found is not None
    pid, pidfd = found
    assert (pid, is_held(path)) == (holder.pid, True)
    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    assert select.select([pidfd], [], [], 60)[0]
    os.close(pidfd)
    assert (is_held(path), open_holder(path)) == (False, None)
    os.close(take_lock(path))


def test_whoever_tests_a_lock_does_not_keep_others_from_taking_it(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    os.close(take_lock(path))
    test_it = "import fcntl, sys\nfor _ in range(3000): fcntl.flock(open(sys.argv[1]), fcntl.LOCK_SH | fcntl.LOCK_NB)"
    testing = subprocess.Popen([sys.executable, "-c", test_it, path], stderr=subprocess.DEVNULL)
    taken = 0
    while testing.poll() is None:
        os.close(take_lock(path))
        taken += 1
    assert taken > 0


def test_the_pid_of_a_stranger_is_never_taken_for_the_holder(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    path = tmp_path / "lock"
    path.write_text(str(os.getpid()))  # alive, and without the file open
    with pytest.raises(LookupError, match="cannot be seen from here"):
        open_holder(str(path))
    path.write_text("2147483647")  # above any pid_max
    with pytest.raises(LookupError):
        open_holder(str(path))
    assert holder.poll() is None


def write_keeper(root: Path, name: str, **record: object) -> int:
    """A keeper's directory with a record about this very process, and its lock held by us."""
    (root / name).mkdir(parents=True)
    told = {
        "pid": os.getpid(),
        "start_ticks": keepers.start_ticks(os.getpid()),
        "pid_namespace": Path("/proc/self/ns/pid").stat().st_ino,
        "protocol": 1,
        "started_at": "2026-01-01T00:00:00.000000Z",
    }
    (root / name / "keeper.json").write_text(json.dumps(told | record))
    return take_lock(str(root / name / "lock"))


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({}, True),
        ({"start_ticks": 1}, False),
        ({"pid_namespace": 1}, False),
        ({"protocol": 99}, False),
        ({"pid": None}, False),
        ({"pid": 2147483647}, False),
    ],
    ids=["itself", "another process", "another namespace", "another protocol", "no pid", "no process"],
)
def test_a_keeper_is_found_only_if_the_process_is_really_it(
    tmp_path: Path, record: dict[str, object], found: bool
) -> None:
    lock = write_keeper(tmp_path, "kpr_a", **record)
    living = keepers.find_living(str(tmp_path))
    assert [keeper.keeper_id for keeper in living] == (["kpr_a"] if found else [])
    for keeper in living:
        keeper.close()
    os.close(lock)
    assert keepers.find_living(str(tmp_path)) == []
    assert keepers.find_living(str(tmp_path / "none")) == []


def test_the_newest_of_several_keepers_comes_first(tmp_path: Path) -> None:
    locks = [
        write_keeper(tmp_path, "kpr_b", started_at="2026-01-02T00:00:00.000000Z"),
        write_keeper(tmp_path, "kpr_a", started_at="2026-01-01T00:00:00.000000Z"),
    ]
    living = keepers.find_living(str(tmp_path))
    assert [keeper.keeper_id for keeper in living] == ["kpr_b", "kpr_a"]
    for descriptor in [*locks, *(keeper.pidfd for keeper in living)]:
        os.close(descriptor)


def test_a_keeper_that_was_asked_to_leave_is_known_as_such(tmp_path: Path) -> None:
    lock = write_keeper(tmp_path, "kpr_a")
    (before,) = keepers.find_living(str(tmp_path))
    assert not before.is_leaving
    (tmp_path / "kpr_a" / "leaving").touch()
    (after,) = keepers.find_living(str(tmp_path))
    assert after.is_leaving
    for descriptor in (lock, before.pidfd, after.pidfd):
        os.close(descriptor)


def test_a_keeper_inherits_nothing_but_a_few_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADDON_PORTAL_API_KEY", "ap_secret")
    monkeypatch.setenv("PATH", "/bin")
    kept = keepers.clean_environment()
    assert kept["PATH"] == "/bin"
    assert "ap_secret" not in kept.values()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "ended with code 0"),
        (3 << 8, "ended with code 3"),
        (9, "was ended by SIGKILL"),
        (63, "was ended by signal 63"),
    ],
    ids=["0", "3", "SIGKILL", "nameless"],
)
def test_an_end_is_said_in_words(status: int, words: str) -> None:
    assert describe_end(status) == words


def test_pauses_grow_from_none_to_a_bound() -> None:
    pauses = [pause_after(deaths) for deaths in range(30)]
    assert pauses[:5] == [0.0, 0.0, 0.25, 0.5, 1.0]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_a_private_file_is_replaced_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("old and longer")
    path.chmod(0o644)
    write_private(str(path), "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pids": {}}', '{"pids": {"api": 1, "supervisor": "x"}}'])
def test_what_an_up_file_says_of_strangers_is_not_waited_for(tmp_path: Path, text: str) -> None:
    (tmp_path / "up.json").write_text(text)
    wait_for_leftovers(str(tmp_path / "up.json"))


def test_the_default_directory_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(os.environ) - set(clean_environment()):
        monkeypatch.delenv(name)
    settings: Settings = load_settings()
    assert default_data_directory() == settings.data_dir


@pytest.mark.slow
def test_the_supervisor_imports_neither_web_framework_nor_settings() -> None:
    code = "import addon_portal.cli.commands.supervise, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"typer", "fastapi", "starlette", "uvicorn", "pydantic", "sqlalchemy", "alembic"}
    assert heavy & set(loaded) == set()
