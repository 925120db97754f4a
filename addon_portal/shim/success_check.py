"""The success check of a run that ended with exit code 0, in a process of its own whose only result is a record.

Promises that one evaluates at a time, that `check.json` is written only when the check was evaluated to its end, and
that nothing it started outlives it. Killed at any point it leaves no record, and the supervisor has it evaluated again.
Leaves what the result means to `domain.verdict`. Standard library only, as its neighbours.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import select
import signal
import sys
import time
import traceback
from typing import Any, Callable, Dict, NoReturn, Optional, Sequence, Tuple

from addon_portal.shim import shim

ENVIRONMENT = 0
"""The descriptor that is open on the run's environment, as JSON."""
PR_SET_PDEATHSIG = 1
TAIL_BYTES = 2048
LONGEST_LINE = 1 << 20

Record = Dict[str, Any]
Say = Callable[[str], None]


class Evaluation:
    """One evaluation. Each part runs in a child, so that it can be given up when the time is over."""

    def __init__(self, directory: int, spec: Record) -> None:
        self.directory, self.spec = directory, spec
        self.check: Record = spec["terms"]["success_check"]
        self.began = time.monotonic()
        self.status: Optional[int] = None
        self.output = b""

    def run(self) -> Record:
        """The result, but for what every record has. Raises OSError where nothing could be found out."""
        problem = self.find_problem()
        code, number = self.status, None
        if self.status is not None and self.status < 0:
            code, number = None, -self.status
        return {
            "held": problem is None,
            "problem": problem,
            "exit_code": code,
            "signal": number,
            "seconds": round(time.monotonic() - self.began, 3),
            "output_tail": self.output.decode("utf-8", "replace"),
        }

    def find_problem(self) -> Optional[str]:
        """What does not hold, in words that follow "the success check did not hold:"."""
        late = "it took longer than %.15g s" % self.check["timeout_seconds"]
        said, status = self.supervise(self.look)
        if said or status is None:
            return said or late
        if status != 0:
            raise OSError(errno.EIO, "the look at the run's results was ended from outside")
        if self.check["command"] is None:
            return None
        said, self.status = self.supervise(self.become_command)
        if said or self.status is None:
            return said or late
        return None if self.status == 0 else "%s %s" % (self.check["command"][0], in_words(self.status))

    def supervise(self, act: Callable[[Say], None]) -> Tuple[str, Optional[int]]:
        """What a child that acts says itself, and how it ended: a code, a signal with a minus; None if it was late."""
        (output, its_output), (words, its_words) = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            be_part(act, its_output, its_words)
        os.close(its_output)
        os.close(its_words)
        ended = os.pidfd_open(pid)
        in_time = self.wait(ended, output)
        status = end_all(pid)
        self.take(output, select.poll())
        said = os.read(words, 4096).decode("utf-8", "replace")
        for descriptor in (ended, output, words):
            os.close(descriptor)
        return said, status if in_time else None

    def wait(self, ended: int, output: int) -> bool:
        """Keep the end of what is written until the child has ended; whether it did so in time."""
        os.set_blocking(output, False)
        poller = select.poll()
        poller.register(ended, select.POLLIN)
        poller.register(output, select.POLLIN)
        while True:
            left = self.began + self.check["timeout_seconds"] - time.monotonic()
            ready = dict(poller.poll(max(left, 0) * 1000))
            if output in ready:
                self.take(output, poller)
            if ended in ready:
                return True
            if left <= 0:
                return False

    def take(self, output: int, poller: select.poll) -> None:
        """Read what there is; at its end nobody listens any more."""
        try:
            piece = os.read(output, 65536)
            while piece:
                self.output = (self.output + piece)[-TAIL_BYTES:]
                piece = os.read(output, 65536)
            poller.unregister(output)
        except (BlockingIOError, KeyError):
            pass

    # What is done in a child.

    def look(self, say: Say) -> None:
        """Whether the file is there, and what the output has."""
        name = self.check["file"]
        if name is not None and not os.path.isfile(os.path.join(shim.encoded(self.spec["cwd"]), shim.encoded(name))):
            say("the file %s does not exist" % name)
            return
        wanted, unwanted = self.check["output_matches"], self.check["output_lacks"]
        if wanted is None and unwanted is None:
            return
        log = shim.attempt(os.open, "output.log", os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=self.directory)
        dropped = 0 if log is None else kept_from(log)
        found = False
        for number, line in enumerate(self.lines(log, dropped), 1):
            found = found or (wanted is not None and re.search(wanted, line) is not None)
            if unwanted is not None and re.search(unwanted, line):
                where = "line %d" % number if not dropped else "line %d of what is kept" % number
                say("%s of the output matches %r" % (where, unwanted))
                return
        gone = " (its first %d bytes are no longer there, see log_limit_bytes)" % dropped if dropped else ""
        if wanted is not None and not found:
            say("no line of the output matches %r%s" % (wanted, gone))
        elif unwanted is not None and dropped:
            say("whether a line of the output matches %r cannot be told%s" % (unwanted, gone))

    def lines(self, log: Optional[int], begin: int) -> Any:
        """The lines of the log from there on; what is longer than a line may be comes in pieces."""
        if log is None:
            return
        with open(log, "rb") as file:
            file.seek(begin)
            line = file.readline(LONGEST_LINE)
            while line:
                yield line.decode("utf-8", "replace").rstrip("\r\n")
                line = file.readline(LONGEST_LINE)

    def become_command(self, say: Say) -> None:
        """Be the command: in the run's directory, with its environment and as its user."""
        argv = [shim.encoded(word) for word in self.check["command"]]
        try:
            os.chdir(shim.encoded(self.spec["cwd"]))
            variables = json.loads(shim.read_file("/proc/self/fd/%d" % ENVIRONMENT))
            shim.become_user(self.spec)
            os.dup2(os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC), ENVIRONMENT)
            encoded = {shim.encoded(name): shim.encoded(value) for name, value in variables.items()}
            os.execvpe(argv[0], argv, encoded)  # noqa: S606 - running it is what we are for
        except (OSError, ValueError) as error:
            say("%s could not be run: %s" % (self.check["command"][0], getattr(error, "strerror", None) or error))


