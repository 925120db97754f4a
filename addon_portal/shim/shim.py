"""One process per run: starts a program behind a gate, copies its output, waits for it and writes down how it ended.

Promises that no user code runs before its identity is on disk, that the wait status is on disk before the kernel may
forget it, that nothing the program started outlives it, and that the run's lock is held for as long as this process
lives. Leaves to the keeper what remains when this process is killed, and to the supervisor what the records mean.
`docs/design/shim.md` is the contract. Needs Linux and Python 3.8, and nothing else of this product.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import resource  # os.wait4 imports it too, and once here is less than once in every shim
import select
import struct
import sys
import time

# Every run pays for our imports: a forked process copies each page on which it touches an object. So no datetime, no
# contextlib, no typing, and signal without the enums around it; together they would be a third of our memory.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    import socket
    from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, Tuple

    Record = Dict[str, Any]
else:
    import _signal as signal
    import _socket as socket

VERSION = 1
NEVER = float("inf")
NOT_OPEN = -1
CHUNK_BYTES = 1 << 20
RESERVED_BYTES = 4096
SYNC_SECONDS = 0.02  # after the end: whoever was told writes to the same disk now, and somebody waits for that
TERMINAL_SECONDS = 5.0  # so long a terminal may carry the last output when all that we know of are dead
EXEC_KIB = 4 << 10  # more than what a stub uses after its report: two copies of what execve(2) takes at most
RETRY_SECONDS = 1.0  # a full disk is asked again this often
INDEX_SECONDS = 0.1
NOTE_SECONDS = 1.0  # what the program says of itself is written down this often at most
LONGEST_ADDRESS, LONGEST_MESSAGE, LONGEST_STATUS = 107, 4096, 500  # bytes, the first by unix(7); the last characters
LEAST_DROP, LARGEST_DROP = 64 << 10, 16 << 20  # bytes of a log over its limit that are taken off the disk at once
REST_SECONDS = 0.001  # after a small chunk, so that a program that writes line by line does not wake us for each

PR_SET_CHILD_SUBREAPER = 36
F_SETPIPE_SZ, F_GETPIPE_SZ, FIONREAD = 1031, 1032, 0x541B
SPLICE_F_NONBLOCK = 2
FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE = 1, 2
INT = struct.Struct("i")
PF_FORKNOEXEC = 0x40  # include/linux/sched.h: was forked and has not executed anything yet
PEEK = os.WEXITED | os.WNOHANG | os.WNOWAIT

IGNORED = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGPIPE)
WAKING = (signal.SIGCHLD, signal.SIGUSR1)

LIBC = ctypes.CDLL(None)
PUNCH = getattr(LIBC, "fallocate64", None) or LIBC.fallocate  # musl has one name for both
HOST: Record = {}  # filled once by host_identity; a forked shim has it from its keeper
INHERITED: Dict[int, Tuple[int, int]] = {}  # limits as they were before our keeper raised its own
FAULTPOINTS = json.loads(os.environ.get("ADDON_PORTAL_FAULTPOINTS") or "{}")


def faultpoint(name: str, run: str) -> None:
    """A point where a test may stop, kill or pause us, in every run or in `name@run`; nothing otherwise."""
    if FAULTPOINTS:
        action = FAULTPOINTS.get(name + "@" + run) or FAULTPOINTS.get(name) or ""
        if action in {"stop", "kill"}:
            os.kill(os.getpid(), signal.SIGSTOP if action == "stop" else signal.SIGKILL)
        elif action.startswith("pause:"):
            with open(action[6:] + ".reached", "w") as reached:
                reached.write("%s %d\n" % (name, os.getpid()))
            while not os.path.exists(action[6:]):
                time.sleep(REST_SECONDS)


def attempt(act: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What it returns; None where the system refused and that does not matter."""
    try:
        return act(*arguments, **options)
    except OSError:
        return None


# What the kernel says about processes.


def read_file(path: str, directory: Optional[int] = None) -> bytes:
    """All of a file, also where /proc gives a page at a time."""
    descriptor, content = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory), b""
    try:
        while True:
            piece = os.read(descriptor, 65536)
            if not piece:
                return content
            content += piece
    finally:
        os.close(descriptor)


def stat_fields(pid: int, *numbers: int) -> List[int]:
    """Fields of /proc/PID/stat by their number in proc_pid_stat(5); a zombie has them too."""
    content = read_file("/proc/%d/stat" % pid)
    fields = content[content.rindex(b")") + 2 :].split()  # the name, field 2, may hold spaces and brackets
    return [int(fields[number - 3]) for number in numbers]


def identity(pid: int) -> Record:
    """What tells this process from a later one with its number; ask for a child that is not reaped, or for oneself.

    The inode of a pidfd is given to no other process in this boot, but only since Linux 6.9: before, all had the same.
    """
    record = {"pid": pid, "start_ticks": stat_fields(pid, 22)[0], "pidfs_inode": None}
    if hasattr(os, "pidfd_open"):  # Python 3.9
        descriptor = os.pidfd_open(pid)
        status = os.fstat(descriptor)
        os.close(descriptor)
        if status.st_dev != host_identity()["anonymous_device"]:
            record["pidfs_inode"] = status.st_ino
    return record


def host_identity() -> Record:
    """The boot and the PID namespace we are in, and the device of inodes that have no file system of their own."""
    if not HOST:
        with select.epoll() as anonymous:
            HOST["anonymous_device"] = os.fstat(anonymous.fileno()).st_dev
        HOST["boot_id"] = read_file("/proc/sys/kernel/random/boot_id").decode().strip()
        HOST["pid_namespace"] = os.stat("/proc/self/ns/pid").st_ino
        HOST["init_start_ticks"] = (attempt(stat_fields, 1, 22) or [None])[0]
    return HOST


