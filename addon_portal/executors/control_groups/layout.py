"""Where on this host control groups can be made: the hierarchies that are mounted, and a process's place in each.

Reads and changes nothing. Promises to name only places that are ours to divide: below a group of ours, and not where
systemd manages the groups and has not handed it over.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CONTROLLERS = frozenset({"memory", "cpu", "pids"})
OURSELVES = "addon-portal-itself"
"""On version 2 a group holds either processes or groups with limits, so whoever lived in ours moves to this one."""

_SYSTEMD = Path("/run/systemd/system")
_DELEGATED = ("user.delegate", "trusted.delegate")


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """One tree of groups: those of our controllers that it has, and the directory of our own group in it."""

    version: int
    controllers: frozenset[str]
    own: str


def find_hierarchies(proc: Path = Path("/proc/self"), of: str = "cgroup") -> list[Hierarchy]:
    """All trees in which we may make groups, those with controllers and the unified one first named as mounted.

    Below our own groups, or below those of another process: `of` is its proc_pid_cgroup(5).
    """
    try:
        mounts, groups = (proc / "mountinfo").read_text(), (proc / of).read_text()
    except OSError:
        return []
    return [tree for tree in _read(mounts, _own_groups(groups)) if may_be_divided(tree.own)]


def may_be_divided(own: str) -> bool:
    """Whether groups below this one are ours to make."""
    return os.access(own, os.W_OK) and (not _SYSTEMD.exists() or is_handed_over(own))


def is_handed_over(own: str) -> bool:
    """Whether systemd says that it leaves what is below to us (Delegate=)."""
    return any(_has_attribute(own, name) for name in _DELEGATED)


def _has_attribute(path: str, name: str) -> bool:
    try:
        return os.getxattr(path, name) == b"1"
    except OSError:
        return False


def _own_groups(text: str) -> dict[str, str]:
    """Our group by controller, from proc_pid_cgroup(5); the unified hierarchy has the empty name."""
    own: dict[str, str] = {}
    for line in text.splitlines():
        _, controllers, group = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), group))
    return own


def _read(mounts: str, own: dict[str, str]) -> Iterator[Hierarchy]:
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        root, point = (_unescaped(field) for field in fields.split(" ")[3:5])
        if kind == "cgroup2" and "" in own:
            directory = _below(root, point, own[""])
            if directory is not None:
                yield Hierarchy(2, _controllers_of(directory), directory)
        elif kind == "cgroup":
            controllers = CONTROLLERS & set(options.split(",")) & own.keys()
            directory = _below(root, point, own[min(controllers)]) if controllers else None
            if directory is not None:
                yield Hierarchy(1, frozenset(controllers), directory)


def _below(root: str, point: str, group: str) -> str | None:
    """Where a group is seen through a mount that may show only a part of the tree."""
    if group != root and not group.startswith(root.rstrip("/") + "/"):
        return None
    directory = os.path.normpath(point + "/" + group[len(root) :])
    if os.path.basename(directory) == OURSELVES:  # noqa: PTH119  text, as everything here
        directory = os.path.dirname(directory)  # noqa: PTH120
    return directory if os.path.isdir(directory) else None  # noqa: PTH112


def _controllers_of(directory: str) -> frozenset[str]:
    try:
        return CONTROLLERS & set(Path(directory, "cgroup.controllers").read_text().split())
    except OSError:
        return frozenset()


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), field)


def try_hierarchies(trees: list[Hierarchy]) -> dict[str, int]:
    """Which controllers groups can be made with, and of which version; makes a group in each tree for a moment.

    On version 2 handing controllers on would move those who live in our group, so that part is not tried here.
    """
    found: dict[str, int] = {}
    for tree in trees:
        trial = f"{tree.own}/addon-portal-trial-{os.getpid()}"
        try:
            os.mkdir(trial, 0o755)  # noqa: PTH102
            os.rmdir(trial)  # noqa: PTH106
        except OSError:
            continue
        found |= dict.fromkeys([*sorted(tree.controllers), *(["tree"] if tree.version == 2 else [])], tree.version)
    return found
