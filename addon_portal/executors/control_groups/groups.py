"""The control groups of the runs that have limits: made before a run starts, and gone after it.

A run without limits is not known here and costs nothing. Promises that making may be repeated; that what cannot be made
is said, with what stands in for it; that nothing is killed or removed but the groups of a run that is named; and that
"empty" is the kernel's word. All it needs to find a run's groups again is their place, which `DATA/control-groups`
lists. The stub enters them (`shim.limit_ourselves`), the shim or keeper reads what was counted.
"""

import contextlib
import errno
import os
import signal
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import structlog

from addon_portal.domain.ids import RunId, has_form
from addon_portal.domain.limits import Limits
from addon_portal.executors.control_groups.layout import OURSELVES, Hierarchy, find_hierarchies
from addon_portal.executors.processes import place
from addon_portal.executors.processes.contract import Processes
from addon_portal.executors.processes.pidfds import read_stat

log = structlog.get_logger()

CONTROLLER_OF = {"memory_bytes": "memory", "cpus": "cpu", "pids": "pids"}
PERIOD_MICROSECONDS = 100_000

NO_GROUPS = "control groups cannot be made here"
SWITCHED_OFF = "control groups are switched off (ADDON_PORTAL_CONTROL_GROUPS=off)"
_ADDRESS_SPACE = "the address space of each single process is limited instead, and nobody counts what fails for it"
_USERS_PROCESSES = "the processes of the portal's user are limited instead, all of them together"
_NOTHING = {
    "memory_bytes": "it may use all memory there is",
    "cpus": "it may use all processors",
    "pids": "it may start any number of processes, since the kernel excepts root from the limit that would stand in",
}