def describe(record: Record, pid: int) -> Record:
    """The record, completed with all that identifies a process."""
    host = host_identity()
    record.update(identity(pid), version=VERSION, boot_id=host["boot_id"], pid_namespace=host["pid_namespace"])
    record["init_start_ticks"] = host["init_start_ticks"]
    return record


def children() -> List[int]:
    """Our direct children, zombies too. None is missed: only we can take one off the kernel's list, by reaping."""
    me = os.getpid()
    listed = attempt(read_file, "/proc/self/task/%d/children" % me)
    if listed is not None:
        return [int(pid) for pid in listed.split()]
    everybody = [int(name) for name in os.listdir("/proc") if name.isdigit()]  # a kernel without CONFIG_PROC_CHILDREN
    return [pid for pid in everybody if attempt(stat_fields, pid, 4) == [me]]


def kill(pid: int, number: int) -> bool:
    """Signal an unreaped child of ours, or with a minus its group: nobody else can have that number. Was it sent?"""
    try:
        os.kill(pid, number)
        return True
    except OSError:
        return False


# Records: small JSON files, there whole or not at all. `directory` is a descriptor: paths may be moved or unmounted.


def now_text() -> str:
    """The time as it stands in every record: ISO 8601, UTC, microseconds, `Z`."""
    now = time.time_ns()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now // 10**9)) + ".%06dZ" % (now // 1000 % 10**6)


def read_record(directory: int, name: str) -> Optional[Record]:
    """A record, or None where there is none or it is damaged."""
    try:
        record = json.loads(read_file(name, directory))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def exists(directory: int, name: str) -> bool:
    """Whether the directory holds that name."""
    return os.access(name, os.F_OK, dir_fd=directory, effective_ids=True)


def is_deleted(directory: int) -> bool:
    """Whether somebody removed the directory under us: then nothing can be recorded, and nobody could read it."""
    return os.fstat(directory).st_nlink == 0


