"""The whole portal as `addon-portal up` runs it, made to be broken: each of its processes can be killed and frozen.

Everything runs in cages (`programs/cage.py`), so nothing outlives the test, and the processes in the cages are all that
the portal has ever left alive: `wait_until_alone` proves that nothing more is there than should be. Requests are
repeated while nobody answers, since the api is one of those that are killed. Leaves to the tests what to break.
"""

import itertools
import json
import os
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from addon_portal.domain.clock import SystemClock, from_text
from addon_portal.domain.data_directory import RUN_ROOT_MARKER, DataDirectory
from addon_portal.domain.ids import RunId
from tests.support.kernel import Pinned, children_of, command_of, name_of, parent_of, state_of
from tests.support.nursery import COMMAND, Forked, run
from tests.support.waiting import PATIENCE_SECONDS, wait_until

Json = dict[str, Any]

PARTS = ("up", "api", "supervisor", "keeper")
ANSWER_SECONDS = 15.0
"""How long one request may take; longer than any freeze."""

_PORTS = itertools.count(os.getpid())


class Pauses:
    """Fault points of supervisor, keeper and shim: open, until one is armed; then who comes there waits for `open`."""

    def __init__(self, directory: Path, names: tuple[str, ...]) -> None:
        self._directory = directory
        self._arrivals: dict[str, int] = {}
        directory.mkdir()
        for name in names:
            # Who arrives writes a line here; held open for both, so that nobody ever waits for the other side.
            os.mkfifo(directory / f"{name}.reached")
            self._arrivals[name] = os.open(directory / f"{name}.reached", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            self.open(name)

    @property
    def variable(self) -> str:
        """What stands in ADDON_PORTAL_FAULTPOINTS."""
        return json.dumps({name: f"pause:{self._directory / name}" for name in self._arrivals})

    def arm(self, name: str) -> None:
        """Let the next ones that come here wait. To be called while nobody is near."""
        self.arrivals(name)
        (self._directory / name).unlink()

    def open(self, name: str) -> None:
        """Let everybody pass, now and later."""
        (self._directory / name).touch()

    def wait_reached(self, name: str) -> int:
        """Wait until somebody waits here; returns the pid."""
        ready, _, _ = select.select([self._arrivals[name]], [], [], PATIENCE_SECONDS)
        assert ready, f"waited {PATIENCE_SECONDS:g} s in vain for somebody to reach {name}"
        return self.arrivals(name)[0]

    def arrivals(self, name: str) -> list[int]:
        """The pids of those that have come here since the last look, held up or not."""
        try:
            lines = os.read(self._arrivals[name], 1 << 16).decode().splitlines()
        except BlockingIOError:
            return []
        return [int(line.split()[1]) for line in lines]

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in self._arrivals.values():
            os.close(descriptor)
        self._arrivals.clear()


class Portal:
    """One data directory and the processes on it. A context manager: running inside, gone without a trace behind."""

    def __init__(
        self,
        root: Path,
        *,
        template: Path | None = None,
        points: tuple[str, ...] = (),
        identity: str = "auto",
        **settings: str,
    ) -> None:
        """`points` are the fault points that can be armed, `settings` environment variables of `up`.

        `identity` is how its supervisor knows processes. `template` is the data directory of a portal that has ended:
        its first start, which is the slow one, is not repeated.
        """
        self.root = root
        root.mkdir(exist_ok=True)
        self.data = DataDirectory(root / "data")
        if template is not None:
            shutil.copytree(template, self.data.root, ignore=_all_but_what_lasts)
        self.pauses = Pauses(root / "pauses", points)
        self._settings = {"ADDON_PORTAL_PROCESS_IDENTITY": identity, **settings}
        self._cages: list[subprocess.Popen[bytes]] = []
        self._port_holder = _reserve_port()
        self._port = self._port_holder.getsockname()[1]
        self._up: Pinned | None = None
        self._numbers = itertools.count(1)
        # `verify`, here and elsewhere: a client of plain HTTP would read all authorities of the world, 20 ms of work.
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self._port}", timeout=ANSWER_SECONDS, trust_env=False, verify=False
        )

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.end()
        finally:
            self.discard()

    # Its processes.

    def start(self) -> None:
        """Start `up`, as a service manager would, and wait until everything is there."""
        self.spawn()
        self.wait_until_whole()

    def spawn(self) -> None:
        """Start `up` and wait for nothing."""
        cage = self._cage(COMMAND, "up", "--data", str(self.data.root), "--port", str(self._port), "--no-samples")
        if self._up is not None:
            self._up.close()
        self._up = Pinned(wait_until(lambda: children_of(cage.pid), "up to be forked", PATIENCE_SECONDS)[0])

    def wait_until_whole(self) -> None:
        """Wait until the `up` of now has its own api and supervisor, a keeper lives, and the api answers."""
        wait_until(self._is_whole, f"the portal to be whole; {self.data.root}", PATIENCE_SECONDS)
        api_key = self._read_up_file()["api_key"]
        self.client.headers["Authorization"] = f"Bearer {api_key}"

    def _is_whole(self) -> bool:
        assert self._up is not None
        if self._up.has_ended:
            raise AssertionError(f"up has ended: {self.said_by_up()}")
        pids = self._read_up_file().get("pids", {})
        if not all(isinstance(pids.get(part), int) for part in PARTS[1:]):
            return False
        ours = all(state_of(pids[part]) not in {None, "Z"} for part in PARTS[1:])
        ours = ours and all(parent_of(pids[part]) == self._up.pid for part in ("api", "supervisor"))
        try:
            return ours and self.client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def _read_up_file(self) -> Json:
        try:
            found: Json = json.loads(self.data.up_file.read_text())
        except FileNotFoundError:
            return {}
        return found

    def pid_of(self, part: str) -> int:
        """The pid of `up`, api, supervisor or keeper."""
        assert self._up is not None
        if part == "up":
            return self._up.pid
        pid = self._read_up_file()["pids"][part]
        assert isinstance(pid, int)
        return pid

    def pin(self, part: str) -> Pinned:
        """The process of a part; the caller closes it."""
        return Pinned(self.pid_of(part))

    def processes(self) -> dict[int, str]:
        """All that has come of what was started here and lives, by pid with command line."""
        found: dict[int, str] = {}
        left = [pid for cage in self._cages for pid in children_of(cage.pid)]
        while left:
            pid = left.pop()
            if pid not in found and state_of(pid) not in {None, "Z", "X"}:
                found[pid] = command_of(pid)
                left += children_of(pid)
        return found

    def wait_until_alone(self) -> None:
        """Wait until nothing is left but up, api, supervisor and keeper, and the shim that this has forked ahead."""

        def strangers() -> dict[int, str]:
            ours = {self.pid_of(part) for part in PARTS}
            spare = [pid for pid in children_of(self.pid_of("keeper")) if name_of(pid) == "portal-spare"][:1]
            ours.update(spare, *map(children_of, spare))
            return {pid: command for pid, command in self.processes().items() if pid not in ours}

        seen: dict[int, str] = {}

        def is_alone() -> bool:
            seen.clear()
            seen.update(strangers())
            return not seen

        try:
            wait_until(is_alone, "nothing to be left behind", PATIENCE_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"left behind: {seen}") from error

    def down(self) -> subprocess.CompletedProcess[str]:
        """`addon-portal down --stop-runs`."""
        return self.command("down", "--stop-runs")

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Any command against this portal, to its end."""
        environment = _clean_environment(ADDON_PORTAL_DATA=str(self.data.root), **environment)
        return run([COMMAND, *arguments], timeout=PATIENCE_SECONDS, env=environment)

    def end(self) -> None:
        """Let it end as people do, and prove that nothing is left of it: its cages are empty."""
        done = self.down()
        assert done.returncode == 0, done.stdout + done.stderr
        wait_until(lambda: not self.processes(), "all to be gone", PATIENCE_SECONDS)

    def discard(self) -> None:
        """Kill whatever is left, without asking."""
        self.client.close()
        self._port_holder.close()
        if self._up is not None:
            self._up.close()
            self._up = None
        for cage in self._cages:
            assert cage.stdin
            cage.stdin.close()
        for cage in self._cages:
            cage.wait(PATIENCE_SECONDS)
        self._cages.clear()
        self.pauses.close()

    def said_by_up(self) -> str:
        """The last of what any `up` of this directory has said."""
        return (self.root / "up.log").read_text()[-2000:]

    def _cage(self, *command: str) -> "subprocess.Popen[bytes]":
        with (self.root / "up.log").open("ab") as log:
            cage = Forked[bytes](
                command,
                caged=True,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=_clean_environment(**self._settings, ADDON_PORTAL_FAULTPOINTS=self.pauses.variable),
            )
        self._cages.append(cage)
        return cage

    # Its API.

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None, **headers: str) -> httpx.Response:
        """One request, repeated while nobody answers it; give an `Idempotency_Key` to what must not happen twice."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}

        def try_it() -> httpx.Response | None:
            try:
                answer = self.client.request(method, path, json=body, headers=sent)
            except httpx.TransportError:
                return None
            return None if answer.status_code == 503 else answer

        answer = wait_until(try_it, f"an answer to {method} {path}", PATIENCE_SECONDS)
        assert answer is not None
        return answer

    def get(self, path: str) -> Json:
        """What a GET answers, which must be 200."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def new_project(self, command: list[str], **more: object) -> str:
        """Store a project and return its id."""
        body = {"name": f"project {next(self._numbers)}", "command": command, **more}
        answer = self.ask("POST", "/api/tenant/projects", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def run(self, project_id: str) -> RunId:
        """Have a project run and return the run's id."""
        path = f"/api/tenant/projects/{project_id}/run"
        answer = self.ask("POST", path, {}, Idempotency_Key=f"run {next(self._numbers)}")
        assert answer.status_code == 202, answer.text
        return RunId(answer.json()["run_id"])

    def get_run(self, run_id: str) -> Json:
        """The Run object."""
        return self.get(f"/api/tenant/runs/{run_id}")

    def wait_final(self, run_id: str) -> Json:
        """The Run object as soon as it is final."""
        deadline = SystemClock().monotonic() + PATIENCE_SECONDS
        while True:
            run = self.get(f"/api/tenant/runs/{run_id}?wait_seconds=5")
            if run["finished_at"] is not None:
                return run
            assert SystemClock().monotonic() < deadline, f"the run never became final: {run}"

    def log_of(self, run_id: str) -> str:
        """The output of a run, as the API gives it."""
        return str(self.get(f"/api/tenant/runs/{run_id}/log")["text"])

    def wait_for_output(self, run_id: str) -> None:
        """Wait until a run has written something."""
        wait_until(lambda: self.log_of(run_id), "the first output", PATIENCE_SECONDS)

    def observed_at(self) -> datetime | None:
        """When the last complete sweep of the host began, as the API says."""
        seen = self.get("/readyz")["supervisor"]["observed_at"]
        return from_text(seen) if seen else None


def hold(seconds: float) -> None:
    """Let time pass where time is what is tested: a freeze has a length. Never to wait for something."""
    threading.Event().wait(seconds)


def _clean_environment(**extra: str) -> dict[str, str]:
    ours = ("ADDON_PORTAL_", "PROJECT_", "RESTARTABLE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | extra


def _all_but_what_lasts(_: str, names: list[str]) -> set[str]:
    """What is left out of a copy: locks, sockets and records of processes that are gone."""
    return set(names) - {"portal.db", "host.json", "operator.key", "runs", RUN_ROOT_MARKER}


def _reserve_port() -> socket.socket:
    """A bound socket that keeps a port for an `up` that is started again and again, and from every other test.

    The port lies below those that the kernel gives to clients. Who binds with SO_REUSEADDR, as `up` does, may have it
    beside a socket that only holds it with the same option, ip(7).
    """
    for number in _PORTS:
        holder = socket.socket()
        try:
            holder.bind(("127.0.0.1", 20_000 + number % 10_000))
        except OSError:
            holder.close()
            continue
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return holder
    raise AssertionError("the numbers never end")
