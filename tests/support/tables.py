"""Databases that have their tables already: the migrations make them once per process, and tests get copies.

All migrations together take longer than most tests need for all that they do with the tables. Copies of a file have
the same installation. Leaves the migrations to `tests/migrations`, which begin with nothing.
"""

import os
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage


def open_with_tables(url: str, *, busy_timeout_seconds: float = 5.0) -> Storage:
    """The storage of an address, with its tables: those that are there, a copy in a new file, new ones on a server."""
    if url.startswith("sqlite:///"):
        path = Path(unquote(url.removeprefix("sqlite:///")))
        if not path.exists():
            lay_tables(path)
    storage = Storage.open(url, clock=SystemClock(), busy_timeout_seconds=busy_timeout_seconds)
    storage.upgrade()
    return storage


def lay_tables(path: Path) -> None:
    """Make a file with tables, which is its owner's alone like one that the portal makes."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_tables())


@cache
def _tables() -> bytes:
    """What a file with tables holds; closing the last connection has brought everything into the one file."""
    with tempfile.TemporaryDirectory(prefix="portal-tables-") as directory:
        path = Path(directory) / "portal.db"
        with closing(Storage.open(f"sqlite:///{path}", clock=SystemClock())) as storage:
            storage.upgrade()
        return path.read_bytes()
