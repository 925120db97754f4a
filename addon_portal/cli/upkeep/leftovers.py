"""Processes of an `up` that was killed: they are leaving, and what they hold has to be waited for.

An api that still answers a last request holds the port, a supervisor its lock. Both leave by themselves when their `up`
is gone, unless they are frozen; then waiting ends and whoever needs what they hold says so.
"""

import json
import os
import select
from contextlib import suppress
from pathlib import Path

PATIENCE_SECONDS = 8.0
"""A little longer than an api takes to end what it is doing."""

_OURS = b"addon-portal"


def wait_for_leftovers(up_file: str) -> None:
    """Wait until api and supervisor of the `up` that wrote this file are gone, but not for ever."""
    try:
        pids = json.loads(Path(up_file).read_text(encoding="utf-8"))["pids"]
        left = [pids["api"], pids["supervisor"]]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for pid in left:
        with suppress(OSError):
            if isinstance(pid, int) and _OURS in Path(f"/proc/{pid}/cmdline").read_bytes():
                _wait_for_end(pid)


def _wait_for_end(pid: int) -> None:
    pidfd = os.pidfd_open(pid)
    try:
        select.select([pidfd], [], [], PATIENCE_SECONDS)
    finally:
        os.close(pidfd)
