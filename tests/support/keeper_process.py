"""Real keepers and shims for tests: a data directory, the protocol, hints, and an end that leaves nothing behind.

Everything is started in a cage (`programs/cage.py`) that ends with the test. Waiting is for events (hints, pidfds,
lifelines, pauses at fault points), never for time.
"""

import array
import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from addon_portal.domain.clock import SystemClock, to_text
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import RunId, new_run_id
from tests.support.handles import PATIENCE_SECONDS, Lifeline, Pause, Process, wait_readable
from tests.support.kernel import children_of, name_of, state_of
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "tests" / "support" / "programs"
SHIM = ROOT / "addon_portal" / "shim" / "shim.py"
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}

_START_KEEPER = (
    "import sys; sys.path.insert(0, sys.argv[1]); from addon_portal.shim.keeper import main; main(sys.argv[2:])"
)


@dataclass(frozen=True)
class RunDirectory:
    """One run's directory, as the supervisor makes and reads it."""

    id: RunId
    path: Path
    world: "KeeperWorld"

    def record(self, name: str) -> dict[str, Any]:
        """What a record says; it must be there, and be of this run and version."""
        content: dict[str, Any] = json.loads((self.path / f"{name}.json").read_bytes())
        assert (content["version"], content["run"]) == (1, self.id)
        return content

    def has(self, name: str) -> bool:
        """Whether that record is there."""
        return (self.path / f"{name}.json").exists()

    @property
    def output(self) -> bytes:
        """All of its log."""
        return (self.path / "output.log").read_bytes()

    @property
    def wait_status(self) -> int:
        """The raw status in its exit record."""
        status: int = self.record("exit")["wait_status"]
        return status

    @property
    def signals(self) -> list[tuple[int, str, str]]:
        """The signals of ours in its exit record: number, why, to whom."""
        return [(sent["signal"], sent["why"], sent["to"]) for sent in self.record("exit")["signals"]]

    @property
    def program(self) -> Process:
        """The process of child.json."""
        return Process(self.record("child")["pid"])

    @property
    def shim(self) -> Process:
        """The shim of child.json."""
        return Process(self.record("child")["shim"]["pid"])

    def is_locked(self, name: str = "lock") -> bool:
        """Whether somebody holds `lock` (the shim) or `gate` (the stub), asked as a prober does."""
        with (self.path / name).open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def wait(self, event: str) -> None:
        """Wait for a hint about this run."""
        self.world.wait_for_hint(self.id, event)

    def write_stop(self, number: int = signal.SIGTERM, grace_seconds: float = 1000.0) -> None:
        """Write `stop.json`, as the supervisor does before it wakes the shim."""
        now = SystemClock().now()
        record = {"version": 1, "run": self.id, "requested_by": "alice", "why": "person", "signal": int(number)}
        record |= {"requested_at": to_text(now), "deadline_at": to_text(now + timedelta(seconds=grace_seconds))}
        (self.path / "stop.tmp").write_text(json.dumps(record | {"grace_seconds": grace_seconds}))
        (self.path / "stop.tmp").rename(self.path / "stop.json")

    def stop(self, number: int = signal.SIGTERM, grace_seconds: float = 1000.0) -> None:
        """Ask the shim to stop the program."""
        self.write_stop(number, grace_seconds)
        self.shim.kill(signal.SIGUSR1)