def kept_from(log: int) -> int:
    """Where the part of a log begins that is still there; before it, a log over its limit has a hole."""
    begin = 0
    try:
        while True:
            hole = os.lseek(log, begin, os.SEEK_HOLE)
            begin = os.lseek(log, hole, os.SEEK_DATA)
    except OSError:  # ENXIO: there is none but the one at the end
        return begin


def be_part(act: Callable[[Say], None], output: int, words: int) -> NoReturn:
    """Do one part of the check and end with it."""
    try:
        shim.LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # a part that nobody waits for is of no use
        os.dup2(output, 1)
        os.dup2(output, 2)
        shim.become_ordinary()
        act(lambda text: write(words, text))
        os._exit(0)
    finally:
        os._exit(70)
    raise AssertionError("os._exit returned")


def write(words: int, text: str) -> None:
    """Hand a sentence to our parent; what fits into the pipe is read when we have ended."""
    os.write(words, text.encode("utf-8", "replace")[:4096])


def end_all(pid: int) -> Optional[int]:
    """Kill every descendant, which all become our children, until there is none; how `pid` had ended."""
    status = None
    while True:
        for child in shim.children():
            shim.kill(child, signal.SIGKILL)
        try:
            ended, found = os.waitpid(-1, 0)
        except ChildProcessError:
            return status
        if ended == pid:
            status = -os.WTERMSIG(found) if os.WIFSIGNALED(found) else os.WEXITSTATUS(found)


def in_words(status: int) -> str:
    """How the command ended."""
    if status >= 0:
        return "ended with exit code %d" % status
    try:
        return "was ended by %s" % signal.Signals(-status).name
    except ValueError:
        return "was ended by signal %d" % -status


def take_lock(directory: int) -> Optional[int]:
    """Be the one who evaluates, for as long as we live; None if somebody else does."""
    lock = os.open("check.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=directory)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    os.ftruncate(lock, 0)
    os.write(lock, b"%d\n" % os.getpid())
    return lock


def evaluate(run_directory: str) -> None:
    """Evaluate the check of a run unless that has been done or is being done, and write the result."""
    directory = os.open(run_directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    lock = take_lock(directory)
    if lock is None or shim.exists(directory, "check.json"):
        return
    shim.LIBC.prctl(shim.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    shim.call_ourselves(b"portal-check")
    spec, run = shim.read_spec(directory), os.path.basename(run_directory)
    result = dict(Evaluation(directory, spec).run(), version=shim.VERSION, run=run, at=shim.now_text())
    shim.insist(directory, shim.write_record, "check", result)
    shim.attempt(os.fsync, directory)
    shim.hint(spec.get("hints") or "", run, "check")


def main(argv: Sequence[str]) -> None:
    """`RUN_DIRECTORY`, with the environment as JSON on descriptor 0."""
    try:
        evaluate(argv[0])
    except BaseException:  # nothing is recorded, and it is evaluated again
        with open(os.path.join(argv[0], "check.crash"), "w") as file:
            traceback.print_exc(file=file)
        sys.exit(70)
