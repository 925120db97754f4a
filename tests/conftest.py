"""Fixtures that every level of the tests may use; what one level needs stands in its own conftest."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from typing_extensions import override
from xdist.remote import Producer  # type: ignore[import-untyped]  # has no types
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # has no types

from tests.support.databases import MISSING_SERVER, PostgresServer, find_server_programs

# A shell starts background jobs with SIGINT ignored, and every program below would inherit that: tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'portal.db'}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The session's own server, one per worker; do not stop it, `own_postgres_server` is for that."""
    with _new_server() as server:
        yield server


@pytest.fixture
def own_postgres_server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """A server for this test alone, which it may stop, start and kill."""
    with _new_server(like=postgres_server) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty PostgreSQL database that this test has to itself."""
    name = postgres_server.create_database()
    yield postgres_server.url_of(name)
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database; the test runs once on each kind."""
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


def _new_server(like: PostgresServer | None = None) -> PostgresServer:
    programs = find_server_programs()
    if programs is not None:
        return PostgresServer(programs, like)
    if os.environ.get("ADDON_PORTAL_REQUIRE_POSTGRES") == "1":
        pytest.fail(f"{MISSING_SERVER}, and ADDON_PORTAL_REQUIRE_POSTGRES=1 forbids to skip", pytrace=False)
    pytest.skip(MISSING_SERVER)


_TOGETHER = (
    "faults/test_matrix.py",
    "faults/test_races.py",
    "faults/test_restarts.py",
    "faults/test_filling.py",
    "acceptance/test_release.py",
    "integration/api/test_hostile_archives.py",
    "integration/cli/",
    "integration/supervisor/test_life.py",
)
"""Modules whose tests share a portal, or something else that is dear: each worker would make one of its own."""


class _OneByOne(LoadScopeScheduling):  # type: ignore[misc]  # has no types
    """Gives each test to whoever is idle, but to one worker what belongs together, the largest first.

    So does all that is in a browser, and the fault matrix: it plays seven cases at once, and a Chromium is many
    processes; two workers with either would only take the processors from one another.
    """

    @override
    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        if "acceptance/browser/" in module:
            return module.rpartition("/")[0]
        return module if module.removeprefix("tests/").startswith(_TOGETHER) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """How tests are shared out among workers."""
    return _OneByOne(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many cases of the fault matrix were played, and what was measured, by whichever worker."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    properties = [item for report in reports if report.when == "call" for item in report.user_properties]
    counts: Counter[str] = Counter()
    for name, value in properties:
        if "fault cases" in name:
            counts[name] += value
    for name, count in sorted(counts.items()):
        terminalreporter.write_line(f"{name}: {count}")
    for name, figure in properties:
        if name == "figure":
            terminalreporter.write_line(f"figure: {figure}")
