"""The form of our processes' logs: one event a line on standard error, as JSON or for people.

Promises that logging never fails: a full disk costs lines of the log, and nothing of the work that they tell of.
"""

import logging
import os
import sys

import structlog
from typing_extensions import override

from addon_portal.cli.upkeep.log_files import RotatedLog


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


class _Librarian(logging.Handler):
    """Takes what libraries say through the standard module, so that all lines have one form and one way."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """One event of ours for one of theirs."""
        said = {"logger": record.name, "message": record.getMessage(), "exc_info": record.exc_info or None}
        structlog.get_logger().log(record.levelno, "library", **{name: text for name, text in said.items() if text})


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
            *([] if for_people else [structlog.processors.dict_tracebacks]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=LineLoggerFactory(sys.stderr.fileno(), RotatedLog(file)),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Librarian()], level=logging.WARNING, force=True)
