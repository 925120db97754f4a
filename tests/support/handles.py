"""What a test holds of a program or a shim: the process, a line that says that it lives, a point where it waits."""

import contextlib
import os
import select
import signal
from pathlib import Path

PATIENCE_SECONDS = 20.0


def wait_readable(descriptor: int, what: str, events: int = select.POLLIN) -> None:
    """Wait until a descriptor has something to read, or its other side has gone."""
    poller = select.poll()
    poller.register(descriptor, events)
    if not poller.poll(PATIENCE_SECONDS * 1000):
        raise AssertionError(f"waited {PATIENCE_SECONDS:g} s in vain for {what}")


class Process:
    """Somebody else's process, pinned by a pidfd, so that a signal never reaches another one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._pidfd: int | None = None
        with contextlib.suppress(ProcessLookupError):
            self._pidfd = os.pidfd_open(pid)

    def __del__(self) -> None:
        if self._pidfd is not None:
            os.close(self._pidfd)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal; nothing happens if it has ended."""
        if self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, number)

    def wait(self) -> None:
        """Wait for its end."""
        if self._pidfd is not None:
            wait_readable(self._pidfd, f"the end of process {self.pid}")

    def kill_and_wait(self) -> None:
        """SIGKILL, and wait for its end."""
        self.kill()
        self.wait()

    @property
    def state(self) -> str:
        """The letter of proc_pid_stat(5): S asleep, T stopped, Z zombie; "" when it has been reaped."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return ""

    @property
    def times_it_slept(self) -> int:
        """How often it went to sleep by itself: a process that polls shows here."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])


class Lifeline:
    """A FIFO that programs write to and keep open: it tells what they say, and when the last of them is dead."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path, 0o666)
        path.chmod(0o666)
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._unread = b""

    def read_line(self) -> str:
        """The next line that one of them wrote."""
        while b"\n" not in self._unread:
            wait_readable(self._descriptor, f"a line in {self.path.name}")
            piece = os.read(self._descriptor, 65536)
            assert piece, f"they are all dead; read so far: {self._unread!r}"
            self._unread += piece
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def wait_for_their_end(self) -> None:
        """Wait until nobody has it open any more."""
        wait_readable(self._descriptor, f"the end of all that hold {self.path.name}", select.POLLHUP)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)


class Pause:
    """A fault point at which a process waits: `wait` for it to get there, `release` it."""

    def __init__(self, path: Path) -> None:
        self.path, self._reached = path, Lifeline(Path(f"{path}.reached"))

    @property
    def action(self) -> str:
        """What stands in ADDON_PORTAL_FAULTPOINTS for it."""
        return f"pause:{self.path}"

    def wait(self) -> Process:
        """The process that has got there."""
        return Process(int(self._reached.read_line().split()[1]))

    def release(self) -> None:
        """Let whoever waits here, and all later ones, go on."""
        self.path.touch()

    def close(self) -> None:
        """Give the descriptor back."""
        self._reached.close()
