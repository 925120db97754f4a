"""What the kernel and the file system of this host can do, and which guarantee each ability buys.

Every ability is tried, not concluded from a version number, wherever trying is harmless. Promises to change nothing
that lasts: files it makes for a trial are removed. Leaves the database and running parts of the portal to `cli`.
"""

import contextlib
import ctypes
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from addon_portal.executors.control_groups.layout import CONTROLLERS, try_hierarchies
from addon_portal.executors.keeper_client import groups_beside_keeper, living_keeper
from addon_portal.executors.processes.pidfds import kernel_exit
from addon_portal.executors.processes.selection import IdentityUnavailable, choose
from addon_portal.shim import shim

MINIMUM_KERNEL = (5, 10)

_PR_GET_CHILD_SUBREAPER = 37
_CAP_SYS_RESOURCE = 24

LOCAL_FILE_SYSTEMS = frozenset({"ext4", "ext3", "xfs", "btrfs", "f2fs", "zfs", "bcachefs"})
VOLATILE_FILE_SYSTEMS = frozenset({"tmpfs", "ramfs", "overlay"})
REFUSED_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "glusterfs", "virtiofs"}
)
"""Their locks, renames or fsync do not hold what a run directory needs; `fuse` and `fuse.*` are refused as well."""

FREE_BYTES_WANTED = 1 << 30
FREE_BYTES_NEEDED = 64 << 20


@dataclass(frozen=True, slots=True)
class Feature:
    """One fact about this host.

    `buys` is the guarantee that hangs on it, `instead` what is used or what follows where it does not hold. A feature
    that is `needed` has no fallback: the portal must not be run without it.
    """

    code: str
    holds: bool
    found: str
    buys: str
    instead: str
    needed: bool = False

    @property
    def verdict(self) -> str:
        """`ok`, `fallback` (something weaker is used) or `problem`."""
        if self.holds:
            return "ok"
        return "problem" if self.needed else "fallback"


def detect(data_directory: Path, identity: str = "auto", control_groups: str = "auto") -> list[Feature]:
    """Look at everything once, for a data directory that may not exist yet, with settings as they are."""
    return [
        kernel(),
        pidfd(),
        process_identity(identity),
        pidfs_inodes(),
        pidfd_exit(),
        subreaper(),
        children_file(),
        splice(),
        *storage_features(data_directory),
        programs_are_separated(),
        oom_protection(data_directory / "keepers"),
        cgroup(control_groups, data_directory / "keepers"),
    ]


def storage_features(data_directory: Path) -> list[Feature]:
    """What is asked of the disk that holds the data directory."""
    place = nearest_existing(data_directory)
    return [file_system(place), durable_writes(place), holes(place), disk_room(place)]


def nearest_existing(path: Path) -> Path:
    """The path itself, or the nearest directory above it that exists."""
    return next(candidate for candidate in (path, *path.parents) if candidate.exists())


def kernel() -> Feature:
    """Linux 5.10 or newer."""
    release = os.uname().release
    match = re.match(r"(\d+)\.(\d+)", release)
    version = (int(match[1]), int(match[2])) if match and sys.platform == "linux" else (0, 0)
    return Feature(
        "kernel",
        version >= MINIMUM_KERNEL,
        f"{os.uname().sysname} {release}",
        "everything below",
        "Linux 5.10 is the oldest platform that is supported",
        needed=True,
    )


def pidfd() -> Feature:
    """pidfd_open(2), since Linux 5.3; forbidden by some container profiles."""
    found = "pidfd_open works"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as error:
        found = f"pidfd_open: {error.strerror}"
    return Feature(
        "pidfd",
        found == "pidfd_open works",
        found,
        "the end of a process is seen at once, and a signal never hits a stranger that got its number",
        "there is no replacement; allow the system call",
        needed=True,
    )


def process_identity(wanted: str) -> Feature:
    """How the supervisor knows processes, as set or as this kernel has it."""
    buys = "ends of programs are seen as they happen, told by the kernel, and no signal can hit a stranger"
    try:
        chosen = choose(wanted)
    except IdentityUnavailable as refusal:
        return Feature("process_identity", False, str(refusal), buys, "no supervisor can start", needed=True)
    return Feature(
        "process_identity",
        chosen == "pidfd",
        "pidfd" if chosen == "pidfd" else "psutil, experimental: number and creation time",
        buys,
        "an end that nobody announces is found by looking, within 1 s; the kernel is not asked how it ended, so a "
        "program that outlives shim and keeper ends as outcome_unknown; a number that changes hands at the instant "
        "of a signal is not noticed",
    )


