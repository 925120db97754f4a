"""The ways to know processes, each of which has to pass what is said to hold for all."""

from typing import get_args

from addon_portal.executors.host_features import pidfd_exit
from addon_portal.executors.processes.selection import Chosen

IDENTITIES: tuple[Chosen, ...] = get_args(Chosen)


def kernel_tells(identity: Chosen) -> bool:
    """Whether a supervisor that knows processes this way is told how one ended that somebody else has reaped."""
    return identity == "pidfd" and pidfd_exit().holds
