"""The parts of a host under test: keepers, supervisors, and programs that end as they are told.

Each dies with the test that started it, however that ends. Leaves putting them together to `host`.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import RunId
from addon_portal.evidence.records import read_json
from tests.support.handles import Process
from tests.support.keeper_process import PROGRAMS, ROOT
from tests.support.nursery import Forked
from tests.support.waiting import wait_until

PATIENCE_SECONDS = 20.0
_START_KEEPER = (
    "import sys; sys.path.insert(0, sys.argv[1]); from addon_portal.shim.keeper import main; main(sys.argv[2:])"
)


class Leash:
    """A FIFO on which a program waits; the test writes there how it is to end."""

    script = (
        'read word rest <"$0"; if [ -n "$rest" ]; then $rest & fi; '
        'case $word in s*) kill -"${word#s}" $$; sleep 60;; *) exit "$word";; esac'
    )
    """For `sh -c SCRIPT PATH`: reads a code, or `s` and a signal's number, and what to leave running."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path, 0o666)
        # Held for reading too: neither side ever waits for the other to open it.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)

    @property
    def argv(self) -> list[str]:
        """A program that ends as it is told."""
        return ["sh", "-c", self.script, str(self.path)]

    def end(self, code: int = 0, *, by_signal: int | None = None, leaving: str | None = None) -> None:
        """Let it end, with a code or by a signal it sends itself, leaving a command behind."""
        word = str(code) if by_signal is None else f"s{by_signal}"
        os.write(self._descriptor, f"{word} {leaving or ''}\n".encode())

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)


class Service:
    """A supervisor process of ours; dies with the test."""

    def __init__(
        self, argv: Sequence[str], log: Path, inherit: Sequence[int] = (), faultpoints: Mapping[str, str] | None = None
    ) -> None:
        with log.open("ab") as output:
            self._process = Forked[bytes](
                argv,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=inherit,
                env={**os.environ, "ADDON_PORTAL_FAULTPOINTS": json.dumps(dict(faultpoints or {}))},
            )
        self.pid = self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def freeze(self) -> None:
        """SIGSTOP, and wait until it stands still."""
        self._process.send_signal(signal.SIGSTOP)
        wait_until(lambda: state_of(self.pid) == "T", f"process {self.pid} to stand still")

    def thaw(self) -> None:
        """SIGCONT."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)

    def terminate(self) -> int:
        """SIGTERM; returns the exit code."""
        self._process.terminate()
        return self._process.wait(PATIENCE_SECONDS)

    def wait(self) -> int:
        """Wait for an end that comes by itself; returns the exit code."""
        return self._process.wait(PATIENCE_SECONDS)


def keeper_command(data: DataDirectory) -> list[str]:
    """What starts a keeper."""
    return [sys.executable, "-I", "-S", "-c", _START_KEEPER, str(ROOT), "--data", str(data.root)]


class CagedKeeper:
    """A keeper in a cage that ends everything of it as soon as the test lets go."""

    def __init__(self, data: DataDirectory, faultpoints: Mapping[str, str]) -> None:
        with (data.logs / "keeper.log").open("ab") as log:
            self._cage = subprocess.Popen(
                [sys.executable, "-I", "-S", str(PROGRAMS / "cage.py"), *keeper_command(data)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={"PATH": os.environ["PATH"], "ADDON_PORTAL_FAULTPOINTS": json.dumps(dict(faultpoints))},
            )
        assert self._cage.stdout
        word, _, self.id = self._cage.stdout.readline().decode().strip().partition(" ")
        assert word == "ready", f"the keeper did not start:\n{(data.logs / 'keeper.log').read_text()}"
        record = read_json(data.keepers / self.id / "keeper.json")
        assert record
        self.process = Process(record["pid"])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def freeze(self) -> None:
        """SIGSTOP, and wait until it stands still."""
        self.process.kill(signal.SIGSTOP)
        wait_until(lambda: state_of(self.pid) == "T", "the keeper to stand still")

    def thaw(self) -> None:
        """SIGCONT."""
        self.process.kill(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self.process.kill_and_wait()

    def open_cage(self) -> None:
        """Have everything killed that came of it; `wait` for that."""
        assert self._cage.stdin
        self._cage.stdin.close()

    def wait(self) -> None:
        """Wait until the cage is empty."""
        self._cage.wait(PATIENCE_SECONDS)
        assert self._cage.stdout
        self._cage.stdout.close()


def find_processes_of(run_ids: Sequence[RunId]) -> dict[int, RunId]:
    """All living processes that carry one of these runs in their environment."""
    wanted = {f"ADDON_PORTAL_RUN_ID={run_id}".encode(): run_id for run_id in run_ids}
    found: dict[int, RunId] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and state_of(int(entry.name)) not in {None, "Z", "X"}:
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            found.update((int(entry.name), wanted[text]) for text in variables if text in wanted)
    return found


def state_of(pid: int) -> str | None:
    """The letter of proc_pid_stat(5) for a process (`T` stopped, `Z` zombie), or None."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2]