def write_record(directory: int, stem: str, record: Record, durable: bool = True, publish: bool = True) -> None:
    """Write `stem.json`, by way of `stem.tmp` and the room reserved there, so that a full disk need not matter."""
    content = json.dumps(record).encode()
    descriptor = os.open(stem + ".tmp", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        written = 0
        while written < len(content):
            written += os.write(descriptor, content[written:])
        os.ftruncate(descriptor, len(content))
        if durable:
            os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
    if publish:
        publish_record(directory, stem)


def publish_record(directory: int, stem: str) -> None:
    """Give a written record its name; a power cut may take that back until the directory is synced."""
    os.rename(stem + ".tmp", stem + ".json", src_dir_fd=directory, dst_dir_fd=directory)


def write_start_error(directory: int, run: str, step: str, error: Exception, file: Optional[str] = None) -> None:
    """Write at which step what was refused, unless that has been done; a ValueError is about what we were given."""
    number = getattr(error, "errno", None) or errno.EINVAL
    message = getattr(error, "strerror", None) or str(error)
    record = {"version": VERSION, "run": run, "step": step, "errno": number, "message": message, "at": now_text()}
    if not exists(directory, "start_error.json"):
        write_record(directory, "start_error", dict(record, file=file) if file else record)


def insist(directory: int, act: Callable[..., Any], *arguments: Any) -> None:
    """Do it, however long the disk stays full."""
    while not is_deleted(directory):
        try:
            act(directory, *arguments)
            break
        except OSError:
            time.sleep(RETRY_SECONDS)


def read_counters(path: str) -> Optional[Dict[str, int]]:
    """The `name number` lines of a control group's file; None where there is no such file."""
    content = attempt(read_file, path)
    if content is None:
        return None
    pairs = [line.split() for line in content.decode().splitlines()]
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def read_limit_events(spec: Record) -> Record:
    """How often each limit had to be kept, cgroups(7): of either version, whichever file there is."""
    groups = spec.get("control_groups")
    if not groups:
        return {"memory_events": None}
    memory, cpu, pids = [groups.get(name, "/nowhere") for name in ("memory", "cpu", "pids")]
    return {
        "limits": {name: limit["wanted"] for name, limit in spec["limits"].items()},
        "memory_events": read_counters(memory + "/memory.events") or read_counters(memory + "/memory.oom_control"),
        "cpu_stat": read_counters(cpu + "/cpu.stat"),
        "pids_events": read_counters(pids + "/pids.events"),
    }


def record_end(directory: int, spec: Record, run: str, ended: Any, at: str, by: str, signals: List[Record]) -> str:
    """Write how the program ended, from what waitid(2) showed of its zombie; returns which hint that is worth.

    What was written before stands. A process that never executed anything was our own stub, and its end is no exit of
    the program. Raises OSError when it cannot be written: then the zombie has to be kept. Not synced: that protects
    from a power cut alone, which takes the zombie too, so `sync_end` may follow when nobody waits any more.
    """
    flags, *ticks = stat_fields(ended.si_pid, 9, 14, 15, 16, 17)
    if flags & PF_FORKNOEXEC:
        error = OSError(errno.ECANCELED, "the process ended before it executed the program")
        write_start_error(directory, run, "gate_closed", error)
    if exists(directory, "start_error.json"):
        return "start_error"
    if not exists(directory, "exit.json"):
        user, system, user_of_reaped, system_of_reaped = [value / os.sysconf("SC_CLK_TCK") for value in ticks]
        status = ended.si_status << 8 if ended.si_code == os.CLD_EXITED else ended.si_status
        record = {"version": VERSION, "run": run, "pid": ended.si_pid, "ended_at": at, "by": by, "signals": signals}
        record["wait_status"] = status | 0x80 if ended.si_code == os.CLD_DUMPED else status
        record["cpu_user_seconds"] = user + user_of_reaped
        record["cpu_system_seconds"] = system + system_of_reaped
        record.update(read_limit_events(spec))
        write_record(directory, "exit", record, durable=False)
    return "exit"


def sync_end(directory: int) -> None:
    """Have a power cut spare how the program ended."""
    for name in ("exit.json", "start_error.json"):
        attempt(sync_file, directory, name)
    attempt(os.fsync, directory)


def sync_file(directory: int, name: str) -> None:
    """Bring what is in a file to disk; its name is the directory's."""
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=directory)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def hint(fifo: str, run: str, event: str) -> None:
    """Wake the supervisor, if there is one. Never waits and never fails: the truth is in the files."""
    descriptor = attempt(os.open, fifo, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if descriptor is not None:
        attempt(os.write, descriptor, ("%s %s\n" % (run, event)).encode())
        os.close(descriptor)


def make_fifo(directory: int) -> int:
    """The FIFO for both outputs, as large as allowed; what is in it lasts for as long as anybody has it open."""
    if not exists(directory, "output.fifo"):  # our keeper may have made it, and not been able to open it
        os.mkfifo("output.fifo", 0o600, dir_fd=directory)
    # For writing too: a program that closes its output and goes on would wake us with POLLHUP for ever.
    fifo = os.open("output.fifo", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    attempt(fcntl.fcntl, fifo, F_SETPIPE_SZ, CHUNK_BYTES)  # may be over the user's quota, pipe(7)
    return fifo


def unread_bytes(fifo: int) -> int:
    """How much is in a FIFO, ioctl_list(2): FIONREAD."""
    return int(INT.unpack(fcntl.ioctl(fifo, FIONREAD, bytes(INT.size)))[0])


def drop_oldest(directory: int, log: int, size: int, limit: int, owner: str, run: str) -> int:
    """Take what is over the limit, and a step more, off the disk; returns the size at which to do it again.

    Always from the beginning, so that what a death in the middle has left goes too, and by whole blocks, so that the
    hole ends where we meant. What is refused now is tried again a step later. Offsets stay what they are.
    """
    step = min(max(limit // 8, LEAST_DROP), LARGEST_DROP, limit // 2)
    block = max(os.fstat(log).st_blksize, 4096)
    end = (size - limit + step) // block * block
    faultpoint(owner + ".before_drop", run)
    has_hole = attempt(os.lseek, log, 0, os.SEEK_DATA)  # refused where the file system cannot tell
    os.lseek(log, size, os.SEEK_SET)  # looking for data has moved us, and output goes where we are
    if has_hole or attempt(tells_holes, directory, block):
        punch(log, end)
    faultpoint(owner + ".dropped", run)
    return max(end + limit, size + step)


def punch(file: int, end: int) -> None:
    """Give the disk back what a file has before `end`, fallocate(2); reads as zeros from then on."""
    PUNCH(file, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, ctypes.c_int64(0), ctypes.c_int64(end))


def tells_holes(directory: int, block: int) -> bool:
    """Whether the file system makes holes and says at once where they are; else zeros would be taken for output."""
    file = os.open("hole.tmp", os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        os.unlink("hole.tmp", dir_fd=directory)
        os.write(file, b"x" * (2 * block))
        punch(file, block)
        return os.lseek(file, 0, os.SEEK_DATA) == block
    finally:
        os.close(file)


def take_lock(directory: int, run: str, owner: str) -> Optional[int]:
    """Win the run's lock, or None: somebody else has won it, now or long ago. Only the winner may start anything.

    The file is locked before it has its name, so whoever finds the name finds it held until the winner is gone.
    """
    name = "lock." + os.urandom(8).hex()
    lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        faultpoint(owner + ".locked", run)
        os.link(name, "lock", src_dir_fd=directory, dst_dir_fd=directory)
        faultpoint(owner + ".linked", run)
        return lock
    except OSError as error:
        os.close(lock)
        if error.errno == errno.EEXIST:
            return None
        raise
    finally:
        os.unlink(name, dir_fd=directory)


# Descriptors that travel: over a socket of packets, unix(7), whose other end reads as ended when its owner dies.


def send_packet(channel: socket.socket, packet: bytes, descriptors: Sequence[int]) -> None:
    """Hand on descriptors. Raises OSError when nobody is there any more."""
    content = b"".join([INT.pack(descriptor) for descriptor in descriptors])
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, content)]
    channel.sendmsg([packet], ancillary, socket.MSG_NOSIGNAL | socket.MSG_DONTWAIT)


def receive_packet(channel: socket.socket, size: int = 4096) -> Tuple[bytes, List[int], bool]:
    """One packet, the descriptors that came with it, and whether something did not fit; nothing if nobody is there."""
    packet, ancillary, flags, _ = channel.recvmsg(size, socket.CMSG_SPACE(8 * INT.size), socket.MSG_CMSG_CLOEXEC)
    descriptors: List[int] = []
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors += [number for (number,) in INT.iter_unpack(content[: len(content) // INT.size * INT.size])]
    return packet, descriptors, bool(flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC))


# The stub: the forked process until it becomes the program. It is forked before there is anything to run, so that
# nobody waits for the fork and for what it has to undo of us.


class Stub:
    """A child that waits for a run to begin, then at the gate."""

    def __init__(self) -> None:
        self.channel, channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        signal.pthread_sigmask(signal.SIG_BLOCK, (*IGNORED, *WAKING))  # lest it runs our handlers
        try:
            self.pid = os.fork()
            if self.pid == 0:
                be_stub(channel)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
        channel.close()
        self.record = describe({"shim": identity(os.getpid())}, self.pid)  # of `child.json`, what is known by now


def be_stub(channel: socket.socket) -> NoReturn:
    """Undo what exec would hand on of us, and become the program of the run that comes; without one, just go."""
    try:
        call_ourselves(b"portal-stub")
        close_all_but(channel.fileno())
        become_ordinary()
        run, descriptors, _ = receive_packet(channel)
        if run:
            become_program(channel, os.fsdecode(run), *descriptors)
    finally:
        os._exit(127)
    raise AssertionError("os._exit returned")


def become_program(channel: socket.socket, words: str, directory: int, environment: int) -> NoReturn:
    """Prepare, report, wait at the gate, exec. What fails ends in `start_error.json`, never in an exit code."""
    run, address = words.split("\n", 1)
    step, file = "reserve", None
    try:
        held = os.open("gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=directory)
        fcntl.flock(held, fcntl.LOCK_EX)  # held until exec or death: so long, user code has not begun
        step = "output"
        # For reading too: with all readers dead, a writer waits for the next one and gets no SIGPIPE.
        output = os.open("output.fifo", os.O_RDWR | os.O_CLOEXEC, dir_fd=directory)
        os.dup2(output, 1)
        os.dup2(output, 2)
        step = "spec"
        spec = read_spec(directory)
        step, terminal = "terminal", NOT_OPEN
        if spec.get("terminal"):
            terminal = open_terminal(output, spec.get("uid"))
        step, file = "working_directory", spec["cwd"]
        os.chdir(encoded(spec["cwd"]))  # with our privileges: the way to a workspace leads through directories of ours
        step, file = "spec", None
        variables = json.loads(read_file("/proc/self/fd/%d" % environment))  # only here: no shim ever holds a secret
        os.close(environment)
        variables.setdefault("NOTIFY_SOCKET", address)
        variables = {encoded(name): encoded(value) for name, value in variables.items()}
        step = "reserve"
        sync_file(directory, "child.tmp")
        step = "limits"
        limit_ourselves(spec)
        step = "user"
        become_user(spec)
        step = "gate_closed"
        ready = b"r%d %d" % (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, terminal)
        attempt(channel.send, ready, socket.MSG_NOSIGNAL)  # refused if the shim is dead; then the gate reads as closed
        if not channel.recv(1):
            raise OSError(errno.ECANCELED, "the gate was closed before it opened")
        step, file = "exec", spec["argv"][0]
        argv = [encoded(word) for word in spec["argv"]]
        os.execvpe(argv[0], argv, variables)  # noqa: S606 - starting programs is what we are for
    except Exception as error:
        os.seteuid(os.getresuid()[2])
        insist(directory, write_start_error, run, step, error, file)
    finally:
        os._exit(127)
    raise AssertionError("os._exit returned")


def open_terminal(fifo: int, uid: Optional[int]) -> int:
    """Make both outputs a terminal, and a process that carries what comes out of it to the FIFO; returns its pid.

    That process is no child of the program's, which would wait for it, but of the shim, and its keeper's after it: so
    nobody's death hangs the terminal up. It ends when nobody has the terminal open any more. The terminal controls
    nothing, so no key and no hang-up becomes a signal, and changes nothing of what is written.
    """
    import termios  # only of those who want one

    master, terminal = os.openpty()
    attributes = termios.tcgetattr(terminal)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG)
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    if uid is not None:
        os.fchown(terminal, uid, -1)  # for `> /dev/stderr`
    reader, writer = os.pipe()
    between = os.fork()
    if between == 0:
        try:
            pid = os.fork()
            if pid == 0:
                be_terminal(master, fifo)
            os.write(writer, b"%d" % pid)
        finally:
            os._exit(0)
    os.waitpid(between, 0)
    os.close(writer)
    pid = int(os.read(reader, 32))
    for standard in (1, 2):
        os.dup2(terminal, standard)
    for descriptor in (reader, master, terminal, fifo):
        os.close(descriptor)
    return pid


def be_terminal(master: int, fifo: int) -> NoReturn:
    """Carry the program's output, and wait where the FIFO is full, until all that have the terminal open are gone."""
    try:
        close_all_but(master, fifo)  # the gate and the way to the shim above all, which tell by being closed
        null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.setsid()
        os.chdir("/")
        call_ourselves(b"portal-terminal")
        for number in IGNORED:
            signal.signal(number, signal.SIG_IGN)
        while True:
            piece = os.read(master, 65536)  # EIO at the end, pty(7)
            while piece:
                piece = piece[os.write(fifo, piece) :]
    finally:
        os._exit(0)
    raise AssertionError("os._exit returned")


def limit_ourselves(spec: Record) -> None:
    """Enter the run's control groups, and take the limits that stand in for those that could not be made."""
    for group in sorted(set((spec.get("control_groups") or {}).values())):
        descriptor = os.open(group + "/cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        os.write(descriptor, b"0")  # the process that writes it, cgroups(7)
        os.close(descriptor)
    for name, limit in (spec.get("rlimits") or {}).items():
        resource.setrlimit(getattr(resource, "RLIMIT_" + name), (limit, limit))


def become_ordinary() -> None:
    """Undo what exec would hand on of us: session, dispositions, mask, umask, protection from the OOM killer."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in range(1, signal.NSIG):  # also what Python ignores, and whoever started our keeper
        if signal.getsignal(number) != signal.SIG_DFL:
            attempt(signal.signal, number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.umask(0o022)
    attempt(write_own, "oom_score_adj", b"0")
    for limit, values in INHERITED.items():
        resource.setrlimit(limit, values)


def become_user(spec: Record) -> None:
    """Be whom the run belongs to. The saved uid lets us write what goes wrong then; exec replaces it, execve(2)."""
    if spec.get("gid") is not None:
        os.setgroups([spec["gid"]])
        os.setresgid(spec["gid"], spec["gid"], spec["gid"])
    if spec.get("uid") is not None:
        os.setresuid(spec["uid"], spec["uid"], os.geteuid())


def write_own(name: str, value: bytes) -> None:
    """Say of ourselves what proc(5) lets a process say, by a file of /proc/self."""
    descriptor = os.open("/proc/self/" + name, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, value)
    finally:
        os.close(descriptor)


def read_spec(directory: int) -> Record:
    """What to run. Raises ValueError for what makes no sense."""
    spec = read_record(directory, "spec.json")
    if spec is None or spec.get("version") != VERSION:
        raise ValueError("spec.json is missing, damaged or not of version %d" % VERSION)
    argv, cwd = spec.get("argv"), spec.get("cwd")
    if not argv or not isinstance(argv, list) or not all(isinstance(word, str) for word in [*argv, cwd]):
        raise ValueError("spec.json needs argv, a list of strings that is not empty, and cwd, a string")
    return spec


def encoded(text: str) -> bytes:
    """As the supervisor meant it, whatever the locale here: UTF-8, and other bytes as lone surrogates (PEP 383)."""
    return text.encode("utf-8", "surrogateescape")


# The shim.


class Shim:
    """The life of one run. Whatever wakes it, `turn` looks at what is and does what is due; it may be repeated."""

    def __init__(self, run_directory: str, lock: int, keeper: Optional[str], wakeup: int, fifo: int = NOT_OPEN) -> None:
        self.run, self.lock, self.keeper, self.wakeup = os.path.basename(run_directory), lock, keeper, wakeup
        self.directory = os.open(run_directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.hints = os.path.join(run_directory, "../../hints")  # until the spec is read
        self.address = os.path.join(run_directory, "notify")
        self.notify: Optional[socket.socket] = None
        self.said: Record = {}
        self.note_at, self.noted_at = NEVER, -NEVER
        self.stall: Optional[Record] = None
        self.heard, self.silent_since, self.silent_at = NEVER, NEVER, NEVER
        self.deadline = self.retry_at = NEVER
        self.stopping = self.killing = self.unsynced = False
        self.signals: List[Record] = []
        self.ended_at: Optional[str] = None
        self.event = ""  # what the program's end was: "exit" or "start_error", once that is on disk
        self.reaped = self.alone = False
        self.killed, self.stub_kib, self.max_rss_bytes = 0, 0, None  # type: int, int, Optional[int]
        self.fifo, self.splice = fifo, getattr(os, "splice", None)  # Python 3.10
        self.output_bytes, self.output_at, self.held, self.full = 0, 0.0, b"", False
        self.index_bytes, self.indexed_at = 0, -NEVER
        self.log_limit, self.drop_over = 0, NEVER
        self.terminal, self.terminal_until = NOT_OPEN, NEVER

    # Starting.

    def live(self, environment: int, stub: Optional[Stub]) -> NoReturn:
        """Start the program and stay until nothing of it is left."""
        call_ourselves(b"portal-shim")
        faultpoint("shim.locked", self.run)
        step = "fork"
        try:
            stub = stub or Stub()
            step = "spec"
            self.spec = read_spec(self.directory)
            self.hints = self.spec.get("hints") or self.hints
            self.stall = (self.spec.get("terms") or {}).get("stall")
            step = "output"
            self.open_fifo()
            step = "reserve"
            self.write_identity(stub)
            self.brief(stub, environment)
            step = "output"
            self.open_log()
            step = "reserve"
            self.reserve()
            self.open_notify()
        except Exception as error:
            if stub is not None:  # it has begun nothing, and is not to write while we do
                kill(stub.pid, signal.SIGKILL)
                os.waitpid(stub.pid, 0)
            insist(self.directory, write_start_error, self.run, step, error)
            self.event, self.reaped, self.alone = "start_error", True, True
            while True:
                self.finish()
                time.sleep(RETRY_SECONDS)
        os.close(environment)
        self.watch()

    def open_file(self, name: str, flags: int) -> int:
        """Open a file of the run directory."""
        return os.open(name, flags | os.O_CLOEXEC, 0o600, dir_fd=self.directory)

    def open_fifo(self) -> None:
        """Our keeper has it open too, lest what is in it go with us; without a keeper we make it ourselves."""
        if self.fifo == NOT_OPEN:
            self.fifo = make_fifo(self.directory)
        if self.spec.get("uid") is not None:
            os.chown("output.fifo", self.spec["uid"], -1, dir_fd=self.directory)  # for `> /dev/stderr`
        self.small_chunk = fcntl.fcntl(self.fifo, F_GETPIPE_SZ) // 16

    def open_log(self) -> None:
        """A log that only we write; an index of times."""
        self.log = self.open_file("output.log", os.O_WRONLY | os.O_CREAT)  # splice(2) refuses O_APPEND
        self.index = self.open_file("output.idx", os.O_WRONLY | os.O_CREAT)
        if self.spec.get("log_limit_bytes"):
            self.log_limit = self.drop_over = self.spec["log_limit_bytes"]

    def reserve(self) -> None:
        """Make room on disk for how the program ends: a disk that fills up later cannot lose that."""
        descriptor = self.open_file("exit.tmp", os.O_WRONLY | os.O_CREAT)
        os.posix_fallocate(descriptor, 0, RESERVED_BYTES)
        os.close(descriptor)

    def open_notify(self) -> None:
        """Where the program may say how it is, by sd_notify(3); one that cannot be had keeps nobody from starting."""
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        attempt(notify.bind, "/proc/self/fd/%d/notify" % self.directory)
        if self.spec.get("uid") is not None:
            attempt(os.chown, "notify", self.spec["uid"], -1, dir_fd=self.directory)
        self.notify = notify

    def write_identity(self, stub: Stub) -> None:
        """Write who the program will be. The stub brings it to disk, and we name it then: so we need not wait."""
        record = dict(stub.record, run=self.run, started_at=now_text(), keeper=self.keeper)
        record.update(started_monotonic=time.monotonic(), terms=self.spec.get("terms"))
        write_record(self.directory, "child", record, durable=False, publish=False)

    def brief(self, stub: Stub, environment: int) -> None:
        """Let the stub prepare itself for this run, while we do the rest."""
        self.stub, self.program, self.at_gate = stub.channel, stub.pid, True
        if len(os.fsencode(self.address)) > LONGEST_ADDRESS:  # a short way there, for as long as we live
            self.address = "/proc/%d/fd/%d/notify" % (os.getpid(), self.directory)
        words = os.fsencode(self.run + "\n" + self.address)
        attempt(send_packet, self.stub, words, (self.directory, environment))  # refused if it is dead
        faultpoint("shim.forked", self.run)

    def open_gate(self) -> None:
        """The stub holds `gate`: name the identity on disk, and let the program begin, unless it is to stop already."""
        faultpoint("shim.before_identity", self.run)
        if self.at_gate:
            try:
                publish_record(self.directory, "child")
                os.fsync(self.directory)
            except OSError:
                self.close_gate()
        faultpoint("shim.before_gate", self.run)
        self.heed_stop()
        if self.at_gate:
            self.at_gate = False
            attempt(self.stub.send, b"g")  # refused if the stub is dead, as its wait status will tell
            if self.stall:
                self.heard = time.monotonic()
                self.silent_at = self.heard + self.stall["seconds"]
        faultpoint("shim.gate_open", self.run)

    def close_gate(self) -> None:
        """Let nothing pass any more: a stub that still waits writes `gate_closed`."""
        self.at_gate = False
        attempt(self.stub.shutdown, socket.SHUT_WR)

    # Watching.

    def watch(self) -> NoReturn:
        """Wait for output, children, stop requests and what is due; when nothing is, sleep for ever."""
        poller = select.poll()
        poller.register(self.wakeup, select.POLLIN)
        poller.register(self.stub, select.POLLIN)
        assert self.notify
        poller.register(self.notify, select.POLLIN)
        while True:
            now = time.monotonic()
            resting = self.output_at > now
            poller.register(self.fifo, 0 if resting else select.POLLIN)
            due = min(self.deadline, self.retry_at, self.note_at, self.silent_at)
            wait = min(due, self.output_at if resting else NEVER) - now
            ready = dict(poller.poll(None if wait == NEVER else max(wait, 0) * 1000))
            if self.stub.fileno() in ready and not self.read_report():
                poller.unregister(self.stub)
                self.stub.close()
            if self.fifo in ready:
                self.copy_output()
            if self.notify.fileno() in ready:
                self.hear()
            if self.wakeup in ready:
                os.read(self.wakeup, 4096)
            if self.wakeup in ready or time.monotonic() >= due:
                self.turn()

    def read_report(self) -> bool:
        """The stub waits at the gate, or (false) its end of the pipe is closed: by exec, or because it died."""
        report = attempt(self.stub.recv, 32)  # refused if the stub died without hearing what we had sent
        if report:
            self.stub_kib, self.terminal = [int(word) for word in report[1:].split()]
            self.open_gate()
            return True
        faultpoint("shim.before_report", self.run)
        gate = attempt(self.open_file, "gate", os.O_RDONLY)
        if gate is not None and not exists(self.directory, "start_error.json"):
            fcntl.flock(
                gate, fcntl.LOCK_SH
            )  # exec closes one file after the other: wait for the gate's to be closed too
            hint(self.hints, self.run, "started")
            os.close(gate)
        return False

    def turn(self) -> None:
        """Do what is due."""
        self.retry_at = NEVER
        self.collect()
        self.heed_stop()
        if time.monotonic() >= self.deadline:  # the grace is over
            self.deadline, self.killing = NEVER, True
            if self.ended_at is None:
                self.send(signal.SIGKILL, "deadline", "tree")
        if time.monotonic() >= self.silent_at:
            self.notice_silence()
        if time.monotonic() >= self.note_at:
            self.note()
        if self.reaped and (self.killing or not self.stopping):
            self.kill_children()
        if self.reaped and self.alone:
            self.finish()
        if self.unsynced:  # its tree is not gone yet
            self.unsynced = False
            hint(self.hints, self.run, "exit")
            sync_end(self.directory)

    # Output.

    def copy_output(self) -> bool:
        """Move a chunk from the FIFO to the log. False: it is empty, or the disk is full and the bytes stay in it."""
        now, wall = time.monotonic(), time.time_ns()
        try:
            count = self.move_chunk()
        except BlockingIOError:
            return False
        except OSError:
            self.full, self.output_at = True, now + RETRY_SECONDS
            return False
        if now - self.indexed_at >= INDEX_SECONDS:
            entry = struct.pack("<QQ", self.output_bytes, wall)
            if attempt(os.pwrite, self.index, entry, self.index_bytes) == len(
                entry
            ):  # a full disk leaves no half entry
                self.index_bytes, self.indexed_at = self.index_bytes + len(entry), now
        self.output_bytes += count
        if self.output_bytes > self.drop_over:
            sizes = self.output_bytes, self.log_limit
            self.drop_over = drop_oldest(self.directory, self.log, *sizes, "shim", self.run)
        if self.stall and self.stall["by"] != "heartbeat":
            self.hear_sign()
        self.full, self.output_at = False, now + (REST_SECONDS if count < self.small_chunk else 0)
        return True

    def move_chunk(self) -> int:
        """Copy without looking: inside the kernel where it can, through our memory where it cannot."""
        if self.splice:
            try:
                return int(self.splice(self.fifo, self.log, CHUNK_BYTES, flags=SPLICE_F_NONBLOCK))
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                self.splice = None  # not into this file system
        self.held = self.held or os.read(self.fifo, CHUNK_BYTES)
        count = os.write(self.log, self.held)
        self.held = self.held[count:]
        return count

    # What the program says of itself.

    def hear(self) -> None:
        """Take in its messages, a bounded number at once: whoever sends without end must not keep us from the rest.

        Descriptors that come along are dropped here, which is what BARRIER=1 of sd_notify_barrier(3) waits for.
        """
        for _ in range(64):
            message = attempt(self.notify.recv, LONGEST_MESSAGE) if self.notify else None
            if message is None:
                break
            for line in message.decode("utf-8", "replace").splitlines():
                self.take_in(*line.partition("=")[::2])
            self.said["heard_at"] = now_text()
            self.note_at = min(self.note_at, max(time.monotonic(), self.noted_at + NOTE_SECONDS))
            if self.stall and self.stall["by"] != "output":
                self.hear_sign()

    def take_in(self, name: str, value: str) -> None:
        """One assignment of a message; what we do not know is left out."""
        if name == "STATUS":
            self.said["status"] = value[:LONGEST_STATUS]
        elif name == "X_PROGRESS":
            progress = read_progress(value)
            if progress is not None:
                self.said["progress"] = progress
        elif name in {"READY", "STOPPING"} and value == "1":
            self.said.setdefault(name.lower() + "_at", now_text())

    def hear_sign(self) -> None:
        """A sign of life of the kind that the project counts; nobody writes while only that has changed."""
        self.heard = time.monotonic()
        if self.silent_since != NEVER:
            self.silent_since, self.silent_at, self.note_at = NEVER, self.heard, self.heard

    def notice_silence(self) -> None:
        """Say that it is silent, and once more when the warning is over. What came meanwhile was heard before."""
        now, self.silent_at = time.monotonic(), NEVER
        if not self.stall or self.ended_at or self.stopping:
            return
        if self.full:  # what it writes waits for the disk
            self.heard = now
        if now < self.heard + self.stall["seconds"]:
            self.silent_at = self.heard + self.stall["seconds"]
            return
        self.note_at = now
        if self.silent_since == NEVER:
            self.silent_since, self.silent_at = now, now + self.stall["warning_seconds"]

    def note(self) -> None:
        """Write down what was said last; a full disk only makes it late."""
        self.note_at, self.noted_at = NEVER, time.monotonic()
        record = dict(self.said, version=VERSION, run=self.run)
        if self.silent_since != NEVER:
            record.update(silent_seconds=self.noted_at - self.heard, warned_seconds=self.noted_at - self.silent_since)
            record.update(noted_at=now_text())
        attempt(write_record, self.directory, "notify", record, False)
        if self.stall:
            hint(self.hints, self.run, "notify")

    # Stopping.

    def heed_stop(self) -> None:
        """Begin the stop that `stop.json` asks for, or bring its deadline forward; not after a natural end."""
        if self.killing or (self.ended_at and not self.stopping) or not exists(self.directory, "stop.json"):
            return
        number, grace = read_stop(read_record(self.directory, "stop.json") or {})
        self.deadline = min(self.deadline, time.monotonic() + grace)
        if not self.stopping:
            self.stopping = True
            if self.at_gate:
                self.close_gate()
            else:
                self.send(number, "stop", "group")

    def send(self, number: int, why: str, to: str) -> None:
        """Signal the program's group. Noted if it had not ended by then, and on disk for whoever comes after us."""
        if os.waitid(os.P_PID, self.program, PEEK):
            return
        sent = kill(-self.program, number)
        kill(-self.program, signal.SIGCONT)  # what is stopped does not notice a polite one
        if to == "tree":
            sent = kill(self.program, number) or sent
            self.kill_children()
        if sent:
            self.signals.append({"signal": number, "at": now_text(), "why": why, "to": to})
            record = {"version": VERSION, "run": self.run, "signals": self.signals}
            attempt(write_record, self.directory, "signals", record, False)

    def kill_children(self) -> None:
        """Kill our children. Theirs become ours before we hear of the death, so this ends with ECHILD."""
        self.killing = True
        for pid in children():
            if pid != self.terminal or time.monotonic() >= self.terminal_until:
                kill(pid, signal.SIGKILL)
        if self.terminal != NOT_OPEN and self.reaped:  # it ends by itself, unless somebody out of reach has it open
            self.terminal_until = min(self.terminal_until, time.monotonic() + TERMINAL_SECONDS)
            self.retry_at = min(self.retry_at, self.terminal_until)

    # Ending.

    def collect(self) -> None:
        """Peek at whoever has ended, write it down if it is the program, and only then reap."""
        while True:
            try:
                ended = os.waitid(os.P_ALL, 0, PEEK)
            except ChildProcessError:
                self.alone = True  # the proof that nothing is left: whatever it started is or becomes a child of ours
                return
            if ended is None or (ended.si_pid == self.program and not self.record(ended)):
                return
            _, status, usage = os.wait4(ended.si_pid, 0)
            if ended.si_pid == self.terminal:
                self.terminal = NOT_OPEN
            if ended.si_pid == self.program:
                self.reaped, self.max_rss_bytes = True, programs_peak(usage.ru_maxrss, self.stub_kib)
                faultpoint("shim.reaped", self.run)
            elif self.killing and status & 0x7F == signal.SIGKILL:
                self.killed += 1

    def record(self, ended: Any) -> bool:
        """Write how the program ended. False: the disk did not take it; then zombie and lock stay and we ask again."""
        if self.ended_at is None:
            self.ended_at = now_text()
            faultpoint("shim.peeked", self.run)
        try:
            self.event = record_end(self.directory, self.spec, self.run, ended, self.ended_at, "shim", self.signals)
            self.unsynced = self.event == "exit"
        except OSError:
            if not is_deleted(self.directory):
                self.retry_at = time.monotonic() + RETRY_SECONDS
                return False
        faultpoint("shim.recorded", self.run)
        return True

    def finish(self) -> None:
        """Empty the FIFO, say that all is done, let go of the lock, leave. Comes back only if the disk is full."""
        while self.event == "exit" and self.copy_output():
            pass
        self.hear()
        if self.note_at != NEVER:
            self.note()
        faultpoint("shim.before_done", self.run)
        record = {"version": VERSION, "run": self.run, "at": now_text(), "by": "shim", "proof": "no_children"}
        record.update(killed=self.killed, output_bytes=self.output_bytes, max_rss_bytes=self.max_rss_bytes)
        try:
            if self.full:
                raise OSError(errno.ENOSPC, "output is left in the FIFO")
            write_record(self.directory, "done", record, durable=False)
        except OSError:
            if not is_deleted(self.directory):
                self.retry_at = time.monotonic() + RETRY_SECONDS
                return
        faultpoint("shim.done", self.run)
        os.close(self.lock)
        for event in ("start_error", "done") if self.event == "start_error" else ("done",):
            hint(self.hints, self.run, event)
        time.sleep(SYNC_SECONDS)
        sync_end(self.directory)
        os._exit(0)


def programs_peak(kib: int, stub_kib: int) -> Optional[int]:
    """The most memory that a program used, in bytes, from getrusage(2)'s mark; None if the mark may be its stub's.

    An exec hands on what was before it: exec_mmap in the kernel's fs/exec.c.
    """
    return kib * 1024 if kib > stub_kib + EXEC_KIB else None


def read_progress(text: str) -> Optional[float]:
    """How far it has come, 0 to 1, from `0.42` or `42%`; None for what is neither."""
    try:
        progress = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None
    return progress if 0 <= progress <= 1 else None


def read_stop(order: Record) -> Tuple[int, float]:
    """The signal a stop asks for and the seconds it leaves; a stop that cannot be read is still a stop."""
    try:
        from datetime import datetime

        until = datetime.fromisoformat(order["deadline_at"].replace("Z", "+00:00")).timestamp()
        return int(order["signal"]), min(float(order["grace_seconds"]), until - time.time())
    except (KeyError, TypeError, ValueError, AttributeError):
        return int(signal.SIGTERM), 10.0


def call_ourselves(name: bytes) -> None:
    """How ps shows us; at most 15 bytes. Not by prctl(2): a call through ctypes touches 50 pages more."""
    attempt(write_own, "comm", name)


def close_all_but(*keep: int) -> None:
    """Keep nothing that was inherited."""
    for descriptor in [int(name) for name in os.listdir("/proc/self/fd")]:
        if descriptor > 2 and descriptor not in keep:
            attempt(os.close, descriptor)  # refused for the one that listed the directory


def detach(*keep: int) -> int:
    """Keep nothing that was inherited; be ended by SIGKILL only; adopt orphans. Returns the pipe that signals wake."""
    close_all_but(*keep)
    null = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.umask(0o077)
    os.chdir("/")
    attempt(os.setsid)  # refused if a shell made us the leader of a group
    call_ourselves(b"portal-spare")
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    wakeup, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in WAKING:
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    return wakeup


def be_shim(shim: Shim, environment: int, stub: Optional[Stub] = None) -> NoReturn:
    """Be the shim of a run whose lock was won for us, after `detach`; `environment` is open on JSON."""
    try:
        shim.live(environment, stub)
    except BaseException:  # a bug: the keeper adopts the program and sees its true end
        import traceback

        path = "/proc/self/fd/%d/shim.crash" % shim.directory
        with open(path, "w") as file:
            traceback.print_exc(file=file)
    finally:
        os._exit(70)
    raise AssertionError("os._exit returned")


def main(argv: Sequence[str]) -> int:
    """`shim.py RUN_DIRECTORY`, the environment as JSON on descriptor 3. Exits 0 when done, 1 if not the first."""
    run_directory = os.path.abspath(argv[1])
    directory = os.open(run_directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    lock = take_lock(directory, os.path.basename(run_directory), "launcher")
    if lock is None:
        print("this run was started before", file=sys.stderr)
        return 1
    be_shim(Shim(run_directory, lock, None, detach(lock, 3)), 3)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
