"""The keeper from the point of view of `up`: found by its lock, started when none lives, watched by a pidfd.

A keeper is in nobody's care: it outlives whoever started it. Leaves talking to it to `executors.keeper_client`.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addon_portal.cli.upkeep.locks import is_held

PACKAGE_ROOT = str(Path(__file__).absolute().parents[3])
"""The directory that holds the package, for a Python that is started without site-packages."""

PROTOCOL = 1

_DEFAULTED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE, signal.SIGCHLD}


@dataclass(frozen=True, slots=True)
class Keeper:
    """A living keeper and a pidfd that means it and no other process."""

    keeper_id: str
    pid: int
    pidfd: int
    started_at: str
    directory: Path

    @property
    def is_leaving(self) -> bool:
        """Whether it was asked to leave: it starts nothing more, and stays for what it still looks after."""
        return (self.directory / "leaving").exists()

    def close(self) -> None:
        """Stop watching it; it goes on."""
        os.close(self.pidfd)

    def ask_to_leave(self) -> None:
        """SIGTERM: it leaves as soon as it has nothing to look after."""
        signal.pidfd_send_signal(self.pidfd, signal.SIGTERM)


def command_line(data: str) -> list[str]:
    """How a keeper is started: the standard library and nothing else, whatever the environment says."""
    code = f"import sys; sys.path.insert(0, {PACKAGE_ROOT!r}); from addon_portal.shim import keeper; "
    code += "keeper.main(sys.argv[1:])"
    return [sys.executable, "-I", "-S", "-c", code, "--data", data]


def clean_environment() -> dict[str, str]:
    """What a keeper inherits: where programs are found, and nothing that could reach a program of a tenant.

    It looks its library functions up at its start (ld.so(8)), or each of the shims that it forks would do so again.
    """
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "ADDON_PORTAL_FAULTPOINTS")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LD_BIND_NOW": "1"}


def spawn(data: str, told: Mapping[str, str], *, output: int, errors: int) -> int:
    """Start one with nothing but these descriptors, and variables beside the few it inherits; returns the pid.

    It stays in our process group, since it makes a session of its own, which the leader of a group may not.
    """
    argv = command_line(data)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, output, 1),
        (os.POSIX_SPAWN_DUP2, errors, 2),
    ]
    variables = clean_environment() | dict(told)
    return os.posix_spawn(argv[0], argv, variables, file_actions=actions, setsigmask=(), setsigdef=_DEFAULTED)


def find_living(keepers: str) -> list[Keeper]:
    """All keepers of the data directory that hold their lock, newest first. The caller closes each."""
    found = []
    for directory in Path(keepers).iterdir() if Path(keepers).exists() else ():
        if is_held(str(directory / "lock")):
            record = _read_record(directory)
            keeper = _identify(directory, record) if record else None
            if keeper is not None:
                found.append(keeper)
    return sorted(found, key=lambda keeper: keeper.started_at, reverse=True)


def _read_record(directory: Path) -> dict[str, Any] | None:
    try:
        record = json.loads((directory / "keeper.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.get("protocol") == PROTOCOL else None


def _identify(directory: Path, record: dict[str, Any]) -> Keeper | None:
    """Open the process and compare: the number may have been given away since the record was written."""
    pid = record.get("pid")
    if not isinstance(pid, int) or record.get("pid_namespace") != Path("/proc/self/ns/pid").stat().st_ino:
        return None
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        return None
    if record.get("start_ticks") != start_ticks(pid):
        os.close(pidfd)
        return None
    return Keeper(directory.name, pid, pidfd, str(record.get("started_at", "")), directory)


def start_ticks(pid: int) -> int | None:
    """Field 22 of proc_pid_stat(5): when the process began, in clock ticks after boot."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
    except OSError:
        return None