class KeeperWorld:
    """A data directory with its hints, and everything that was started on it. Use as a context manager."""

    def __init__(self, root: Path) -> None:
        self.data = DataDirectory(root)
        self._seen: list[tuple[str, str]] = []
        self._unread = b""
        self._cages: list[subprocess.Popen[bytes]] = []
        self._closing = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self.data.run_root.mkdir(mode=0o700, parents=True)
        self.data.run_root_marker.write_text("{}")
        os.mkfifo(self.data.hints)
        self._hints = os.open(self.data.hints, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        self._closing.callback(os.close, self._hints)
        return self

    def __exit__(self, *_: object) -> None:
        for cage in self._cages:
            assert cage.stdin
            cage.stdin.close()
        for cage in self._cages:
            cage.wait(PATIENCE_SECONDS)
            assert cage.stdout
            cage.stdout.close()
        self._closing.close()

    def new_run(self, *argv: str, **spec: Any) -> RunDirectory:
        """Make a run directory with its spec; further keys replace or complete what stands there."""
        run = new_run_id(SystemClock().now())
        path = self.data.run_directory(run)
        path.mkdir(mode=0o700)
        content = {"version": 1, "run": run, "argv": argv, "cwd": "/", "uid": None, "gid": None}
        content |= {"hints": str(self.data.hints), "stop": {"signal": 15, "grace_seconds": 30.0}}
        (path / "spec.json").write_text(json.dumps(content | spec))
        return RunDirectory(run, path, self)

    def new_pause(self) -> Pause:
        """A place to wait, for a fault point."""
        pause = Pause(self.data.root / f"pause-{time.monotonic_ns()}")
        self._closing.callback(pause.close)
        return pause

    def new_lifeline(self) -> Lifeline:
        """Something for programs to hold on to."""
        lifeline = Lifeline(self.data.root / f"lifeline-{time.monotonic_ns()}")
        self._closing.callback(lifeline.close)
        return lifeline

    def start_keeper(self, faultpoints: Mapping[str, str] | None = None, prefix: Sequence[str] = ()) -> "Keeper":
        """Start a keeper, by way of the command `prefix`, and wait until it is ready."""
        command = [*prefix, sys.executable, "-I", "-S", "-c", _START_KEEPER, str(ROOT), "--data", str(self.data.root)]
        cage = self.start_caged(command, faultpoints)
        assert cage.stdout
        wait_readable(cage.stdout.fileno(), "a keeper")
        word, keeper = cage.stdout.readline().decode().split()
        assert word == "ready"
        return Keeper(self, keeper)

    def start_caged(
        self, command: Sequence[str], faultpoints: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start any command so that nothing of it outlives this world; its output can be read."""
        environment = {"PATH": os.environ["PATH"]}
        if faultpoints:
            environment["ADDON_PORTAL_FAULTPOINTS"] = json.dumps(dict(faultpoints))
        cage = subprocess.Popen(
            [sys.executable, "-I", "-S", str(PROGRAMS / "cage.py"), *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._cages.append(cage)
        return cage

    def wait_for_hint(self, run: str, event: str) -> None:
        """Wait until that hint has come, now or before."""
        while (run, event) not in self._seen:
            wait_readable(self._hints, f"the hint {event} of {run}; seen so far: {self._seen}")
            self._read_hints()

    def count_hints(self, run: str, event: str) -> int:
        """How many such hints have come until now."""
        if select.select([self._hints], [], [], 0)[0]:
            self._read_hints()
        return self._seen.count((run, event))

    def _read_hints(self) -> None:
        *lines, self._unread = (self._unread + os.read(self._hints, 65536)).split(b"\n")
        for line in lines:
            run, event = line.decode().split()
            self._seen.append((run, event))


class Keeper:
    """A running keeper and a first connection to it."""

    def __init__(self, world: KeeperWorld, id: str) -> None:
        self.world, self.id, self.directory = world, id, world.data.keepers / id
        self.connection = self.connect()
        self.process = Process(self.connection.ask(op="hello")["pid"])

    def connect(self) -> "Connection":
        """One more connection."""
        return Connection(self.directory)

    def begin(self, *argv: str, environment: Mapping[str, str] | None = None, **spec: Any) -> RunDirectory:
        """Make a run, start it, and wait until the program has begun."""
        run = self.world.new_run(*argv, **spec)
        assert self.connection.start(run, environment)["result"] == "started"
        run.wait("started")
        return run

    def run(self, *argv: str, environment: Mapping[str, str] | None = None, **spec: Any) -> RunDirectory:
        """Make a run, start it, and wait until it is done, or could not be started."""
        run = self.world.new_run(*argv, **spec)
        assert self.connection.start(run, environment)["result"] == "started"
        run.wait("done")
        return run

    def adopted(self) -> list[int]:
        """Its children that are no shims, and not about to become one."""
        ours = {"portal-shim", "portal-spare", "portal-keeper"}
        return [pid for pid in children_of(self.process.pid) if name_of(pid) not in ours]

    def spare(self) -> Process:
        """The shim that it has forked ahead of time, once it and its stub are ready."""

        def look() -> list[Process]:
            spares = [pid for pid in children_of(self.process.pid) if name_of(pid) == "portal-spare"]
            return [Process(pid) for pid in spares if children_of(pid) and state_of(pid) == "S"]

        return wait_until(look, "a shim to be forked ahead of time")[0]

    def end(self, run: RunDirectory) -> None:
        """Have the keeper end what it adopted, and wait until it has."""
        if (result := self.connection.ask(op="end", run=run.id)["result"]) != "ended":
            assert result == "busy"
            run.wait("done")


class Connection:
    """One client of a keeper."""

    def __init__(self, directory: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(PATIENCE_SECONDS)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.socket.connect(f"/proc/self/fd/{descriptor}/sock")
        finally:
            os.close(descriptor)

    def __del__(self) -> None:
        self.socket.close()

    def send(self, packet: bytes, descriptors: Sequence[int] = ()) -> None:
        """Send any packet."""
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        self.socket.sendmsg([packet], rights)

    def receive(self) -> dict[str, Any]:
        """The next answer."""
        answer: dict[str, Any] = json.loads(self.socket.recv(65536))
        return answer

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        self.send(json.dumps(request).encode())
        return self.receive()

    def send_start(self, run: RunDirectory, environment: Mapping[str, str] | None = None) -> None:
        """Ask for a start without waiting for the answer; the environment is ENVIRONMENT unless one is given."""
        cookie = {"ADDON_PORTAL_RUN_ID": run.id}
        memory = os.memfd_create("environment")
        try:
            os.write(memory, json.dumps(ENVIRONMENT | cookie if environment is None else dict(environment)).encode())
            self.send(json.dumps({"op": "start", "run": run.id}).encode(), [memory])
        finally:
            os.close(memory)

    def start(self, run: RunDirectory, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask for a start and wait for the answer."""
        self.send_start(run, environment)
        return self.receive()
