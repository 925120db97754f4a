"""What a new user does first: push a folder, run it, stop it half-way, go on, fetch the result; and then kill things.

The program is `examples/etl`, and what is judged is the database that it has made.
"""

import csv
import json
import lzma
import os
import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from addon_portal.cli.demo import examples_directory
from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, find_processes
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]

ETL = examples_directory() / "etl"
PATIENCE_SECONDS = 120.0
SLOWLY = "ROWS_PER_SECOND=6000"
AT_ONCE = "ROWS_PER_SECOND=0"


@pytest.fixture(scope="module")
def table() -> tuple[int, int]:
    """How many rows the supplied table has, and their sum in tenths of a degree."""
    with lzma.open(ETL / "readings.csv.xz", "rt") as file:
        values = [round(float(row["celsius"]) * 10) for row in csv.DictReader(file)]
    return len(values), sum(values)


def loaded(database: Path) -> tuple[int, int, int]:
    """How many rows a result has, how many different ones, and their sum."""
    with closing(sqlite3.connect(database)) as result:
        found = result.execute("SELECT count(*), count(DISTINCT id), sum(tenths) FROM readings").fetchone()
    return int(found[0]), int(found[1]), int(found[2])


def checkpoint(portal: Portal) -> int:
    """How far the program says that it has come, in its own database."""
    for database in (portal.data / "workspaces").glob("*/*/readings.db"):
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(database, timeout=60)) as result:
            return int(result.execute("SELECT coalesce(sum(rows), 0) FROM checkpoint").fetchone()[0])
    return 0


def wait_for_rows(portal: Portal, rows: int) -> int:
    """Wait until so many rows are loaded."""
    return wait_until(lambda: (done := checkpoint(portal)) >= rows and done, f"{rows} rows", PATIENCE_SECONDS)


def push(portal: Portal) -> None:
    """What the page of the example says."""
    done = portal.call("project", "push", str(ETL), "--", "python3", "load.py")
    assert done.returncode == 0, done.stderr


def newest(portal: Portal) -> Any:
    """The newest run, once it is final."""
    portal.call("wait", "etl", "--timeout", "120")
    return portal.ask("show", "etl")["run"]


def processes_of(portal: Portal, run_id: str) -> dict[str, int]:
    """Shim and program of a run, by its own record."""
    record = json.loads((portal.data / "runs" / run_id / "child.json").read_text())
    return {"program": record["pid"], "shim": record["shim"]["pid"]}


def test_stopped_half_way_it_goes_on_and_the_result_is_fetched(
    own_portal: Portal, table: tuple[int, int], tmp_path: Path
) -> None:
    own_portal.start("--no-samples")
    push(own_portal)
    assert own_portal.call("run", "etl", "--detach", "--env", SLOWLY).returncode == 0
    wait_for_rows(own_portal, 10_000)
    assert own_portal.call("stop", "etl", "--wait").returncode == 0
    stopped = newest(own_portal)
    assert (stopped["state"], stopped["reason"]) == ("cancelled", "stopped_by_person")
    half = checkpoint(own_portal)
    assert 10_000 <= half < table[0]

    restarted = own_portal.call("restart", "etl", "--workspace", "keep", "--env", AT_ONCE, "--follow")
    assert restarted.returncode == 0, restarted.stderr
    assert restarted.stdout.splitlines()[0] == f"{half} of {table[0]} rows are loaded already."
    done = newest(own_portal)
    assert (done["state"], done["progress"], done["status_text"]) == ("completed", 1.0, "all rows loaded")
    assert "readings.db" in own_portal.call("files", "changed", "etl").stdout
    target = tmp_path / "fetched.db"
    assert own_portal.call("files", "get", "etl", "readings.db", "--output", str(target)).returncode == 0
    assert loaded(target) == (table[0], table[0], table[1])


def test_each_row_is_loaded_once_over_three_kills(own_portal: Portal, table: tuple[int, int], tmp_path: Path) -> None:
    own_portal.start("--no-samples")
    push(own_portal)
    run_id = own_portal.ask("run", "etl", "--detach", "--env", SLOWLY)["run_id"]
    rows = wait_for_rows(own_portal, 5_000)
    os.kill(processes_of(own_portal, run_id)["program"], signal.SIGKILL)
    killed = newest(own_portal)
    assert (killed["reason"], killed["signal"]) == ("signal", signal.SIGKILL)

    run_id = own_portal.ask("restart", "etl")["run_id"]
    rows = wait_for_rows(own_portal, rows + 5_000)
    ours = processes_of(own_portal, run_id)
    os.kill(ours["shim"], signal.SIGKILL)
    rows = wait_for_rows(own_portal, rows + 5_000)  # the program goes on without its shim
    assert own_portal.ask("show", "etl")["run"]["state"] == "running"
    os.kill(ours["program"], signal.SIGKILL)
    killed = newest(own_portal)
    assert (killed["run_id"], killed["reason"], killed["signal"]) == (run_id, "signal", signal.SIGKILL)

    run_id = own_portal.ask("restart", "etl")["run_id"]
    rows = wait_for_rows(own_portal, rows + 5_000)
    program = processes_of(own_portal, run_id)["program"]
    everything = find_processes(own_portal.data)
    assert program in everything
    for pid in everything:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not find_processes(own_portal.data), "everything to be dead", PATIENCE_SECONDS)
    own_portal.start("--no-samples")
    lost = newest(own_portal)
    assert (lost["run_id"], lost["state"]) == (run_id, "failed")
    assert lost["reason"] in {"outcome_unknown", "signal"}
    assert checkpoint(own_portal) < table[0]

    done = own_portal.call("restart", "etl", "--confirm", "--env", AT_ONCE, "--follow")
    assert done.returncode == ExitCode.OK, done.stderr
    target = tmp_path / "fetched.db"
    assert own_portal.call("files", "get", "etl", "readings.db", "--output", str(target)).returncode == 0
    assert loaded(target) == (table[0], table[0], table[1])
    assert [run["state"] for run in own_portal.ask("runs", "etl")] == ["completed", "failed", "failed", "failed"]
