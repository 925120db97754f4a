"""How a process ended, as the kernel said it.

Keeps exit code and signal apart (a shell's 137 is not a SIGKILL) and turns the raw wait status of wait(2) into
words. Leaves the meaning for a run to `endings`.
"""

import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessExit:
    """A raw wait status as wait(2) gives it: `code << 8`, or the signal, `| 0x80` with a core dump."""

    wait_status: int

    @property
    def exit_code(self) -> int | None:
        """The code the program returned (0 to 255), or None when a signal ended it."""
        return None if self.wait_status & 0x7F else (self.wait_status >> 8) & 0xFF

    @property
    def signal(self) -> int | None:
        """The number of the signal that ended the program, or None when it returned a code."""
        return (self.wait_status & 0x7F) or None

    @property
    def core_dumped(self) -> bool:
        """Whether the kernel wrote a core file."""
        return bool(self.wait_status & 0x7F) and bool(self.wait_status & 0x80)

    @property
    def succeeded(self) -> bool:
        """Whether the program returned 0."""
        return self.wait_status == 0


def signal_name(number: int) -> str:
    """The name of a signal (`SIGKILL`), or `signal 63` where it has none here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
