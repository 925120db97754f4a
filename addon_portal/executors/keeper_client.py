"""Talking to keepers without ever waiting for one.

Finds the living keepers by their locks, keeps one connection to each, sends requests and hands on answers as they
come. A keeper that is frozen or busy costs nothing but its answer. Leaves what an answer means to `local`.
"""

import array
import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from selectors import EVENT_READ, BaseSelector
from typing import Any

from addon_portal.domain.ids import RunId
from addon_portal.domain.verdict import Lock
from addon_portal.evidence.records import DamagedRecord, read_json
from addon_portal.executors.control_groups.layout import Hierarchy, find_hierarchies
from addon_portal.executors.processes.place import pid_namespace
from addon_portal.executors.run_files import probe

PROTOCOL = 1
_LARGEST_ANSWER = 65536

Answer = Mapping[str, Any]


class KeeperClient:
    """All keepers of one data directory."""

    def __init__(self, keepers: Path) -> None:
        self._keepers = keepers
        self._connections: dict[str, socket.socket] = {}
        self._leaving: set[str] = set()
        self._selector: BaseSelector | None = None
        self._on_answer: Callable[[str, Answer], None] | None = None

    def attach(self, selector: BaseSelector, on_answer: Callable[[str, Answer], None]) -> None:
        """Deliver answers as `on_answer(keeper_id, answer)` from the caller's loop."""
        self._selector = selector
        self._on_answer = on_answer

    def is_alive(self, keeper_id: str) -> bool:
        """Whether a keeper holds its lock; what it had adopted was let go with it otherwise."""
        return probe(f"{self._keepers}/{keeper_id}/lock") is Lock.HELD

    def ask_start(self, run_id: RunId, environment: Mapping[str, str]) -> bool:
        """Send a start with the environment on a descriptor to the newest willing keeper; False when there is none."""
        for keeper_id in self._candidates():
            descriptor = memory_file(environment)
            try:
                if self._send(keeper_id, {"op": "start", "run": run_id}, descriptor):
                    return True
            finally:
                os.close(descriptor)
        return False

    def has_willing(self) -> bool:
        """Whether a keeper is there that may start something, as far as anybody knows without its answer."""
        return next(self._candidates(), None) is not None

    def ask(self, keeper_id: str, op: str, run_id: RunId) -> bool:
        """Send a request without a descriptor; False when the keeper could not take it now."""
        return self._send(keeper_id, {"op": op, "run": run_id})

    def close(self) -> None:
        """Drop all connections."""
        for keeper_id in list(self._connections):
            self._drop(keeper_id)

    def _candidates(self) -> Iterator[str]:
        """Living keepers that start things for us, newest first; a connected one needs no second look at the disk."""
        known = [keeper for keeper in sorted(self._connections, reverse=True) if keeper not in self._leaving]
        yield from known
        for keeper_id in self._find_living():
            if keeper_id not in known and keeper_id not in self._leaving:
                yield keeper_id

    def _find_living(self) -> list[str]:
        return [directory.name for directory in _find_living(self._keepers)]

    def _send(self, keeper_id: str, request: Mapping[str, str], descriptor: int | None = None) -> bool:
        connection = self._connect(keeper_id)
        if connection is None:
            return False
        attached = []
        if descriptor is not None:
            attached = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
        try:
            connection.sendmsg([json.dumps(request).encode()], attached, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            self._drop(keeper_id)
            return False
        return True

    def _connect(self, keeper_id: str) -> socket.socket | None:
        if keeper_id in self._connections:
            return self._connections[keeper_id]
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.setblocking(False)
        try:
            directory = os.open(self._keepers / keeper_id, os.O_PATH | os.O_CLOEXEC)
            try:
                # The path of a socket holds 108 bytes; that of a data directory may be longer (unix(7)).
                connection.connect(f"/proc/self/fd/{directory}/sock")
            finally:
                os.close(directory)
        except OSError:
            connection.close()
            return None
        self._connections[keeper_id] = connection
        if self._selector is not None:
            self._selector.register(connection, EVENT_READ, lambda: self._receive(keeper_id))
        return connection

    def _receive(self, keeper_id: str) -> None:
        connection = self._connections[keeper_id]
        while True:
            try:
                packet = connection.recv(_LARGEST_ANSWER)
            except BlockingIOError:
                return
            except OSError:
                packet = b""
            if not packet:
                self._drop(keeper_id)
                return
            answer = json.loads(packet)
            if answer.get("result") == "leaving":
                self._leaving.add(keeper_id)
            if self._on_answer is not None:
                self._on_answer(keeper_id, answer)

    def _drop(self, keeper_id: str) -> None:
        connection = self._connections.pop(keeper_id, None)
        if connection is None:
            return
        if self._selector is not None:
            self._selector.unregister(connection)
        connection.close()


def groups_beside_keeper(keepers: Path) -> list[Hierarchy]:
    """Where control groups can be made below the newest keeper's own; below ours while there is none.

    What a keeper forks is where the keeper is, and without root may move only below what was handed over to that one
    (cgroups(7)); a service manager may have given the supervisor a group elsewhere.
    """
    pid = living_keeper(keepers)
    with contextlib.suppress(OSError):
        if pid is not None:
            return find_hierarchies(of=f"/proc/{pid}/cgroup")
    return find_hierarchies()


def living_keeper(keepers: Path) -> int | None:
    """The pid of the newest keeper of the data directory that lives; None where there is none."""
    with contextlib.suppress(OSError, DamagedRecord):
        for directory in _find_living(keepers):
            keeper = read_json(directory / "keeper.json")
            if keeper is not None:
                return int(keeper["pid"])
    return None


def _find_living(keepers: Path) -> list[Path]:
    """Newest first."""
    with contextlib.suppress(FileNotFoundError):
        living = [d for d in keepers.iterdir() if probe(f"{d}/lock") is Lock.HELD and _is_for_us(d)]
        return sorted(living, key=lambda d: (d / "keeper.json").stat().st_mtime, reverse=True)
    return []


def _is_for_us(directory: Path) -> bool:
    """Whether we understand the keeper, and can look after what it starts: not in another PID namespace."""
    try:
        record = read_json(directory / "keeper.json") or {}
    except (OSError, DamagedRecord):
        return False
    return (record.get("protocol"), record.get("pid_namespace")) == (PROTOCOL, pid_namespace())


def memory_file(environment: Mapping[str, str]) -> int:
    """A descriptor that is open on an environment as JSON, which so never touches the disk."""
    descriptor = os.memfd_create("environment", os.MFD_CLOEXEC)
    # Leaves the offset at the beginning, where the reader starts.
    os.pwrite(descriptor, json.dumps(dict(environment)).encode("utf-8", "surrogateescape"), 0)
    return descriptor
