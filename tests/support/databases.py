"""Real databases for the tests: SQLite files, and a private PostgreSQL server with a fresh database per test.

A server listens on a Unix socket in a directory of its own and on no port, so that any number can run side by side.
Promises that no server outlives the process that started it, also when that is killed; then only its directory
stays in the system's temporary directory. Tables are left to the tests.
"""

import ctypes
import itertools
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from tests.support.waiting import wait_until

MISSING_SERVER = "PostgreSQL's server programs are not installed (Debian: apt-get install postgresql)"

_PR_SET_PDEATHSIG = 1

# What makes a server fast that nobody needs after a power cut, and one trap: sessions whose time zone is not UTC.
_OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "timezone": "Asia/Kathmandu",
}


def find_server_programs() -> Path | None:
    """The directory of `initdb` and `postgres`: the newest of Debian's, else that on PATH; None without any."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class PostgresServer:
    """A private PostgreSQL server; a context manager that makes, starts, stops and removes it.

    `stop` and `start` in between are for tests of a database that is away: the data stays.
    """

    def __init__(self, programs: Path, like: "PostgresServer | None" = None) -> None:
        """`like` is a server that exists: what `initdb` made for it is copied, a tenth of the work of making it."""
        self._programs = programs
        self._numbers = itertools.count(1)
        # PostgreSQL refuses to run as root.
        self._user = pwd.getpwnam(_server_user()) if os.geteuid() == 0 else None
        self.directory = Path(tempfile.mkdtemp(prefix="portal-pg-"))
        self._data = self.directory / "data"
        self._pristine: Path = like._pristine if like else self.directory / "pristine"
        self._log = self.directory / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self._user:
            os.chown(self.directory, self._user.pw_uid, self._user.pw_gid)
        try:
            self._initialise()
            self.start()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Start the server and return when it accepts connections."""
        options = _OPTIONS | {"unix_socket_directories": str(self.directory)}
        arguments = [f"--{name}={value}" for name, value in options.items()]
        self._process = self._popen("postgres", "-D", str(self._data), *arguments)
        wait_until(self._is_ready, f"PostgreSQL to be ready (its log: {self._log})", seconds=30)

    def stop(self) -> None:
        """End the server at once, connections and all, as a power cut would."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        self._process = None

    @contextmanager
    def frozen(self, *, backends_alone: bool = False) -> Iterator[None]:
        """Stop every process of the server, or only those that serve connections: it neither answers nor refuses."""
        pids = [
            pid for pid, title in self._processes() if not backends_alone or title.startswith("postgres: postgres ")
        ]
        if not backends_alone:
            pids.append(self.pid)
        try:
            for pid in pids:
                os.kill(pid, signal.SIGSTOP)
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _processes(self) -> list[tuple[int, str]]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [(int(pid), Path(f"/proc/{pid}/cmdline").read_bytes().decode()) for pid in children]

    def url_of(self, database: str) -> str:
        """The address of a database, for SQLAlchemy and for psycopg alike."""
        return f"postgresql://postgres@/{database}?host={self.directory}"

    def create_database(self, template: str = "template1") -> str:
        """Make a fresh database, a copy of `template` (which nobody may be connected to); its name is returned."""
        name = f"test_{next(self._numbers)}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _initialise(self) -> None:
        if not self._pristine.exists():
            process = self._popen(
                *("initdb", "-D", str(self._pristine), "--username=postgres", "--auth=trust"),
                *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            )
            if process.wait(120) != 0:
                raise RuntimeError(f"initdb failed:\n{self._log.read_text()}")
        subprocess.run(["cp", "-a", self._pristine, self._data], check=True)

    def _popen(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [str(self._programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                user=self._user.pw_uid if self._user else None,
                group=self._user.pw_gid if self._user else None,
                extra_groups=[] if self._user else None,
                preexec_fn=_make_die_with_parent(),  # noqa: PLW1509  one call of prctl, no lock is taken
            )

    def _is_ready(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended while starting:\n{self._log.read_text()}")
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self._process.pid) and lines[7].strip() == "ready"

    def _leave(self) -> None:
        self.stop()
        shutil.rmtree(self.directory)


def _server_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _make_die_with_parent() -> Callable[[], None]:
    """A function for the forked child: the kernel sends it SIGQUIT (an immediate shutdown) when its parent dies.

    subprocess calls it after changing the user, which would clear the setting (PR_SET_PDEATHSIG, prctl(2)).
    """
    prctl = ctypes.CDLL(None).prctl

    def die_with_parent() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)

    return die_with_parent


def is_being_changed(path: Path) -> bool:
    """Whether somebody has an SQLite file locked for a change, who may be frozen and keep it so."""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        database.execute("ROLLBACK")
    return False