class ControlGroups:
    """See the module. `wanted` is `auto` or `off`."""

    def __init__(
        self,
        data: Path,
        wanted: str = "auto",
        find: Callable[[], list[Hierarchy]] = find_hierarchies,
    ) -> None:
        self._list = data / "control-groups"
        self._find = find if wanted == "auto" else list
        self._why_not = NO_GROUPS if wanted == "auto" else SWITCHED_OFF
        status = data.stat()
        self._name = f"addon-portal-{status.st_dev:x}-{status.st_ino:x}"
        self._trees: list[Hierarchy] | None = None
        self._bases: dict[str, str] = {}
        """Where the groups of runs lie, by controller, and for `tree` any; made when the first run needs one."""
        self._leaving: set[RunId] = set()
        self._killed: dict[RunId, int] = {}
        self._runs: set[RunId] = set(self._list_runs())
        """Who has a group anywhere, also of an earlier supervisor."""

    def has(self, run_id: RunId) -> bool:
        """Whether the run may have groups."""
        return run_id in self._runs

    # Before a run.

    def make(self, run_id: RunId, limits: Limits) -> dict[str, object]:
        """Make the run's groups with its limits; returns what the spec says of them, also of what cannot be had."""
        groups: dict[str, str] = {}
        rlimits: dict[str, int] = {}
        kept: dict[str, object] = {}
        all_wanted = limits.wanted()
        nowhere = self._look() if all_wanted else None
        for name, wanted in all_wanted.items():
            problem = nowhere or self._make(run_id, name, wanted, groups)
            by, note = ("cgroup", None) if problem is None else _stand_in(name, wanted, rlimits)
            kept[name] = {"wanted": wanted, "enforced_by": by, "note": note and f"{problem}; {note}"}
        if groups:
            self._make_tree(run_id, groups)
        return {"limits": kept, "control_groups": groups, "rlimits": rlimits}

    def _make(self, run_id: RunId, name: str, wanted: float, groups: dict[str, str]) -> str | None:
        """Why the limit cannot be had; None if it is set."""
        controller = CONTROLLER_OF[name]
        base = self._bases.get(controller)
        if base is None:
            return f"no control group has the controller {controller}"
        directory = f"{base}/{run_id}"
        try:
            self._make_directory(run_id, directory)
            _set_limit(directory, name, wanted)
        except OSError as error:
            return f"its control group ({controller}) cannot be made: {error.strerror}"
        groups[controller] = directory
        return None

    def _make_tree(self, run_id: RunId, groups: dict[str, str]) -> None:
        """One that is there for its members alone; where it is of version 2 the kernel ends them all at once."""
        tree = next(iter(groups.values()))
        unified = self._bases.get("tree")
        if unified is not None:
            with contextlib.suppress(OSError):
                self._make_directory(run_id, f"{unified}/{run_id}")
                tree = f"{unified}/{run_id}"
        groups["tree"] = tree

    def _make_directory(self, run_id: RunId, directory: str) -> None:
        self._runs.add(run_id)
        with contextlib.suppress(FileExistsError):
            os.mkdir(directory, 0o755)  # noqa: PTH102  text, as all paths of groups

    def _look(self) -> str | None:
        """See where groups can be made by now, into `_bases`; why nowhere, if so."""
        try:
            trees = self._find()
            if trees != self._trees:  # the first time, or a keeper lives elsewhere than the one before
                self._bases = dict(self._make_bases(trees))
                self._remember(set(self._bases.values()))
                self._trees = trees  # only now: nobody would find later what is not remembered
        except OSError as error:
            return f"{NO_GROUPS}: {error.strerror}"
        return None if self._bases else self._why_not

    def _make_bases(self, trees: list[Hierarchy]) -> Iterator[tuple[str, str]]:
        for tree in trees:
            try:
                controllers = _open_for_groups(tree) if tree.version == 2 else tree.controllers
                base = f"{tree.own}/{self._name}"
                with contextlib.suppress(FileExistsError):
                    os.mkdir(base, 0o755)  # noqa: PTH102
                if tree.version == 2:
                    _hand_on(base, controllers)
                    yield "tree", base
            except OSError as error:
                log.warning("control_group_refused", directory=tree.own, error=str(error))
                continue
            for controller in controllers:
                yield controller, base

    def _remember(self, bases: set[str]) -> None:
        """Have later supervisors, which may live in other groups, find these."""
        known = set(self._known_bases())
        if bases - known:
            content = "".join(f"{base}\n" for base in sorted(bases | known))
            temporary = self._list.with_suffix(".tmp")
            temporary.write_text(content)
            temporary.replace(self._list)

    def _known_bases(self) -> list[str]:
        try:
            return self._list.read_text().splitlines()
        except FileNotFoundError:
            return []

    # After a run.

    def is_empty(self, run_id: RunId) -> bool:
        """Whether nothing lives in any group of the run, by the kernel's word."""
        return all(_is_empty(directory) for directory in self.directories(run_id))

    def count_oom_kills(self, run_id: RunId) -> int:
        """How many members the kernel has killed for lack of memory; 0 where that is not counted."""
        return sum(map(_oom_kills, self.directories(run_id))) if run_id in self._runs else 0

    def kill(self, run_id: RunId, processes: Processes) -> None:
        """Kill all members of the run's groups. May be repeated until `is_empty` says that nothing is left."""
        if run_id in self._runs and not self.is_empty(run_id):
            killed = [_kill_members(directory, processes) for directory in self.directories(run_id)]
            self._killed[run_id] = self.killed(run_id) + max(killed, default=0)

    def killed(self, run_id: RunId) -> int:
        """How many members this supervisor has killed; those that were still dying at the next look count again."""
        return self._killed.get(run_id, 0)

    def let_go(self, run_id: RunId) -> None:
        """Remove the groups of a run that is final; what still has members, which are dying, is tried again."""
        if run_id in self._runs and not self._remove(run_id):
            self._leaving.add(run_id)

    def tick(self) -> None:
        """Try again what could not be removed."""
        for run_id in list(self._leaving):
            self._remove(run_id)

    def close(self) -> None:
        """Remove what holds the groups of runs, where there is none any more; it is made again when it is needed."""
        for base in self._known_bases():
            with contextlib.suppress(OSError):
                os.rmdir(base)  # noqa: PTH106
        self._trees, self._bases = None, {}

    def _remove(self, run_id: RunId) -> bool:
        for directory in self.directories(run_id):
            try:
                os.rmdir(directory)  # noqa: PTH106
            except OSError as error:
                if error.errno != errno.ENOENT:
                    return False
        self._runs.discard(run_id)
        self._killed.pop(run_id, None)
        self._leaving.discard(run_id)
        return True

    def remove_leftovers(self, active: Collection[RunId]) -> None:
        """Remove the groups of all other runs, which a crash has left behind; one with members is only named."""
        for run_id in self._runs.difference(active):
            self.let_go(run_id)
            if run_id in self._leaving:
                log.warning("control_group_not_empty", run_id=run_id)

    def directories(self, run_id: RunId) -> list[str]:
        """Where the run's groups are."""
        bases = set(self._bases.values()).union(self._known_bases())
        directories = [f"{base}/{run_id}" for base in sorted(bases)]
        return [directory for directory in directories if os.path.isdir(directory)]  # noqa: PTH112

    def _list_runs(self) -> Iterator[RunId]:
        for base in self._known_bases():
            with contextlib.suppress(OSError):
                yield from (RunId(name) for name in os.listdir(base) if has_form("run_", name))  # noqa: PTH208


