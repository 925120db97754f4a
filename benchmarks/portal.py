"""A portal of our own to measure, started as a user starts it: `addon-portal up` on a data directory.

Speaks plain HTTP over connections that stay open. Promises to leave no process behind, whatever was killed meanwhile.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from benchmarks import processes

T = TypeVar("T")
FINAL = {"completed", "failed", "cancelled"}
PATIENCE_SECONDS = 60.0
COMMAND = str(Path(sys.executable).with_name("addon-portal"))


class Refused(Exception):
    """An answer that was not expected."""


def wait_for(look: Callable[[], T | None], what: str, pause: float = 0.002) -> T:
    """Look until there is something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_SECONDS:g} s in vain for {what}")
        time.sleep(pause)


class Client:
    """One connection to the API, for one thread."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def raw(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Status and body of the answer."""
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, content, self._headers | dict(headers or {}))
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The JSON of the answer. Raises Refused."""
        status, content = self.raw(method, path, body)
        if status >= 300:
            raise Refused(f"{method} {path}: {status} {content.decode()[:500]}")
        return json.loads(content)

    def create_project(self, name: str, argv: Sequence[str]) -> str:
        """A new project; returns its id."""
        return str(self.ask("POST", "/api/tenant/projects", {"name": name, "command": list(argv)})["id"])

    def run(self, project_id: str) -> str:
        """Ask for a run; returns its id."""
        return str(self.ask("POST", f"/api/tenant/projects/{project_id}/run")["run_id"])

    def state_of(self, run_id: str) -> Any:
        """The run as it stands."""
        return self.ask("GET", f"/api/tenant/runs/{run_id}")

    def wait_running(self, run_id: str) -> None:
        """Return when the program runs."""
        wait_for(lambda: self.state_of(run_id)["state"] == "running", f"{run_id} to run", 0.01)

    def wait_final(self, run_id: str) -> Any:
        """The run once it is final."""
        found = self.ask("GET", f"/api/tenant/runs/{run_id}?wait_seconds=60")
        if found["state"] not in FINAL:
            raise Refused(f"{run_id} is still {found['state']}")
        return found

    def log_of(self, run_id: str) -> bytes:
        """All output of a run."""
        status, content = self.raw("GET", f"/api/tenant/runs/{run_id}/log/raw")
        if status != 200:
            raise Refused(f"log of {run_id}: {status}")
        return content

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class Portal:
    """One `addon-portal up`; `start` and `kill_everything` may be repeated on the same data directory."""

    def __init__(self, directory: Path, database_url: str | None = None) -> None:
        self.directory = directory
        self._database_url = database_url
        self.port = free_port()
        self.key = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, wait: bool = True) -> None:
        """Start it, and return when it is ready."""
        self.directory.mkdir(parents=True, exist_ok=True)
        argv = [COMMAND, "up", "--no-samples"]
        argv += ["--data", str(self.directory), "--port", str(self.port)]
        argv += ["--database-url", self._database_url] if self._database_url else []
        with (self.directory / "up.out").open("ab") as output:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        """Return when `up.json` is there: the API answers and a keeper lives."""
        wait_for((self.directory / "up.json").exists, f"up.json in {self.directory}", 0.01)
        self.key = self.up_file()["api_key"]

    def up_file(self) -> Any:
        """What `up` says of itself."""
        return json.loads((self.directory / "up.json").read_text())

    def pids(self) -> dict[str, int]:
        """Everybody of ours who is there whether anything runs or not."""
        assert self.process is not None
        return {"up": self.process.pid, **self.up_file()["pids"]}

    def client(self) -> Client:
        """A new connection."""
        return Client(self.port, self.key)

    def kill_everything(self) -> None:
        """SIGKILL for every process at once: ours, the shims, the programs."""
        pids = self.pids()
        everybody = [*pids.values(), *processes.descendants(pids["keeper"])]
        for pid in everybody:
            os.kill(pid, signal.SIGKILL)
        assert self.process is not None
        self.process.wait()
        wait_for(lambda: not any(processes.is_alive(pid) for pid in everybody), "everybody to be dead")

    def end(self) -> None:
        """Stop every run and leave no process behind."""
        argv = [COMMAND, "down", "--stop-runs"]
        argv += ["--data", str(self.directory)]
        argv += ["--database-url", self._database_url] if self._database_url else []
        subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120, check=True)
        if self.process is not None:
            self.process.wait()


@contextlib.contextmanager
def running_portal(directory: Path, database_url: str | None = None) -> Iterator[Portal]:
    """A portal that has ended at the end."""
    portal = Portal(directory, database_url)
    portal.start()
    try:
        yield portal
    finally:
        portal.end()


def free_port() -> int:
    """A TCP port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def in_threads(count: int, work: Callable[[int], object]) -> None:
    """Do it so many times at once; the first exception is raised again."""
    failures: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
