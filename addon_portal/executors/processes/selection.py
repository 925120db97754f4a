"""Which way to know processes is used: as an operator set it, or what this kernel can do.

Promises that psutil is imported only where it is chosen, so that nobody else pays for it.
"""

import os
from importlib.util import find_spec
from typing import Literal

from addon_portal.executors.processes.contract import Processes
from addon_portal.executors.processes.pidfds import PidfdProcesses

Chosen = Literal["pidfd", "psutil"]


class IdentityUnavailable(Exception):
    """What was chosen cannot be used here; the message says why and what to do."""


def choose(wanted: str) -> Chosen:
    """The way that is used for `auto`, `pidfd` or `psutil`. Raises IdentityUnavailable."""
    if wanted == "pidfd" or (wanted == "auto" and has_pidfds()):
        if not has_pidfds():
            raise IdentityUnavailable("this kernel offers no pidfds; set ADDON_PORTAL_PROCESS_IDENTITY=psutil")
        return "pidfd"
    if find_spec("psutil") is None:
        raise IdentityUnavailable("processes are to be known through psutil, which is not installed; install it")
    return "psutil"


def open_processes(chosen: Chosen) -> Processes:
    """The way itself."""
    if chosen == "pidfd":
        return PidfdProcesses()
    from addon_portal.executors.processes.portable import PortableProcesses

    return PortableProcesses()


def has_pidfds() -> bool:
    """Whether pidfd_open(2) is there (Linux 5.3) and allowed."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True
