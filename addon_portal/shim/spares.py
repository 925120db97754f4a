"""A shim that is forked ahead of time, with its stub, so that a start does not wait for two forks of an interpreter.

Promises that a run is handed to one shim only, and that an unused one ends with its keeper. Leaves winning the run's
lock to `keeper`, the ends of all children to `adoption`, and what a shim does to `shim`.
"""

from __future__ import annotations

import errno
import os
import select

from addon_portal.shim import shim

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    import socket
    from typing import NoReturn, Optional, Sequence

    from addon_portal.shim.adoption import Children
else:
    from addon_portal.shim.shim import signal, socket


REHEARSALS = 10  # Python 3.11 writes into code that it runs often, for the last time at the ninth: PEP 659


class Spare:
    """A shim that waits for a run on its end of `channel`; the end of ours is its end."""

    def __init__(self, keeper: str, rehearsal: Optional[str]) -> None:
        """Fork it. Signals wait, lest one runs our handlers in the child."""
        self.channel, channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGCHLD, signal.SIGTERM))
        try:
            self.pid = os.fork()
            if self.pid == 0:
                be_spare(channel, keeper, rehearsal)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGCHLD, signal.SIGTERM))
        channel.close()


class Spares:
    """One keeper's spare. There is one at most: what comes in bursts waits for its forks, as throughput is the same."""

    def __init__(self, keeper: str, directory: str, children: Children) -> None:
        self.keeper = keeper
        self.rehearsal = os.path.join(directory, "rehearsal")
        self.children = children
        self.spare: Optional[Spare] = None
        self.is_missing = True  # since the last was used: one that dies unused is not replaced, lest it go on for ever

    def rehearse(self) -> None:
        """Have the interpreter write here, before any fork, what else each shim would write into a page of its own."""
        for _ in range(REHEARSALS):
            shim.attempt(rehearse, self.rehearsal)

    def prepare(self) -> None:
        """Fork a spare, if that can be done now."""
        self.is_missing = False
        self.spare = shim.attempt(self.fork, self.rehearsal)

    def fork(self, rehearsal: Optional[str] = None) -> Spare:
        """Fork one, for which a run is waiting or which has time to rehearse. Raises OSError."""
        spare = Spare(self.keeper, rehearsal)
        self.children.spares.add(spare.pid)
        return spare

    def hand_over(self, path: str, descriptors: Sequence[int]) -> int:
        """Give a run to a shim, with its lock, its environment and, if there is one, its FIFO; returns the shim's pid.

        Raises OSError when no shim can be had.
        """
        spare, self.spare, self.is_missing = self.spare, None, True
        if spare is None or not give(spare, path, descriptors):
            spare = self.fork()
            if not give(spare, path, descriptors):
                raise OSError(errno.ECHILD, "the shim ended before it heard of its run")
        return spare.pid

    def dismiss(self) -> None:
        """Let the spare go."""
        if self.spare is not None:
            self.spare.channel.close()
            self.spare = None


def give(spare: Spare, path: str, descriptors: Sequence[int]) -> bool:
    """Send it its run; False if it is dead, so that nothing of the run can have begun there."""
    try:
        shim.send_packet(spare.channel, os.fsencode(path), descriptors)
        return True
    except OSError:
        return False
    finally:
        spare.channel.close()


def rehearse(directory: str) -> None:
    """Do once, in a directory that nobody reads, what a start and an end do.

    A fork leaves each page to be faulted in when it is touched next; 200 faults, 0.6 ms, came before a program began.
    No file is made or removed from the second time on: ext4 passes each inode over that was freed in the last minutes,
    one after the other, when it looks for one for a new file (recently_deleted in the kernel's fs/ext4/ialloc.c).
    """
    shim.attempt(os.mkdir, directory, 0o700)
    run = shim.Shim(directory, -1, None, -1)
    if not shim.exists(run.directory, "spec.json"):
        shim.write_record(run.directory, "spec", {"version": shim.VERSION, "argv": ["true"], "cwd": "/"}, durable=False)
    run.spec = shim.read_spec(run.directory)
    run.open_fifo()
    run.open_log()
    run.reserve()
    run.open_notify()
    record = shim.describe({"started_at": shim.now_text()}, os.getpid())
    shim.write_record(run.directory, "child", record, durable=False, publish=False)
    run.heed_stop()
    run.copy_output()
    run.hear()
    shim.hint(directory, run.run, "started")  # nobody is told: a directory cannot be written to
    if run.notify is not None:
        run.notify.close()
    for descriptor in (run.fifo, run.log, run.index, run.directory):
        os.close(descriptor)


def be_spare(channel: socket.socket, keeper: str, rehearsal: Optional[str]) -> NoReturn:
    """Be a shim that has no run yet: prepare all that needs none, and wait for one, or for the end of the keeper."""
    try:
        wakeup, stub = shim.detach(channel.fileno()), shim.attempt(shim.Stub)
        if rehearsal is not None:
            shim.attempt(rehearse, rehearsal)
        poller = select.poll()
        poller.register(channel, select.POLLIN)
        poller.register(wakeup, select.POLLIN)
        if channel.fileno() in dict(poller.poll()):  # else the stub has died, and this pair is good for nothing
            path, descriptors, _ = shim.receive_packet(channel)
            if path:
                channel.close()
                lock, environment, *fifo = descriptors
                run = shim.Shim(os.fsdecode(path), lock, keeper, wakeup, *fifo)
                shim.be_shim(run, environment, stub)
    finally:
        os._exit(0)
    raise AssertionError("os._exit returned")
