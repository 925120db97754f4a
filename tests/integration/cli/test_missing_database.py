"""A database that is not where it was, or somewhere else: nobody says that there is no portal, or makes another."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from addon_portal.domain.ids import RunId
from tests.integration.cli.installed import Portal, call
from tests.support.host_parts import find_processes_of

pytestmark = pytest.mark.slow


@pytest.fixture
def move(tmp_path: Path) -> Callable[[Path, bool], None]:
    """Take the SQLite database of a data directory away, or put it back."""
    away = tmp_path / "away"
    away.mkdir()

    def move(data: Path, back: bool) -> None:
        source, target = (away, data) if back else (data, away)
        for name in ("portal.db", "portal.db-wal", "portal.db-shm"):
            if (source / name).exists():
                (source / name).rename(target / name)

    return move


def sleeper(portal: Portal) -> RunId:
    """A run that lives until it is stopped."""
    return RunId(portal.run_until_output("--name", "sleeper", "--", "sh", "-c", "echo up; exec sleep 1000"))


def test_nothing_is_said_of_runs_whose_database_is_missing(
    own_portal: Portal, move: Callable[[Path, bool], None]
) -> None:
    own_portal.start("--no-samples")
    run_id = sleeper(own_portal)
    own_portal.end()
    move(own_portal.data, False)
    for command in (["down", "--stop-runs"], ["down"], ["key", "list"], ["db", "upgrade"], ["db", "status"]):
        done = own_portal.call(*command)
        assert done.returncode == ExitCode.INSTALLATION, done.stdout
        assert "mounted?" in done.stderr
        assert "No run was active" not in done.stdout
    examined = own_portal.call("doctor")
    assert examined.returncode == ExitCode.TROUBLE_FOUND
    assert "There is no database at" in examined.stdout
    assert "starts shims" in examined.stdout, "what needs no database is looked at all the same"
    up = own_portal.spawn()
    said, _ = up.communicate(timeout=60)
    assert up.returncode == ExitCode.INSTALLATION
    assert "The database of this data directory is missing" in said
    assert not (own_portal.data / "portal.db").exists()
    assert find_processes_of([run_id])
    move(own_portal.data, True)
    assert "1 run" in own_portal.call("down", "--stop-runs").stdout


def test_a_portal_that_leaves_while_its_database_is_away_says_what_it_cannot_tell(
    own_portal: Portal, move: Callable[[Path, bool], None]
) -> None:
    own_portal.start("--no-samples")
    sleeper(own_portal)
    move(own_portal.data, False)
    code, said = own_portal.end(signal.SIGINT)
    assert code == 0
    assert "How many runs go on cannot be told now" in said
    assert "Traceback" not in said
    move(own_portal.data, True)


@pytest.mark.postgres
def test_a_data_directory_knows_its_database_on_a_server(postgres_url: str, own_portal: Portal) -> None:
    own_portal.start("--no-samples", "--database-url", postgres_url)
    sleeper(own_portal)
    own_portal.end()
    assert (own_portal.data / "database.json").stat().st_mode & 0o777 == 0o600
    assert own_portal.call("down").stderr.startswith("1 active run goes on")
    own_portal.start()
    assert not (own_portal.data / "portal.db").exists()
    assert [run["state"] for run in own_portal.ask("runs")] == ["running"]
    assert own_portal.call("doctor").returncode == 0
    assert "Stopped 1 run" in own_portal.call("down", "--stop-runs").stdout


@pytest.mark.postgres
def test_a_server_without_tables_does_not_take_the_place_of_a_database(postgres_url: str, own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    own_portal.end()
    up = own_portal.spawn("--database-url", postgres_url)
    said, _ = up.communicate(timeout=60)
    assert (up.returncode, "no tables" in said) == (ExitCode.INSTALLATION, True)
    status = call("db", "status", "--database-url", postgres_url, "--data", str(own_portal.data / "else"))
    assert "no tables yet" in status.stderr
    assert own_portal.call("down").returncode == 0, "the right database is still the one that is used here"
