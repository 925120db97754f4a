"""The programs that are run, the same for the baseline and for the portal.

Bare interpreters (`-I -S`) and only built-in modules, so that what is measured is not their start. The interpreter is
resolved once: under pyenv `python3` is a shell script.
"""

import os
import sys

PYTHON = os.path.realpath(sys.executable)

_NOW = b"%d\n"


def _python(source: str, *arguments: str) -> list[str]:
    return [PYTHON, "-I", "-S", "-c", source, *arguments]


def say_when_started() -> list[str]:
    """Writes the monotonic clock as its first line."""
    return _python("import posix, time; posix.write(1, b'%d\\n' % time.monotonic_ns())")


def end_with_code(code: int, after_seconds: float) -> list[str]:
    """Writes the monotonic clock and ends as Python programs end: the interpreter takes itself apart first."""
    return _python(
        "import posix, sys, time\n"
        "time.sleep(float(sys.argv[1]))\n"
        "posix.write(1, b'%d\\n' % time.monotonic_ns())\n"
        "sys.exit(int(sys.argv[2]))",
        str(after_seconds),
        str(code),
    )


def end_when_told(code: int, fifo: str) -> list[str]:
    """Ends as soon as somebody opens the FIFO for writing."""
    return _python("import posix, sys\nposix.open(sys.argv[1], 0)\nposix._exit(int(sys.argv[2]))", fifo, str(code))


def append_pid_then_fail(path: str) -> list[str]:
    """Leaves a line in a file for every copy that was started, writes one line of output, ends with 1."""
    return _python(
        "import posix, sys\n"
        "file = posix.open(sys.argv[1], posix.O_WRONLY | posix.O_APPEND | posix.O_CREAT)\n"
        "posix.write(file, b'%d\\n' % posix.getpid())\n"
        "posix.write(1, b'I am %d\\n' % posix.getpid())\n"
        "posix._exit(1)",
        path,
    )


def nothing() -> list[str]:
    """Ends at once."""
    return ["/bin/true"]


def sleep() -> list[str]:
    """Is there and does nothing."""
    return ["/bin/sleep", "100000"]


def write_lines(count: int) -> list[str]:
    """Writes so many lines, each with a system call of its own."""
    return _python(
        "import posix, sys\n"
        "write = posix.write\n"
        "for number in range(int(sys.argv[1])):\n"
        "    write(1, b'%07d the quick brown fox jumps over the lazy dog\\n' % number)",
        str(count),
    )


LINE_BYTES = len(b"%07d the quick brown fox jumps over the lazy dog\n" % 0)


def write_blocks(count: int) -> list[str]:
    """Writes so many MiB in blocks of 64 KiB that all differ, so that a lost or doubled one shows."""
    return _python(
        "import posix, sys\n"
        "rest = b'.' * 65519 + b'\\n'\n"
        "for number in range(int(sys.argv[1]) * 16):\n"
        "    block = b'%016d' % number + rest\n"
        "    while block:\n"
        "        block = block[posix.write(1, block):]",
        str(count),
    )