def _stand_in(name: str, wanted: float, rlimits: dict[str, int]) -> tuple[str, str]:
    """What keeps a limit that no group keeps, setrlimit(2), and what that is worth."""
    if name == "memory_bytes":
        rlimits["AS"] = int(wanted)
        return "rlimit", _ADDRESS_SPACE
    if name == "pids" and os.geteuid() != 0:
        rlimits["NPROC"] = int(wanted)
        return "rlimit", _USERS_PROCESSES
    return "nothing", _NOTHING[name]


def _set_limit(directory: str, name: str, wanted: float) -> None:
    """Write a limit in the words of whichever version the group is of. Raises OSError."""
    quota = str(round(wanted * PERIOD_MICROSECONDS))
    match name:
        case "pids":
            _write(directory, "pids.max", str(int(wanted)))
        case "cpus" if _has(directory, "cpu.max"):
            _write(directory, "cpu.max", f"{quota} {PERIOD_MICROSECONDS}")
        case "cpus":
            _write(directory, "cpu.cfs_period_us", str(PERIOD_MICROSECONDS))
            _write(directory, "cpu.cfs_quota_us", quota)
        case _ if _has(directory, "memory.max"):
            _write(directory, "memory.max", str(int(wanted)))
            _write_if_there(directory, "memory.swap.max", "0")
        case _:
            # Of the two neither may pass the other at any time: when a limit is lowered, memory goes first.
            _write(directory, "memory.limit_in_bytes", str(int(wanted)))
            _write_if_there(directory, "memory.memsw.limit_in_bytes", str(int(wanted)))


def _open_for_groups(tree: Hierarchy) -> frozenset[str]:
    """Let groups below our own have limits: our own must not hold processes then, cgroups(7)."""
    if not tree.controllers:
        return tree.controllers
    try:
        _hand_on(tree.own, tree.controllers)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        leaf = f"{tree.own}/{OURSELVES}"
        with contextlib.suppress(FileExistsError):
            os.mkdir(leaf, 0o755)  # noqa: PTH102
        for pid in _members(tree.own):
            with contextlib.suppress(ProcessLookupError):
                _write(leaf, "cgroup.procs", str(pid))
        _hand_on(tree.own, tree.controllers)
    return tree.controllers


def _hand_on(directory: str, controllers: frozenset[str]) -> None:
    """Have the groups below this one be limited by these controllers."""
    missing = controllers - set(_read(directory, "cgroup.subtree_control").split())
    if missing:
        _write(directory, "cgroup.subtree_control", " ".join(f"+{name}" for name in sorted(missing)))


def _is_empty(directory: str) -> bool:
    try:
        if _has(directory, "cgroup.events"):
            return "populated 0" in _read(directory, "cgroup.events").splitlines()
        return not _members(directory)
    except OSError as error:
        return error.errno in {errno.ENOENT, errno.ENODEV}  # removed, which only an empty one can be


def _oom_kills(directory: str) -> int:
    """Version 1 and 2 have it in different files, in the same words."""
    for name in ("memory.events", "memory.oom_control"):
        with contextlib.suppress(OSError):
            counted = dict(line.split(maxsplit=1) for line in _read(directory, name).splitlines())
            return int(counted.get("oom_kill", 0))
    return 0


def _kill_members(directory: str, processes: Processes) -> int:
    """All at once where the kernel can (Linux 5.14), else one by one, each through what cannot mean a stranger."""
    members: list[int] = []
    with contextlib.suppress(FileNotFoundError):
        members = _members(directory)
        if _has(directory, "cgroup.kill"):
            _write(directory, "cgroup.kill", "1")
            return len(members)
        for pid in members:
            stat = read_stat(pid)
            held = None if stat is None else processes.hold(place.identify(pid, stat.start_ticks))
            if held is not None:
                if pid in _members(directory):
                    held.send_signal(signal.SIGKILL)
                held.close()
    return len(members)


def _members(directory: str) -> list[int]:
    return [int(pid) for pid in _read(directory, "cgroup.procs").split()]


def _has(directory: str, name: str) -> bool:
    return os.path.exists(f"{directory}/{name}")  # noqa: PTH110


def _read(directory: str, name: str) -> str:
    with open(f"{directory}/{name}") as file:  # noqa: PTH123
        return file.read()


def _write_if_there(directory: str, name: str, text: str) -> None:
    if _has(directory, name):
        _write(directory, name, text)


def _write(directory: str, name: str, text: str) -> None:
    """In one write(2), which the kernel takes as one order."""
    descriptor = os.open(f"{directory}/{name}", os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
