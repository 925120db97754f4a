"""Where even the log of the process cannot be written, answers and events are the same."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog

from tests.integration.api.conftest import settings_with_tables
from tests.support.served import Served, serve
from tests.support.waiting import wait_until
from tests.support.world import World, assert_problem, path_of


class FullDisk:
    """A file on a full disk, which knows how often somebody has written to it in vain."""

    def __init__(self, path: str = "/dev/full") -> None:
        self._file = Path(path).open("w")  # noqa: SIM115 - closed by the fixture
        self.refused = 0

    def write(self, text: str) -> int:
        """Write, as a logger does."""
        return self._file.write(text)

    def flush(self) -> None:
        """Raises OSError for what was written."""
        try:
            self._file.flush()
        except OSError:
            self.refused += 1
            raise

    def close(self) -> None:
        """What was never written is refused here once more."""
        with contextlib.suppress(OSError):
            self._file.close()


@pytest.fixture
def full_disk() -> Iterator[FullDisk]:
    """All log lines of this process go to a full disk."""
    before = structlog.get_config()
    disk = FullDisk()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(disk), cache_logger_on_first_use=False)  # type: ignore[arg-type]
    try:
        yield disk
    finally:
        structlog.configure(**before)
        disk.close()


@pytest.fixture
def own_served(tmp_path: Path, full_disk: FullDisk) -> Iterator[Served]:
    """An installation whose database may be broken."""
    with serve(settings_with_tables(data_dir=tmp_path)) as served:
        yield served


@contextlib.contextmanager
def journal_missing(served: Served) -> Iterator[None]:
    """The journal's table is away."""
    with closing(sqlite3.connect(served.settings.data.database, timeout=10)) as connection:
        connection.execute("ALTER TABLE journal RENAME TO away")
        yield
        connection.execute("ALTER TABLE away RENAME TO journal")


def test_trouble_is_answered_though_it_cannot_be_logged(own_served: Served, full_disk: FullDisk) -> None:
    with closing(World(own_served)) as world:
        project = world.add_project()
        with journal_missing(own_served):
            problem = assert_problem(world.alice.post(f"{path_of(project)}/run"), 503, "storage_trouble")
            assert problem["cause"] == "schema_too_old"
        assert full_disk.refused
        assert world.alice.post(f"{path_of(project)}/run").status_code == 202


@pytest.mark.slow
def test_events_go_on_though_trouble_cannot_be_logged(own_served: Served, full_disk: FullDisk) -> None:
    with closing(World(own_served)) as world:
        opened, told = threading.Event(), threading.Event()

        def follow() -> None:
            with world.alice.stream("GET", "/api/tenant/events") as response:
                for line in response.iter_lines():
                    opened.set()
                    if line == "event: run":
                        told.set()
                        return

        reader = threading.Thread(target=follow)
        reader.start()
        assert opened.wait(10)
        with journal_missing(own_served):
            wait_until(lambda: full_disk.refused, "trouble with the journal")
        world.add_run()
        assert told.wait(10)
        reader.join(10)
        assert not reader.is_alive()
