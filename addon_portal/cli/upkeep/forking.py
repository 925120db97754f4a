"""Parts of the portal as forks of `up`, which has imported all that they need.

Importing it anew takes an api more than a second, a fork takes milliseconds, and what was imported lies in memory once
for all of them. Promises that a fork has nothing of `up` but its modules: signals, descriptors, environment and name
are its own. `up` has one thread, so a fork finds no lock held by somebody who is not there (fork(2)).
"""

import ctypes
import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

_MODULES = (
    "addon_portal.cli.chores.preparation",
    "addon_portal.cli.chores.remaining",
    "addon_portal.cli.commands.supervise",
    "addon_portal.api.server",
    "addon_portal.api.main",
    "addon_portal.cli.commands.serve",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.httptools_impl",
)
"""What parts import that every portal has, the ones first that are forked first."""

_ENDED_BY_AN_ERROR = 1

Main = Callable[[], int]


def import_what_parts_need() -> None:
    """Import it now, so that no part has to. Nothing of it is ever collected, and so seldom copied (gc.freeze)."""
    gc.disable()
    for module in _MODULES:
        import_module(module)
    gc.freeze()
    gc.enable()


def be(module: str) -> int:
    """What a part does: one of `cli.commands`, imported by the part itself where few portals need it."""
    code: int = import_module(f"addon_portal.cli.commands.{module}").main()
    return code


def fork(
    name: str,
    main: Main,
    environment: Mapping[str, str],
    *,
    inherited: Mapping[str, int] | None = None,
    output: int | None = None,
    errors: int | None = None,
) -> int:
    """Fork a process that ends with what `main` returns, with nothing but the named descriptors; returns its pid.

    Each descriptor is announced in an environment variable. In a process group of its own, so that a Ctrl-C on the
    terminal reaches `up` alone.
    """
    with suppress(OSError, ValueError):  # nobody may be listening any more
        sys.stdout.flush()
    # A signal to the new process must not reach the descriptor that wakes this one, signal.set_wakeup_fd.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _live(name, main, dict(environment), inherited or {}, (output, errors), unblocked)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
    return pid


def _live(
    name: str,
    main: Main,
    environment: dict[str, str],
    inherited: Mapping[str, int],
    outputs: tuple[int | None, int | None],
    unblocked: set[int | signal.Signals],
) -> NoReturn:
    """The whole life of a fork: nothing of the parent's is ever returned to."""
    code = _ENDED_BY_AN_ERROR
    try:
        os.setpgid(0, 0)
        _forget_signals()
        _keep_only(inherited, outputs)
        open_streams()
        os.environ.clear()
        os.environ.update(environment | {variable: str(number) for variable, number in inherited.items()})
        call_this_process(name)
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        code = main()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001  it is told, and there is nobody else to catch it
        with suppress(OSError):
            traceback.print_exc()
    finally:
        os._exit(code)


def _forget_signals() -> None:
    """As a Python that has just been started has them."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)


def _keep_only(inherited: Mapping[str, int], outputs: tuple[int | None, int | None]) -> None:
    for target, source in zip((1, 2), outputs, strict=True):
        if source is not None:
            os.dup2(source, target)
    kept = {0, 1, 2, *inherited.values()}
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number not in kept:
            with suppress(OSError):  # the one that listed them
                os.close(number)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def open_streams() -> None:
    """Open the three streams on what their descriptors are now, as Python does at its start.

    Those that are there know of the old ones whether they are a terminal and whether they have a position.
    """
    encoding = sys.stdout.encoding
    sys.stdin = open(0, encoding=encoding, closefd=False)  # noqa: SIM115  for as long as we live
    sys.stdout = open(1, "w", -1 if not os.isatty(1) else 1, encoding, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding, "backslashreplace", closefd=False)  # noqa: SIM115


def call_this_process(name: str) -> None:
    """Let ps(1) and top(1) show this process as a part of the portal.

    The words go where its arguments stand, proc_pid_cmdline(5), and never beyond; those may have held a password too.
    """
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end of proc_pid_stat(5), which counts from 3
    words = os.fsencode(f"addon-portal {name}")[: max(0, end - start - 1)]
    if start:
        ctypes.memmove(start, words.ljust(end - start, b"\0"), end - start)
    with suppress(OSError):
        Path("/proc/self/comm").write_bytes(f"portal-{name.partition(' ')[0]}".encode()[:15])
