"""Starting the processes that evaluate success checks; see `addon_portal/shim/success_check.py`.

Promises that asking never waits for a check, and that one which was killed is started again. Remembers only whom it has
started, to reap them: a check that an earlier supervisor started is known by its lock.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import addon_portal
from addon_portal.domain.ids import RunId
from addon_portal.domain.verdict import Lock
from addon_portal.executors import run_files
from addon_portal.executors.keeper_client import memory_file

_PACKAGE_ROOT = str(Path(addon_portal.__file__).parent.parent)
_CODE = f"import sys; sys.path.insert(0, {_PACKAGE_ROOT!r}); from addon_portal.shim import success_check; "
_CODE += "success_check.main(sys.argv[1:])"
_AGAIN_AFTER_SECONDS = 5.0
"""One that came to nothing, because something is in its way, is not tried again at once for ever."""


class SuccessChecks:
    """The checks of one supervisor's runs."""

    def __init__(self) -> None:
        self._again_at: dict[RunId, float] = {}
        self._pids: dict[RunId, int] = {}

    def is_running(self, run_id: RunId, directory: str) -> bool:
        """Whether the check is being evaluated, whoever had it started."""
        self._reap(run_id)
        return run_id in self._pids or run_files.probe(f"{directory}/check.lock") is Lock.HELD

    def start(
        self, run_id: RunId, directory: str, environment: Mapping[str, str], now: float, clean_up: Callable[[], object]
    ) -> None:
        """Start one unless it is being evaluated; before another try `clean_up` ends what the last has left."""
        if self.is_running(run_id, directory) or now < self._again_at.get(run_id, 0.0):
            return
        if Path(f"{directory}/check.lock").exists():
            clean_up()
        self._again_at[run_id] = now + _AGAIN_AFTER_SECONDS
        descriptor = memory_file(environment)
        quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
        try:
            self._pids[run_id] = os.posix_spawn(
                sys.executable,
                [sys.executable, "-I", "-S", "-c", _CODE, directory],
                {"PATH": os.defpath},
                file_actions=[*quiet, (os.POSIX_SPAWN_DUP2, descriptor, 0)],
                setsid=True,
            )
        finally:
            os.close(descriptor)

    def _reap(self, run_id: RunId) -> None:
        pid = self._pids.get(run_id)
        if pid is not None and os.waitpid(pid, os.WNOHANG)[0]:
            del self._pids[run_id]

    def tick(self) -> None:
        """Reap those that have ended."""
        for run_id in list(self._pids):
            self._reap(run_id)

    def forget(self, run_id: RunId) -> None:
        """The run is final; one that is still ending is reaped when it has."""
        self._again_at.pop(run_id, None)
