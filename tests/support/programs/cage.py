"""Runs a command, and kills everything that came of it as soon as its standard input ends.

However a test ends, the kernel closes the pipe, so nothing that a keeper started can outlive it. Stands in for PID 1
too: it adopts and reaps what a killed keeper leaves.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable


def reap() -> bool:
    """Reap what has ended; False when there is no child left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def children() -> list[int]:
    """Our direct children."""
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return [int(pid) for pid in file.read().split()]


def keep(start: Callable[[], object]) -> None:
    """Start something, and look after all that comes of it until standard input ends."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
    wakeup, write_end = os.pipe2(os.O_NONBLOCK)
    os.set_inheritable(wakeup, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start()
    os.close(1)
    poller = select.poll()
    poller.register(0, select.POLLIN)
    poller.register(wakeup, select.POLLIN)
    while 0 not in (ready := dict(poller.poll())):
        if wakeup in ready:
            os.read(wakeup, 4096)
            reap()
    while reap():
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        select.select([wakeup], [], [], 0.1)
        while select.select([wakeup], [], [], 0)[0]:
            os.read(wakeup, 4096)


if __name__ == "__main__":
    # `cage.py COMMAND...`: descriptors from 3 on are handed over as they are.
    keep(lambda: subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, close_fds=False))
