"""What a process of `up` inherits from it."""

import os

from addon_portal.cli.upkeep.log_files import LOG_FILE
from addon_portal.cli.upkeep.services import LISTEN_FD, PARENT_FD, START_FD


def parent_descriptor() -> int | None:
    """Reads as ended when `up` is gone, however it went; None for a process that nobody keeps."""
    return _inherited(PARENT_FD)


def listening_descriptor() -> int | None:
    """The socket that `up` listens on for us; None for an api that opens its own."""
    return _inherited(LISTEN_FD)


def log_file() -> str | None:
    """The file that our output was opened on for us; None where that is in the hands of somebody else."""
    return os.environ.pop(LOG_FILE, None)


def wait_for_start() -> bool:
    """Wait until data directory and database are ready; False when `up` left before they were."""
    descriptor = _inherited(START_FD)
    if descriptor is None:
        return True
    try:
        return bool(os.read(descriptor, 1))
    finally:
        os.close(descriptor)


def _inherited(name: str) -> int | None:
    text = os.environ.pop(name, None)
    if text is None:
        return None
    descriptor = int(text)
    os.set_inheritable(descriptor, False)
    return descriptor
