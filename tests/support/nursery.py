"""Our own processes for tests, as forks of one that has imported all of our modules.

Importing them anew took each of thousands of commands half a second of a processor, and each portal two; that was most
of what a test run did. A fork begins where a new interpreter is when its imports are done, as the parts of `up` do in
earnest. What is about the start itself (`test_up.py`, the acceptance tests) starts new interpreters.

There is one nursery per test worker. It ends with the worker, however that ends, and what it forked with it.
"""

import atexit
import ctypes
import fcntl
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from importlib import import_module, reload
from pathlib import Path
from typing import Any, AnyStr

from typing_extensions import override

from addon_portal import faultpoints
from addon_portal.cli import main as command_line
from addon_portal.cli.upkeep.forking import fork, import_what_parts_need, open_streams
from addon_portal.shim import shim
from tests.support.programs import cage

ROOT = Path(__file__).resolve().parents[2]
COMMAND = str(Path(sys.executable).with_name("addon-portal"))
"""The command as it is installed beside the interpreter."""

_PR_SET_PDEATHSIG = 1
_MOST_BYTES = 1 << 18
_MOST_DESCRIPTORS = 16
_OUT_OF_THE_WAY = 500
_ROOM_FOR_NAMES = "x" * 1000
"""A fork writes its name over the arguments that it was started with, `call_this_process`."""
_ALSO = (
    *("alembic.command", "sqlalchemy", "psycopg"),
    *("addon_portal.cli.commands.notify", "addon_portal.cli.upkeep.house"),
)
"""What not every portal imports."""


