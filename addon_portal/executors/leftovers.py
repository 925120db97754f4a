"""What a program has left behind where shim and keeper are both dead: found, ended, and said to be gone.

By the run's control group where it has one, which knows all its members; else by the run's id in the environment and by
the program's session, which can miss some. Promises that nothing but what belongs to the run is killed.
"""

import signal
from dataclasses import replace

from addon_portal.domain.clock import Clock
from addon_portal.domain.ids import RunId
from addon_portal.domain.verdict import RunEvidence, Tree
from addon_portal.executors import run_files
from addon_portal.executors.control_groups.groups import ControlGroups
from addon_portal.executors.processes.contract import Processes
from addon_portal.executors.run_evidence import cookie_of


class Leftovers:
    """See the module."""

    def __init__(self, groups: ControlGroups, processes: Processes, clock: Clock) -> None:
        self._groups = groups
        self._processes = processes
        self._clock = clock

    def prove(self, seen: RunEvidence, run_id: RunId) -> RunEvidence:
        """A keeper that could only assume that nothing is left may be proven right by the run's group."""
        assumed = seen.records.done is not None and seen.records.done.proof == "assumed"
        if assumed and self._groups.has(run_id) and self._groups.is_empty(run_id):
            return replace(seen, tree=Tree.PROVEN_EMPTY)
        return seen

    def end(self, run_id: RunId, directory: str, session: int | None) -> Tree:
        """Kill what is left, and say what is known of the tree then. May be repeated until that is something."""
        if self.kill_members(run_id, session):
            return Tree.UNCHECKED
        if not self._groups.has(run_id):
            return Tree.ASSUMED_EMPTY
        if not self._groups.is_empty(run_id):
            return Tree.UNCHECKED
        run_files.write_done(directory, run_id, self._clock.now(), self._groups.killed(run_id))
        return Tree.PROVEN_EMPTY

    def kill_members(self, run_id: RunId, session: int | None) -> bool:
        """Kill all processes that can be told to be the run's; whether there were any."""
        members = list(self._processes.find_members(cookie_of(run_id), session))
        for member in members:
            held = self._processes.hold(member)
            if held is not None:
                held.send_signal(signal.SIGKILL)
                held.close()
        return bool(members)
