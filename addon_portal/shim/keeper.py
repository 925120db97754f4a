"""The keeper: a small server that forks shims when asked, and the parent of whatever a dead shim leaves behind.

Promises that a start asked for any number of times, of any number of keepers, starts at most one; that it never dies of
a request; and that it stays for as long as it has children. Leaves the children to `adoption`, the program to
`shim`, and what to start and when to the supervisor. Single-threaded; standard library only.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import re
import resource
import select
import struct
import sys
import time

from addon_portal.shim import shim
from addon_portal.shim.adoption import Children
from addon_portal.shim.spares import Spares

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    import socket
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

    Answer = Dict[str, Any]
else:  # without the enums and selectors of the full modules, which every shim would pay for: see shim.py
    from addon_portal.shim.shim import signal, socket

PROTOCOL = 1
PACKET_BYTES = 1 << 16
LARGEST_LOG_BYTES = 10 << 20
REST_MILLISECONDS = 25.0  # of quiet, before a shim is forked ahead of time: the program before is to have begun by then
OPERATIONS = ("start", "adopted", "end")
RUN_ID = re.compile("run_[0-9a-hjkmnp-tv-z]{26}")
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Malformed(Exception):
    """A request that makes no sense; the sentence says why."""


class Keeper:
    """One data directory's fork server."""

    def __init__(self, data: str) -> None:
        self.data = os.path.abspath(data)
        self.id = new_keeper_id()
        self.path = os.path.join(self.data, "keepers", self.id)
        self.leaving = False
        self.children = Children(self.data, self.id)
        self.connections: Dict[int, socket.socket] = {}
        self.spares = Spares(self.id, self.path, self.children)
        self.poller = select.poll()

    # Coming and going.

    def serve(self) -> None:
        """Answer requests and look after children until asked to leave and nobody is left."""
        self.wakeup = become_keeper(self.leave)
        self.open_directory()
        self.listen()
        self.announce()
        self.spares.rehearse()
        gc.collect()
        gc.freeze()  # a forked shim that never touches these objects never copies their pages
        self.poller.register(self.wakeup, select.POLLIN)
        self.poller.register(self.listener, select.POLLIN)
        while not (self.leaving and self.children.is_empty() and not self.children.has_unread_output()):
            if self.leaving:
                self.spares.dismiss()  # not in the signal's handler, which may come while one is being forked
                shim.attempt(self.tell_that_we_leave)
            seconds = self.children.retry_seconds
            ready = dict(self.poller.poll(self.milliseconds_to_next(seconds)))
            if not ready and not self.leaving:
                self.spares.prepare()
            for descriptor in ready:
                if descriptor == self.wakeup:
                    os.read(self.wakeup, 4096)
                elif descriptor == self.listener.fileno():
                    self.accept()
                else:
                    self.serve_connection(self.connections[descriptor])
            if self.wakeup in ready or seconds is not None:
                self.settle()
        os.unlink("sock", dir_fd=self.directory)

    def leave(self, *_: object) -> None:
        """SIGTERM: start nothing more, and go when the last child has gone."""
        self.leaving = True

    def milliseconds_to_next(self, retry_seconds: Optional[float]) -> Optional[float]:
        """How long to wait when nobody asks for anything: for ever, if nothing is to be done meanwhile."""
        if self.spares.is_missing and not self.leaving:
            return REST_MILLISECONDS
        return None if retry_seconds is None else retry_seconds * 1000

    def tell_that_we_leave(self) -> None:
        """Put `leaving` beside our record, so that another keeper is started before anybody asks us in vain."""
        os.close(os.open("leaving", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=self.directory))

    def settle(self) -> None:
        """Look after the children; a bug in that is no reason to leave them alone."""
        try:
            self.children.settle()
        except Exception:
            complain()
            self.children.retry_seconds = shim.RETRY_SECONDS

    def open_directory(self) -> None:
        """Make our directory and hold its lock for life: a free lock is the proof that we are gone."""
        os.makedirs(os.path.join(self.data, "keepers"), 0o700, exist_ok=True)
        os.mkdir(self.path, 0o700)
        self.directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=self.directory)
        fcntl.flock(self.lock, fcntl.LOCK_EX)  # waits at most for somebody who tests it, for an instant

    def listen(self) -> None:
        """Listen on `sock`, by way of the descriptor, since the path of a socket may have 107 bytes only, unix(7)."""
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        self.listener.bind("/proc/self/fd/%d/sock" % self.directory)
        self.listener.listen(128)

    def announce(self) -> None:
        """Write `keeper.json`, say on stdout that we are ready, and be silent there from now on."""
        record = {"keeper": self.id, "protocol": PROTOCOL, "started_at": shim.now_text()}
        shim.write_record(self.directory, "keeper", shim.describe(record, os.getpid()))
        shim.attempt(os.write, 1, ("ready %s\n" % self.id).encode())  # refused if nobody listens any more
        null = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.close(null)

    # Connections.

    def accept(self) -> None:
        """Let in who has our uid, or root; the socket's directory is closed to others anyway."""
        accepted = shim.attempt(self.listener._accept)  # type: ignore[attr-defined]  # noqa: SLF001
        if accepted is None:  # it has gone again
            return
        connection = socket.socket(fileno=accepted[0])
        _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        if uid not in {0, os.geteuid()}:
            connection.close()
            return
        connection.setblocking(False)
        self.connections[connection.fileno()] = connection
        self.poller.register(connection, select.POLLIN)

    def serve_connection(self, connection: socket.socket) -> None:
        """Answer one packet. A client that hangs up, or does not take its answers, is dropped."""
        try:
            packet, descriptors, truncated = shim.receive_packet(connection, PACKET_BYTES)
            if packet:
                answer = self.answer(packet, descriptors, truncated)
                connection.send(json.dumps(answer).encode())
                return
        except OSError:
            pass
        self.poller.unregister(connection)
        del self.connections[connection.fileno()]
        connection.close()

    def answer(self, packet: bytes, descriptors: List[int], truncated: bool) -> Answer:
        """The answer to a packet, whatever is in it; its descriptors are closed here."""
        operation, run = None, ""
        try:
            operation, run = read_request(packet, truncated)
            answer = self.perform(operation, run, descriptors)
        except Malformed as error:
            answer = {"result": "error", "message": str(error)}
        except Exception as error:  # a bug; the next request may be a better one
            complain()
            answer = {"result": "error", "message": repr(error)}
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        return dict(answer, op=operation, run=run) if run else dict(answer, op=operation)

    def perform(self, operation: str, run: str, descriptors: List[int]) -> Answer:
        """What was asked for."""
        if operation == "hello":
            return {"protocol": PROTOCOL, "keeper": self.id, "pid": os.getpid()}
        if operation == "start":
            return self.start(run, descriptors)
        return {"result": self.children.adopted(run) if operation == "adopted" else self.children.end(run)}

    # Starting.

    def start(self, run: str, descriptors: List[int]) -> Answer:
        """Fork the shim of a run, unless somebody has won its lock, now or at any time before."""
        if len(descriptors) != 1:
            raise Malformed("start needs exactly one descriptor, open on the environment")
        if self.leaving:
            return {"result": "leaving"}
        shim.faultpoint("keeper.asked", run)
        path, step = os.path.join(self.data, "runs", run), "lock"
        fifo: List[int] = []
        try:
            directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            descriptors.append(directory)
            lock = shim.take_lock(directory, run, "keeper")
            if lock is None:
                return {"result": "already"}
            descriptors.append(lock)
            step = "fork"
            fifo += make_fifo(directory)
            pid = self.spares.hand_over(path, [lock, descriptors[0], *fifo])
        except OSError as error:
            descriptors += fifo
            return {"result": "refused", "step": step, "errno": error.errno, "message": error.strerror}
        self.children.add_shim(pid, run, *fifo)
        shim.faultpoint("keeper.forked", run)
        return {"result": "started", "pid": pid}