class Forked(subprocess.Popen[AnyStr]):
    """A process as `subprocess.Popen` starts it, of these commands: COMMAND…, Python -m MODULE…, Python -c CODE….

    With `caged` it is a cage in which the command runs (`programs/cage.py`). Takes no `preexec_fn` and no shell; leads
    a process group of its own, and is killed when the nursery ends.
    """

    def __init__(self, args: Sequence[str], *, caged: bool = False, **options: Any) -> None:
        self._caged = caged
        self._pidfd = -1
        self._ends = -1
        super().__init__(args, **options)

    def _execute_child(self, args: Sequence[str], *given: Any) -> None:
        # What Popen hands over by position: (executable, preexec_fn, close_fds,) pass_fds, cwd, env, (startupinfo,
        # creationflags, shell,) and the six ends of pipes.
        pass_fds, cwd, env = given[3:6]
        ours_and_theirs = given[9:15]
        stdin, stdout, stderr = given[9], given[12], given[14]
        asked = {
            "args": list(args),
            "cwd": str(cwd or Path.cwd()),
            "environment": dict(os.environ if env is None else env),
            "pass": sorted(pass_fds),
            "caged": self._caged,
        }
        self.pid, self._pidfd, self._ends = nursery().start(asked, [stdin, stdout, stderr])
        self._child_created = True
        self._close_pipe_fds(*ours_and_theirs)  # type: ignore[attr-defined]  # Popen's own

    def _try_wait(self, flags: int) -> tuple[int, int]:
        """As waitpid(2), of a process that is somebody else's child."""
        if not select.select([self._ends], [], [], 0 if flags & os.WNOHANG else None)[0]:
            return 0, 0
        status = int(os.read(self._ends, 64))
        os.close(self._ends)
        os.close(self._pidfd)
        return self.pid, status

    def _internal_poll(self, *_: Any, **__: Any) -> int | None:
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)  # type: ignore[attr-defined]  # Popen's own
        return self.returncode

    @override
    def send_signal(self, sig: int) -> None:
        """Signal it; nothing happens if it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, sig)


def run(args: Sequence[str], *, timeout: float, **options: Any) -> "subprocess.CompletedProcess[str]":
    """As `subprocess.run` with captured text."""
    pipe = subprocess.PIPE
    with Forked[str](args, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, **options) as process:
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(args, process.returncode, stdout, stderr)


class _Nursery:
    """The worker's end of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.support.nursery", str(theirs.fileno()), _ROOM_FOR_NAMES]
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        atexit.register(self._close)

    def start(self, asked: Mapping[str, Any], streams: Sequence[int]) -> tuple[int, int, int]:
        """Returns the pid, a pidfd, and where the wait status will be told. A stream of -1 is nothing at all."""
        ends, told = os.pipe()
        nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        try:
            descriptors = [told, *(nothing if stream == -1 else stream for stream in streams), *asked["pass"]]
            with self._lock:
                socket.send_fds(self._socket, [json.dumps(asked).encode()], descriptors)
                pid, pidfds, _, _ = socket.recv_fds(self._socket, 64, 1)
                return int(pid), pidfds[0], ends
        finally:
            os.close(told)
            os.close(nothing)

    def _close(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def nursery() -> _Nursery:
    """The one of this worker."""
    return _Nursery()


# In the nursery.


def _serve(asking: socket.socket) -> None:
    """Fork as asked, and tell how each ended, until nobody asks any more; the kernel kills what is left then."""
    poller = select.poll()
    poller.register(asking, select.POLLIN)
    living: dict[int, tuple[int, int]] = {}
    while True:
        for ready, _ in poller.poll():
            if ready != asking.fileno():
                poller.unregister(ready)
                os.close(ready)
                _tell_end(*living.pop(ready))
                continue
            message, descriptors, _, _ = socket.recv_fds(asking, _MOST_BYTES, _MOST_DESCRIPTORS)
            if not message:
                return
            told, *given = descriptors
            pid = _fork(json.loads(message), given)
            for descriptor in given:
                os.close(descriptor)
            pidfd = os.pidfd_open(pid)
            living[pidfd] = pid, told
            poller.register(pidfd, select.POLLIN)
            socket.send_fds(asking, [str(pid).encode()], [pidfd])


def _tell_end(pid: int, told: int) -> None:
    status = os.waitpid(pid, 0)[1]
    with suppress(BrokenPipeError):
        os.write(told, str(status).encode())
    os.close(told)


def _fork(asked: dict[str, Any], given: list[int]) -> int:
    stdin, stdout, stderr, *passed = given
    kept = {f"TESTS_GIVEN_{number}": descriptor for number, descriptor in enumerate((stdin, *passed))}
    main = partial(_live, asked, stdin, passed, os.getpid())
    return fork(" ".join(asked["args"][1:]), main, asked["environment"], inherited=kept, output=stdout, errors=stderr)


def _live(asked: dict[str, Any], stdin: int, passed: list[int], nursery_pid: int) -> int:
    if not asked["caged"]:  # a cage ends by itself, and everything in it with it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != nursery_pid:
            return 1
    os.dup2(stdin, 0)
    os.close(stdin)
    aside = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _OUT_OF_THE_WAY) for descriptor in passed]
    for number, wanted in zip(aside, asked["pass"], strict=True):
        os.dup2(number, wanted)
        os.close(number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["cwd"])
    open_streams()
    main = partial(_run, asked["args"])
    if not asked["caged"]:
        return main()
    cage.keep(lambda: fork("in a cage", main, asked["environment"], output=1, errors=2))
    return 0


def _run(args: list[str]) -> int:
    """What a Python that was started with these would do from here on."""
    reload(faultpoints)  # they are read from the environment
    shim.FAULTPOINTS = json.loads(os.environ.get("ADDON_PORTAL_FAULTPOINTS") or "{}")
    try:
        _main_of(args)()
    except SystemExit as leaving:
        sys.stdout.flush()
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
            return 1
        return leaving.code or 0
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return 0


def _main_of(args: list[str]) -> Callable[[], object]:
    match args:
        case [command, *_] if command == COMMAND:
            sys.argv = args
            return command_line.main
        case [_, "-m", module, *rest]:
            sys.argv = [module, *rest]
            return partial(runpy.run_module, module, run_name="__main__", alter_sys=True)
        case [_, "-c", code, *rest]:
            sys.argv = ["-c", *rest]
            return partial(exec, code, {"__name__": "__main__"})
    raise AssertionError(f"nobody knows how to fork {args}")


if __name__ == "__main__":
    sys.modules["__main__"].__package__ = ""  # or usage texts would name this module instead of the command
    import_what_parts_need()
    command_line.make_app()
    for name in _ALSO:
        import_module(name)
    with socket.socket(fileno=int(sys.argv[1])) as asking:
        asking.set_inheritable(False)
        _serve(asking)