def pidfs_inodes() -> Feature:
    """Since Linux 6.9 a pidfd has an inode number that no other process of this boot gets."""
    inodes = set()
    child = _spawn_waiting_child()
    try:
        for pid in (os.getpid(), child.pid):
            descriptor = os.pidfd_open(pid)
            inodes.add(os.fstat(descriptor).st_ino)
            os.close(descriptor)
    except OSError:
        inodes.clear()
    finally:
        child.end()
    return Feature(
        "pidfs_inodes",
        len(inodes) == 2,
        "two processes have two numbers" if len(inodes) == 2 else "all processes have the same number",
        "a process is told from every other of this boot by a number that is never used again",
        "process number, start ticks and boot id together identify a process",
    )


@dataclass(frozen=True, slots=True)
class _Child:
    """A process of ours that ends with code 7 as soon as it is told to."""

    pid: int
    told: int

    def end(self) -> None:
        """Let it end and reap it."""
        os.close(self.told)
        os.waitpid(self.pid, 0)


def _spawn_waiting_child() -> _Child:
    waits, told = os.pipe()
    program = [sys.executable, "-I", "-S", "-c", "import os; os.read(0, 1); os._exit(7)"]
    try:
        pid = os.posix_spawn(sys.executable, program, {}, file_actions=[(os.POSIX_SPAWN_DUP2, waits, 0)])
    finally:
        os.close(waits)
    return _Child(pid, told)


def pidfd_exit() -> Feature:
    """Ask the kernel for the exit status of a child that was reaped already (PIDFD_GET_INFO, Linux 6.15)."""
    child = _spawn_waiting_child()
    try:
        descriptor = os.pidfd_open(child.pid)
    except OSError:
        descriptor = None
    child.end()
    told = kernel_exit(descriptor) if descriptor is not None else None
    if descriptor is not None:
        os.close(descriptor)
    works = told is not None and told.exit_code == 7
    return Feature(
        "pidfd_exit",
        works,
        "PIDFD_GET_INFO tells the status of a reaped process" if works else "PIDFD_GET_INFO tells nothing here",
        "the exit code is known even when shim and keeper were both killed before the program ended",
        "such a run ends as outcome_unknown, with the interval in which it ended",
    )


def subreaper() -> Feature:
    """PR_SET_CHILD_SUBREAPER of prctl(2), since Linux 3.4."""
    answer = ctypes.c_int()
    works = ctypes.CDLL(None, use_errno=True).prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0) == 0
    return Feature(
        "subreaper",
        works,
        "prctl knows it" if works else "prctl refuses it",
        "a program whose shim was killed is adopted by the keeper, which records its true exit status",
        "there is no replacement",
        needed=True,
    )


def children_file() -> Feature:
    """`/proc/PID/task/TID/children`, there when the kernel has CONFIG_PROC_CHILDREN."""
    there = Path(f"/proc/self/task/{os.getpid()}/children").exists()
    return Feature(
        "children_file",
        there,
        "/proc/PID/task/TID/children exists" if there else "/proc/PID/task/TID/children is missing",
        "what a program leaves behind is found and ended quickly",
        "all of /proc is searched for children, which takes longer",
    )


def splice() -> Feature:
    """Copying inside the kernel, which Python offers since 3.10 as os.splice."""
    works = False
    if hasattr(os, "splice"):
        reader, writer = os.pipe()
        with tempfile.TemporaryFile() as file:
            os.write(writer, b"x")
            try:
                works = os.splice(reader, file.fileno(), 1) == 1
            except OSError:
                works = False
        os.close(reader)
        os.close(writer)
    return Feature(
        "splice",
        works,
        "splice from a pipe to a file works" if works else "splice does not work",
        "output is copied to its file inside the kernel",
        "output is copied through the shim's memory, at more CPU time",
    )


def file_system(place: Path) -> Feature:
    """The file system of an existing directory, from proc_pid_mountinfo(5)."""
    kind = file_system_type(place)
    refused = kind in REFUSED_FILE_SYSTEMS or kind == "fuse" or kind.startswith("fuse.")
    weak = f"{kind} forgets its files when the machine or container restarts: the evidence of runs goes with them"
    return Feature(
        "file_system",
        kind in LOCAL_FILE_SYSTEMS,
        kind,
        "locks, renames and fsync keep the evidence of runs through crashes and power cuts",
        "network and FUSE file systems are refused: put the data directory on a local disk"
        if refused
        else weak
        if kind in VOLATILE_FILE_SYSTEMS
        else f"{kind} has not been tried with the portal",
        needed=refused,
    )


def file_system_type(place: Path) -> str:
    """The type of the mount that holds a path (`ext4`, `nfs4`, `fuse.sshfs`, …), or `unknown`."""
    wanted = os.fspath(place.resolve())
    found, length = "unknown", -1
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields, _, rest = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), fields.split(" ")[4])
        inside = wanted == point or wanted.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= length:  # the last one mounted on a point hides those before it
            found, length = rest.split(" ", 1)[0], len(point)
    return found


