"""Supervisors of the tests as forks of a process that has imported what they need, as those of `up` are.

Importing it anew took each of hundreds of supervisors half a second of a processor. There is one nursery per test
worker; it ends with the worker, however that ends, and everything that it has forked with it.
"""

import atexit
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache, partial
from importlib import reload
from pathlib import Path
from typing import Any

from addon_portal import faultpoints
from addon_portal.cli.upkeep.forking import fork
from addon_portal.cli.upkeep.services import PARENT_FD
from addon_portal.supervisor import daemon
from addon_portal.supervisor.options import SupervisorOptions
from tests.support.keeper_process import ROOT

_PR_SET_PDEATHSIG = 1
_MOST_BYTES = 1 << 17
_MOST_DESCRIPTORS = 3


class Child:
    """One process of the nursery's, known by a pidfd, so that no signal ever reaches another one with its number."""

    def __init__(self, pid: int, ends: int) -> None:
        self.pid = pid
        self._pidfd = os.pidfd_open(pid)
        self._ends = ends
        self._status: int | None = None

    def send(self, number: int) -> None:
        """Signal it; nothing happens if it has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    @property
    def has_ended(self) -> bool:
        """Whether it is dead and reaped."""
        return self._status is not None or bool(select.select([self._ends], [], [], 0)[0])

    def wait(self, seconds: float) -> int:
        """Wait for its end; returns its code, or the negative number of the signal that ended it."""
        if self._status is None:
            assert select.select([self._ends], [], [], seconds)[0], f"process {self.pid} did not end in {seconds:g} s"
            self._status = int(os.read(self._ends, 64))
            os.close(self._ends)
            os.close(self._pidfd)
        return os.waitstatus_to_exitcode(self._status)


class Nursery:
    """The worker's end of it."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.support.nursery", str(theirs.fileno())]
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        atexit.register(self._close)

    def supervise(
        self, options: SupervisorOptions, log: Path, faults: Mapping[str, str], parent: int | None = None
    ) -> Child:
        """Fork a supervisor; it is told to leave with whoever holds the other end of `parent`."""
        ends, told = os.pipe()
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        environment = {**os.environ, "ADDON_PORTAL_FAULTPOINTS": json.dumps(dict(faults))}
        asked = json.dumps({"options": asdict(options), "environment": environment})
        socket.send_fds(self._socket, [asked.encode()], [output, told, *([] if parent is None else [parent])])
        os.close(told)
        os.close(output)
        return Child(int(self._socket.recv(64)), ends)

    def _close(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def nursery() -> Nursery:
    """The one of this worker."""
    return Nursery()


def _serve(asking: socket.socket) -> None:
    """In the nursery: fork as asked, and tell how each ended, until nobody asks any more."""
    poller = select.poll()
    poller.register(asking, select.POLLIN)
    living: dict[int, tuple[int, int]] = {}
    while True:
        for ready, _ in poller.poll():
            if ready != asking.fileno():
                pid, told = living.pop(ready)
                poller.unregister(ready)
                os.close(ready)
                os.write(told, str(os.waitpid(pid, 0)[1]).encode())
                os.close(told)
                continue
            message, descriptors, _, _ = socket.recv_fds(asking, _MOST_BYTES, _MOST_DESCRIPTORS)
            if not message:
                return  # the kernel kills what was forked as soon as we are gone
            output, told, *parent = descriptors
            pid = _fork(json.loads(message), output, *parent)
            for descriptor in (output, *parent):
                os.close(descriptor)
            pidfd = os.pidfd_open(pid)
            living[pidfd] = pid, told
            poller.register(pidfd, select.POLLIN)
            asking.send(str(pid).encode())


def _fork(asked: dict[str, Any], output: int, parent: int | None = None) -> int:
    options = SupervisorOptions(**asked["options"] | {"parent_fd": parent})
    kept = {} if parent is None else {PARENT_FD: parent}
    main = partial(_supervise, options, os.getpid())
    return fork("supervisor of a test", main, asked["environment"], inherited=kept, output=output, errors=output)


def _supervise(options: SupervisorOptions, nursery_pid: int) -> int:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != nursery_pid:
        return 1
    reload(faultpoints)  # they are read from the environment
    return daemon.run(options)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as asking:
        asking.set_inheritable(False)
        _serve(asking)
