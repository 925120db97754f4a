"""The children of a keeper: the shims it forked, and what it adopted from shims that died.

Promises that the true end of an adopted program is on disk before the kernel may forget it, and that nothing is killed
unless the end of its run was asked for. Leaves starting and answering to `keeper`, and what a record means to the
supervisor.
"""

from __future__ import annotations

import os

from addon_portal.shim import shim

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from typing import Any, Callable, Dict, List, Optional, Set, Tuple
else:
    from addon_portal.shim.shim import signal

COOKIE = b"ADDON_PORTAL_RUN_ID="
MARKER = ".addon-portal-run-root"
PF_EXITING = 0x4  # include/linux/sched.h


class Children:
    """All processes whose parent we are, and what is owed to each. Only here are they reaped."""

    def __init__(self, data: str, keeper: str) -> None:
        self.runs, self.hints, self.keeper = os.path.join(data, "runs"), os.path.join(data, "hints"), keeper
        self.shims: Dict[int, str] = {}
        self.shim_of: Dict[str, int] = {}
        self.spares: Set[int] = set()  # shims that have no run yet
        self.programs: Dict[int, str] = {}  # adopted, and their end is not on disk yet
        self.kept: Dict[int, str] = {}  # zombies that could not be dealt with yet, and when they were first seen
        self.ending: Dict[str, Dict[int, int]] = {}  # runs that are to end, and whom we killed for it: pid, start
        self.retry_seconds: Optional[float] = None  # settle again after this, although no child has ended
        self.outputs: Dict[str, int] = {}  # the FIFOs of those whose shims live: with one open, nothing in it is lost
        self.unread: Dict[str, int] = {}  # and of those whose shims died; the supervisor reads them

    def add_shim(self, pid: int, run: str, *fifo: int) -> None:
        """Remember whose shim this child is, and keep open what its program writes to."""
        self.spares.discard(pid)
        self.shims[pid], self.shim_of[run] = run, pid
        for descriptor in fifo:
            self.outputs[run] = descriptor

    def settle(self) -> None:
        """Deal with every child that has ended, and go on with the runs that are to end. May always be repeated."""
        self.retry_seconds = None
        for pid in list(self.kept):
            self.deal_with(os.waitid(os.P_PID, pid, shim.PEEK))
        ended = self.peek()
        while ended is not None:
            self.deal_with(ended)
            ended = self.peek()
        for run in list(self.ending):
            self.go_on_ending(run)
        self.let_go_of_output()

    def adopted(self, run: str) -> str:
        """Who has to record that run's end: its shim, we, or nobody here."""
        self.settle()
        if run in self.shim_of:
            return "shim_alive"
        return "mine" if run in self.programs.values() else "not_mine"

    def end(self, run: str) -> str:
        """Kill what we adopted of that run and write `done.json`; "busy" until the last of them is dead."""
        self.settle()
        if run in self.shim_of:
            return "shim_alive"
        if run not in self.ending:
            self.ending[run] = {}
            self.go_on_ending(run)
        return "busy" if run in self.ending else "ended"

    def is_empty(self) -> bool:
        """Whether we are nobody's parent, not even a zombie's."""
        try:
            os.waitid(os.P_ALL, 0, shim.PEEK)
            return False
        except ChildProcessError:
            return True

    # One that has ended.

    def peek(self) -> Optional[Any]:
        """A child that has ended and that we do not keep, or None."""
        if self.is_empty():
            return None
        ended = os.waitid(os.P_ALL, 0, shim.PEEK)
        if ended is None or ended.si_pid not in self.kept:
            return ended
        for pid in shim.children():  # waitid(2) shows the first zombie only, and that one stays
            if pid not in self.kept:
                ended = os.waitid(os.P_PID, pid, shim.PEEK)
                if ended is not None:
                    return ended
        return None

    def deal_with(self, ended: Any) -> None:
        """Take over from a shim, or record a program; then reap. What cannot be done now keeps the zombie."""
        pid = ended.si_pid
        if pid not in self.shims and pid not in self.programs:
            self.deal_with_dead_shims()
        at, run = self.kept.get(pid) or shim.now_text(), self.programs.get(pid)
        try:
            if pid in self.shims:
                self.take_over(pid)
            elif pid in self.programs:
                self.record(ended, at)
            elif any(other in self.shims for other in self.kept):
                raise OSError("it may be the program of a shim whose records cannot be read now")
        except OSError:
            self.kept[pid], self.retry_seconds = at, shim.RETRY_SECONDS
            return
        self.kept.pop(pid, None)
        os.waitpid(pid, 0)
        self.spares.discard(pid)
        if run is not None:
            shim.faultpoint("keeper.reaped", run)

    def deal_with_dead_shims(self) -> None:
        """Before a stranger is judged: its shim may be a zombie too, and not have been looked at."""
        for pid in list(self.shims):
            ended = None if pid in self.kept else os.waitid(os.P_PID, pid, shim.PEEK)
            if ended is not None:
                self.deal_with(ended)

    def take_over(self, pid: int) -> None:
        """A shim has ended: unless it had everything done, its program is our child now, alive or a zombie."""
        run = self.shims[pid]
        child = self.look_into(run, find_program)
        if child is not None and is_our_child(child["pid"], child["start_ticks"]):
            self.programs[child["pid"]] = run
        output = self.outputs.pop(run, None)
        if child is not None and output is not None:
            self.unread[run] = output
        elif output is not None:
            os.close(output)
        del self.shims[pid], self.shim_of[run]

    def has_unread_output(self) -> bool:
        """Whether anything would be lost if we went, once nobody is left who could write more."""
        return any(shim.unread_bytes(output) for output in self.unread.values())

    def let_go_of_output(self) -> None:
        """Close what has been read to its end: whoever did that removed the FIFO's name."""
        for run, output in list(self.unread.items()):
            if os.fstat(output).st_nlink == 0:
                os.close(output)
                del self.unread[run]

    def record(self, ended: Any, at: str) -> None:
        """Write how an adopted program ended."""
        run = self.programs[ended.si_pid]
        shim.faultpoint("keeper.peeked", run)
        event = self.look_into(run, record_end, run, ended, at)
        if event is not None:
            shim.hint(self.hints, run, event)
        shim.faultpoint("keeper.recorded", run)
        del self.programs[ended.si_pid]

    def look_into(self, run: str, act: Callable[..., Any], *arguments: Any) -> Any:
        """`act` on a run's directory; None if that was deleted: nothing can be recorded and nobody could read it.

        Raises OSError where it cannot be known; without its marker file, the run root may only be unmounted.
        """
        try:
            directory = os.open(os.path.join(self.runs, run), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            if os.path.exists(os.path.join(self.runs, MARKER)):
                return None
            raise
        try:
            return act(directory, *arguments)
        finally:
            os.close(directory)

    # A run that is to end.

    def go_on_ending(self, run: str) -> None:
        """Kill what is left of a run; once nothing is, write `done.json`."""
        try:
            child = self.look_into(run, shim.read_record, "child.json") or {}
            nothing_left, sure = self.kill_all_of(run, child.get("pid"))
            if not nothing_left:
                return
            proof = "no_children" if sure and child.get("keeper") == self.keeper else "assumed"
            self.look_into(run, write_done, run, proof, len(self.ending[run].keys() - {child.get("pid")}))
        except OSError:
            self.retry_seconds = shim.RETRY_SECONDS
            return
        del self.ending[run]
        shim.hint(self.hints, run, "done")

    def kill_all_of(self, run: str, session: Optional[int]) -> Tuple[bool, bool]:
        """Kill the run's processes among our children: whether there were none, and whether each other one is known."""
        nothing_left = sure = True
        for pid in [pid for pid in shim.children() if pid not in self.shims and pid not in self.spares]:
            owner, dying = self.owner_of(pid, run, session), is_dying(pid)
            if owner == run or (dying and pid not in self.kept):
                nothing_left = False  # also while somebody dies: what that one leaves becomes our child only then
            elif owner is None:
                sure = False
            if owner == run and not dying and shim.kill(pid, signal.SIGKILL) and pid not in self.ending[run]:
                self.ending[run][pid] = shim.stat_fields(pid, 22)[0]
                if pid in self.programs:
                    self.look_into(run, note_kill, run)
        return nothing_left, sure

    def owner_of(self, pid: int, run: str, session: Optional[int]) -> Optional[str]:
        """The run a child belongs to: by what we know, by the cookie in its environment, by the program's session."""
        if pid in self.programs:
            return self.programs[pid]
        its_session, start_ticks = shim.stat_fields(pid, 6, 22)
        if self.ending[run].get(pid) == start_ticks:  # it has no environment any more
            return run
        environment = shim.attempt(shim.read_file, "/proc/%d/environ" % pid) or b""  # refused if it is not dumpable
        for variable in environment.split(b"\0"):
            if variable.startswith(COOKIE):
                return str(variable[len(COOKIE) :].decode(errors="replace"))
        return run if its_session == session else None


def is_dying(pid: int) -> bool:
    """Whether a child has ended or is about to; not so if only its first thread has."""
    flags, threads = shim.stat_fields(pid, 9, 20)
    return bool(flags & PF_EXITING) and threads <= 1


def is_our_child(pid: int, start_ticks: int) -> bool:
    """Whether that very process, alive or zombie, is a child of ours; its number may have been given away again."""
    try:
        os.waitid(os.P_PID, pid, shim.PEEK)
        return shim.stat_fields(pid, 22) == [start_ticks]
    except OSError:
        return False


# What is done in a run's directory.


def find_program(directory: int) -> Optional[Any]:
    """The identity of a program whose shim may have left something to do."""
    return None if shim.exists(directory, "done.json") else shim.read_record(directory, "child.json")


def read_signals(directory: int) -> List[Any]:
    """The signals that the dead shim, or we, sent the program while it lived."""
    signals: List[Any] = (shim.read_record(directory, "signals.json") or {}).get("signals", [])
    return signals


def record_end(directory: int, run: str, ended: Any, at: str) -> str:
    """Write `exit.json` in the shim's stead, or find that no code of the program ran; returns the hint for it."""
    spec = shim.read_record(directory, "spec.json") or {}
    event = shim.record_end(directory, spec, run, ended, at, "keeper", read_signals(directory))
    shim.sync_end(directory)
    return event


def note_kill(directory: int, run: str) -> None:
    """Note that we killed the program itself, where its exit record will take it from."""
    sent = {"signal": signal.SIGKILL, "at": shim.now_text(), "why": "stop", "to": "tree"}
    record = {"version": shim.VERSION, "run": run, "signals": [*read_signals(directory), sent]}
    shim.write_record(directory, "signals", record, durable=False)


def write_done(directory: int, run: str, proof: str, killed: int) -> None:
    """Say that nothing of the run is left among our children."""
    record = {"version": shim.VERSION, "run": run, "at": shim.now_text(), "by": "keeper", "proof": proof}
    record.update(killed=killed, output_bytes=0, max_rss_bytes=None)
    log = shim.attempt(os.stat, os.path.join("/proc/self/fd/%d" % directory, "output.log"))
    if log is not None:
        record["output_bytes"] = log.st_size
    if not shim.exists(directory, "done.json"):
        shim.write_record(directory, "done", record, durable=False)