def make_fifo(directory: int) -> List[int]:
    """The FIFO of a run, or nothing: then its shim tries the same, and tells what is in the way."""
    fifo = shim.attempt(shim.make_fifo, directory)
    return [] if fifo is None else [fifo]


def read_request(packet: bytes, truncated: bool) -> Tuple[str, str]:
    """Operation and run of a request; "" for the run where the operation has none."""
    try:
        request = None if truncated else json.loads(packet)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise Malformed("a request is one JSON object of at most %d bytes" % PACKET_BYTES)
    operation, run = request.get("op"), request.get("run")
    if operation == "hello":
        return "hello", ""
    if operation not in OPERATIONS:
        raise Malformed("op has to be one of hello, %s" % ", ".join(OPERATIONS))
    if not isinstance(run, str) or not RUN_ID.fullmatch(run):
        raise Malformed("run has to be the id of a run")
    return operation, run


def become_keeper(leave: Callable[..., None]) -> int:
    """Detach from whoever started us; adopt orphans; be the last to go when memory is short. Returns the wake-up pipe.

    SIGUSR1 is for shims: ignored here, it cannot kill one that has just been forked and not prepared itself.
    """
    shim.attempt(os.setsid)  # refused if a shell made us the leader of a group
    os.umask(0o077)
    os.chdir("/")
    shim.call_ourselves(b"portal-keeper")
    shim.LIBC.prctl(shim.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    shim.attempt(shim.write_own, "oom_score_adj", b"-1000")
    raise_descriptor_limit()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGUSR1, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    wakeup, write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return wakeup


def raise_descriptor_limit() -> None:
    """Room for a FIFO of each run; a stub goes back to what was, since select(2) breaks beyond 1024."""
    limit = resource.RLIMIT_NOFILE
    lowest, highest = shim.INHERITED[limit] = resource.getrlimit(limit)
    if lowest != highest:
        resource.setrlimit(limit, (highest, highest))


def new_keeper_id() -> str:
    """`kpr_` and 26 characters, made as the other identifiers of the product are: milliseconds, then chance."""
    number = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    return "kpr_" + "".join([ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5)])


def complain() -> None:
    """Leave the traceback of a bug on stderr, if anybody reads it."""
    import traceback

    shim.attempt(make_room_in_log)
    shim.attempt(traceback.print_exc)


def make_room_in_log() -> None:
    """Put a log that has grown large aside, if it was opened for us; api and supervisor do the same with theirs."""
    path = os.environ.get("ADDON_PORTAL_LOG_FILE")
    if path is None or os.fstat(2).st_size <= LARGEST_LOG_BYTES:
        return
    if os.path.samestat(os.stat(path), os.fstat(2)):  # another keeper may have done it
        for older, oldest in (("2", "3"), ("1", "2")):
            shim.attempt(os.rename, "%s.%s" % (path, older), "%s.%s" % (path, oldest))
        os.rename(path, path + ".1")
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.dup2(log, 2)
    os.close(log)


def main(argv: Sequence[str]) -> None:
    """`keeper --data DIR`: serve until asked to leave and nobody is left."""
    if len(argv) != 2 or argv[0] != "--data":
        sys.exit("usage: keeper --data DIR")
    Keeper(argv[1]).serve()
