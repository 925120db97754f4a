"""The FIFO through which shims and keepers wake us.

A hint is only ever a reason to look sooner, so that nothing here may fail: where the FIFO cannot be had, or somebody
removed or replaced it, it is made again at the next `heal`. Leaves what is to be seen to whoever looks.
"""

import contextlib
import os
import stat
from pathlib import Path
from selectors import EVENT_READ, BaseSelector

from addon_portal.domain.ids import RunId, has_form
from addon_portal.executors.base import OnChange

NEWS_WITHIN_SECONDS = 0.02
"""How long more news of a run is waited for, where more is likely to come."""
_CAN_WAIT = {"started": NEWS_WITHIN_SECONDS, "exit": NEWS_WITHIN_SECONDS}
"""What is not worth a look at once. A program that has just begun needs the processor more than we do and may already
be ending; `exit` is followed by `done`, which is when a run can become final."""
_BYTES_AT_ONCE = 65536


class Hints:
    """The reading end of `DATA/hints`."""

    def __init__(self, path: Path, selector: BaseSelector, on_hint: OnChange) -> None:
        self._path = path
        self._selector = selector
        self._on_hint = on_hint
        self._descriptor: int | None = None
        self._half_line = b""
        self.heal()

    def heal(self) -> None:
        """Make sure that what we have open is what others find under its name."""
        if self._descriptor is not None and not self._is_current(self._descriptor):
            self.close()
        if self._descriptor is None:
            with contextlib.suppress(OSError):
                self._open()

    def _is_current(self, descriptor: int) -> bool:
        with contextlib.suppress(OSError):
            return os.path.samestat(self._path.lstat(), os.fstat(descriptor))
        return False

    def _open(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISFIFO(self._path.lstat().st_mode):
                self._path.unlink()
        with contextlib.suppress(FileExistsError):
            os.mkfifo(self._path, 0o600)
        # Open for writing too, or the FIFO would read as ended whenever no shim has it open.
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        self._half_line = b""
        self._selector.register(self._descriptor, EVENT_READ, self._on_readable)

    def _on_readable(self) -> None:
        if self._descriptor is None:
            return
        with contextlib.suppress(BlockingIOError):
            lines = (self._half_line + os.read(self._descriptor, _BYTES_AT_ONCE)).split(b"\n")
            self._half_line = lines.pop()[-128:]
            for line in lines:
                name, _, event = line.decode("ascii", "replace").partition(" ")
                if has_form("run_", name):
                    self._on_hint(RunId(name), _CAN_WAIT.get(event, 0.0))

    def close(self) -> None:
        """Let go of it; it stays where it is."""
        if self._descriptor is not None:
            self._selector.unregister(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None
