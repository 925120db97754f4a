"""A portal that `addon-portal up` keeps, and the command as it is installed beside the interpreter."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.nursery import COMMAND, Forked, run

READY = "Ctrl-C "
"""How the last line begins that `up` says when it is ready."""

Json = dict[str, Any]


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests, and of a `make` that does."""
    ours = ("ADDON_PORTAL_", "PROJECT_", "RESTARTABLE_", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | extra


def call(*arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return run([COMMAND, *arguments], timeout=60, cwd=cwd, env=clean_environment(**environment))


class Portal:
    """One data directory, with `up` running on it between `start` and its end."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.anew = False
        """Whether `up` is started as a new interpreter, and not as a fork of one that has imported everything."""
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clean_up()

    def start(self, *options: str, port: int = 0, **environment: str) -> list[str]:
        """Start `up` and wait until it says that it is ready; returns what it said."""
        if self.process is not None:
            self.process.communicate()
        self.process = self.spawn(*options, port=port, **environment)
        self.said = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if line.startswith(READY):
                return self.said
        raise AssertionError(f"up ended with {self.process.wait()}: {self.said}")

    def spawn(self, *options: str, port: int = 0, **environment: str) -> subprocess.Popen[str]:
        """Start `up` without waiting for anything."""
        start: Callable[..., subprocess.Popen[str]] = subprocess.Popen if self.anew else Forked[str]
        return start(
            self.command_of_up(["--data", str(self.data), "--port", str(port), *options]),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=clean_environment(**environment),
        )

    def command_of_up(self, options: list[str]) -> list[str]:
        """What starts `up` with these options."""
        return [COMMAND, "up", *options]

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Signal `up` and wait for its end; returns its code and what it said meanwhile."""
        assert self.process is not None
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, rest

    def next_line(self) -> str:
        """What `up` says next, when it says it."""
        assert self.process is not None
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def up_file(self) -> Json:
        """What `up.json` says now."""
        found: Json = json.loads((self.data / "up.json").read_text())
        return found

    def pid_of(self, name: str) -> int:
        """The pid of api, supervisor or keeper by `up.json`."""
        pid = self.up_file()["pids"][name]
        assert isinstance(pid, int)
        return pid

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.up_file()["url"].rpartition(":")[2])

    def call(self, *arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run one command against this portal; `--` and what follows stay last."""
        before, after = list(arguments), []
        if "--" in arguments:
            where = arguments.index("--")
            before, after = list(arguments[:where]), list(arguments[where:])
        return call(*before, "--data", str(self.data), *after, cwd=cwd, **env)

    def ask(self, *arguments: str, cwd: Path | None = None) -> Any:
        """Run one command with --json and return what it says, whatever its code."""
        where = arguments.index("--") if "--" in arguments else len(arguments)
        done = self.call(*arguments[:where], "--json", *arguments[where:], cwd=cwd)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)

    def popen(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command against this portal."""
        where = arguments.index("--") if "--" in arguments else len(arguments)
        return Forked[bytes](
            [COMMAND, *arguments[:where], "--data", str(self.data), *arguments[where:]],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=clean_environment(),
        )

    def run_until_output(self, *arguments: str) -> str:
        """Run something until its first line of output, then leave it to itself; returns its run's id."""
        with self.popen("run", *arguments) as follower:
            assert follower.stdout is not None
            assert follower.stdout.readline(), follower.communicate()
            follower.kill()
        run_id = self.ask("runs", "--limit", "1")[0]["run_id"]
        assert isinstance(run_id, str)
        return run_id

    def clean_up(self) -> None:
        """End everything, and complain about what is left."""
        done = self.call("down", "--stop-runs")
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
        left = find_processes(self.data)
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert done.returncode == 0, done.stderr
        assert not left, "processes are left behind"


def find_processes(data: Path) -> dict[int, str]:
    """Every process whose command line or environment names the data directory."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with suppress(OSError):
                line = (entry / "cmdline").read_bytes()
                if os.fsencode(data) in line + (entry / "environ").read_bytes():
                    found[int(entry.name)] = line.replace(b"\0", b" ").decode("utf-8", "replace")
    return found
