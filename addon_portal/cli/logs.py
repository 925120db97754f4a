"""The form of our processes' logs: one event a line on standard error, as JSON or for people.

Promises that logging never fails: a full disk costs lines of the log, and nothing of the work that they tell of. What
went wrong is one line of bounded length that says where, never with what values: those hold keys and environments.
"""

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from typing_extensions import override

from addon_portal.cli.upkeep.log_files import RotatedLog
from addon_portal.domain.clock import SystemClock

LONGEST_MESSAGE = 500
"""Characters of what an exception or a library says. Only first lines are taken: databases put values into others."""
MOST_FRAMES = 20
"""How many places of a traceback are told, the innermost first."""
REPEATS_ALLOWED = 5
REPEATS_SECONDS = 60.0
"""The same words of a library are told so often in this time. asyncio says thousands of times a second that it cannot
accept when a process has run out of descriptors."""
_MOST_REMEMBERED = 200

_KEY = re.compile(r"(ap[ls]?_)[A-Za-z0-9_-]{43}_[0-9A-Za-z]{6}")


class LineLogger:
    """Writes each event as one line to a descriptor, unbuffered; a line that cannot be written is lost."""

    def __init__(self, descriptor: int, file: RotatedLog) -> None:
        self._descriptor = descriptor
        self._file = file
        self._is_torn = False

    def msg(self, message: str) -> None:
        """Write a line. Never raises OSError."""
        content = (("\n" if self._is_torn else "") + message + "\n").encode("utf-8", "backslashreplace")
        try:
            written = os.write(self._descriptor, content)
        except OSError:
            return
        self._is_torn = written < len(content)
        self._file.rotate_if_large()

    log = debug = info = warn = warning = error = err = exception = critical = fatal = failure = msg


class LineLoggerFactory:
    """What structlog asks for loggers: each writes to the same descriptor."""

    def __init__(self, descriptor: int, file: RotatedLog) -> None:
        self._descriptor = descriptor
        self._file = file

    def __call__(self, *_: object) -> LineLogger:
        """A logger; names do not matter."""
        return LineLogger(self._descriptor, self._file)


class Repeats:
    """Counts what is said again and again, so that only some of it is written."""

    def __init__(self) -> None:
        self._told: dict[object, tuple[float, int]] = {}

    def admit(self, words: object, now: float) -> int | None:
        """None for what is not to be told; otherwise how many like it were left out before."""
        since, count = self._told.get(words, (now, 0))
        left_out = 0
        if now - since >= REPEATS_SECONDS:
            left_out = max(0, count - REPEATS_ALLOWED)
            since, count = now, 0
        if words not in self._told and len(self._told) >= _MOST_REMEMBERED:
            self._told.clear()
        self._told[words] = since, count + 1
        return left_out if count < REPEATS_ALLOWED else None


class _Librarian(logging.Handler):
    """Takes what libraries say through the standard module, so that all lines have one form and one way."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = SystemClock()
        self._repeats = Repeats()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """One event of ours for one of theirs, unless they say the same all the time."""
        left_out = self._repeats.admit((record.name, record.levelno, str(record.msg)), self._clock.monotonic())
        if left_out is None:
            return
        said = {
            "logger": record.name,
            "message": _first_line(record.getMessage()),
            "left_out": left_out,
            "exc_info": record.exc_info or None,
        }
        structlog.get_logger().log(record.levelno, "library", **{name: text for name, text in said.items() if text})


def tell_failure(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by `error`, what it says, and `at`, the places it came through."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = _first_line(f"{type(error).__name__}: {error}")
        event["at"] = _places(error)
        if before := error.__cause__ or error.__context__:
            event["because"] = _first_line(f"{type(before).__name__}: {before}")
    return event


def _places(error: BaseException) -> str:
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{'/'.join(code.co_filename.split('/')[-2:])}:{step.tb_lineno} {code.co_name}"[:200])
        step = step.tb_next
    return " < ".join(places[: -MOST_FRAMES - 1 : -1])


def _first_line(text: str) -> str:
    """So much of a text as fits into a line, without keys in it."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    line = _KEY.sub(r"\1***", line)
    return line if len(line) <= LONGEST_MESSAGE else line[:LONGEST_MESSAGE] + "…"


def configure_logging(level: str, form: str, file: str | None) -> None:
    """`form` is `json`, `console`, or `auto`: console on a terminal, JSON elsewhere.

    `file` is what standard output and standard error were opened on for us, and then is ours to rotate.
    """
    for_people = form == "console" or (form == "auto" and sys.stderr.isatty())
    renderer = structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            tell_failure,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=LineLoggerFactory(sys.stderr.fileno(), RotatedLog(file)),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Librarian()], level=logging.WARNING, force=True)