def durable_writes(place: Path) -> Feature:
    """fsync(2) of a file and of its directory."""
    found = "fsync of file and directory works"
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".addon-portal-trial-") as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
            directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)
    except OSError as error:
        found = f"{place}: {error.strerror}"
    return Feature(
        "durable_writes",
        found.startswith("fsync"),
        found,
        "an accepted request and a recorded ending survive a power cut",
        "nothing can be stored: make the directory writable",
        needed=True,
    )


def holes(place: Path) -> Feature:
    """Giving back a part of a file (FALLOC_FL_PUNCH_HOLE of fallocate(2)), and being told where that was (lseek(2))."""
    works = False
    try:
        directory = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
        try:
            works = shim.tells_holes(directory, max(os.fstat(directory).st_blksize, 4096))
        finally:
            os.close(directory)
    except OSError:
        works = False
    return Feature(
        "holes",
        works,
        "a part of a file can be given back" if works else "a part of a file cannot be given back",
        "a log over its limit loses its oldest part, and offsets stay what they are",
        "limits of logs are not kept: a program that writes without end can fill the disk",
    )


def disk_room(place: Path) -> Feature:
    """Free bytes and inodes for the unprivileged, statvfs(3)."""
    room = os.statvfs(place)
    free = room.f_bavail * room.f_frsize
    no_inodes = room.f_files > 0 and room.f_favail < 1000
    return Feature(
        "disk_room",
        free >= FREE_BYTES_WANTED and not no_inodes,
        f"{free / (1 << 30):.1f} GiB free" + (", nearly no inodes left" if no_inodes else ""),
        "records of endings can be written; room for one is reserved before a program starts",
        "when the disk is full nothing can be started, and output waits until there is room: make room",
        needed=free < FREE_BYTES_NEEDED or no_inodes,
    )


def programs_are_separated() -> Feature:
    """Whether programs run under a user of their own. They do not yet, whoever the portal is."""
    return Feature(
        "separate_users",
        holds=False,
        found=f"programs run as uid {os.geteuid()}, as the portal itself",
        buys="a program cannot change the evidence about itself or about others",
        instead="run only programs that you trust; a hostile one could forge evidence and read the database",
    )


def oom_protection(keepers: Path) -> Feature:
    """Whether the keeper, and so its shims, are spared: proc_pid_oom_score_adj(5); whether it would be if none lives.

    A service manager may have lowered its score, which whoever asks us may not, or the other way about.
    """
    pid, (holds, found) = living_keeper(keepers), _may_lower_oom_score()
    with contextlib.suppress(OSError):  # it may leave just now
        if pid is not None:
            score = int(Path(f"/proc/{pid}/oom_score_adj").read_text())
            holds, found = score < 0, f"the keeper (pid {pid}) has an oom_score_adj of {score}"
    return Feature(
        "oom_protection",
        holds,
        found,
        "when memory runs out the kernel spares keeper and shims and takes the program",
        "the kernel may end a shim or the keeper; the other one then still records the ending",
    )


def _may_lower_oom_score() -> tuple[bool, str]:
    """Whether we have CAP_SYS_RESOURCE, as a keeper would that we start."""
    status = Path("/proc/self/status").read_text()
    match = re.search(r"^CapEff:\s*([0-9a-f]+)", status, re.MULTILINE)
    allowed = bool(match and int(match[1], 16) >> _CAP_SYS_RESOURCE & 1)
    may = "may lower its oom_score_adj" if allowed else "may not lower its oom_score_adj without CAP_SYS_RESOURCE"
    return allowed, f"no keeper was looked at; one that is started by whoever asks this {may}"


def cgroup(wanted: str, keepers: Path) -> Feature:
    """Whether control groups, cgroups(7), of either version can be made where the keeper is, not where we are asked."""
    versions = try_hierarchies(groups_beside_keeper(keepers)) if wanted == "auto" else {}
    found = ", ".join(f"{name} (version {versions[name]})" for name in sorted(CONTROLLERS) if name in versions)
    if "tree" in versions:
        found += f"{', ' if found else ''}the tree of version 2"
    return Feature(
        "cgroup",
        versions.keys() >= CONTROLLERS,
        found or ("none can be made here" if wanted == "auto" else "switched off by ADDON_PORTAL_CONTROL_GROUPS"),
        "limits on memory, processors and processes of a run and all that it starts; out_of_memory is told apart; and "
        "what a limited run left behind is found and proven gone also without shim and keeper",
        "what is missing of memory, cpu and pids stands in for: memory by the address space of each single process, "
        "pids by the number of processes of the portal's user (for root by nothing), cpu by nothing; "
        "each limited run says in its evidence what its limits are worth",
    )
