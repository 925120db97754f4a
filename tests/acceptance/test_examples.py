"""The programs in `examples/`, by themselves: they do real work, and fail as their pages say."""

import csv
import json
import lzma
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from addon_portal.cli.demo import EXAMPLES, examples_directory
from tests.tidy.sources import ROOT

pytestmark = pytest.mark.slow

PRIMES = {"10": 4, "30": 10, "1e6": 78_498, "4000000": 283_146}
"""Known counts; the last limit is where a stretch ends."""


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of one of them."""
    copy = tmp_path / str(request.param)
    shutil.copytree(examples_directory() / copy.name, copy)
    return copy


def run(place: Path, program: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a program there to its end."""
    command = [sys.executable, "-I", program]
    return subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=100)


def test_each_has_a_page_and_is_offered() -> None:
    folders = {path.name for path in (ROOT / "examples").iterdir() if path.is_dir()}
    assert folders == {example.name for example in EXAMPLES}
    assert all((ROOT / "examples" / name / "README.md").is_file() for name in folders)
    assert all((ROOT / "examples" / each.name / each.command[1]).is_file() for each in EXAMPLES)


@pytest.mark.parametrize("place", ["etl"], indirect=True)
def test_the_supplied_table_is_large_and_can_be_made_again(place: Path) -> None:
    supplied = lzma.decompress((place / "readings.csv.xz").read_bytes())
    assert supplied.count(b"\n") > 100_000
    (place / "readings.csv.xz").unlink()
    assert run(place, "make_readings.py").returncode == 0
    assert lzma.decompress((place / "readings.csv.xz").read_bytes()) == supplied


@pytest.mark.parametrize("place", ["etl"], indirect=True)
def test_another_table_is_not_mixed_with_the_one_that_was_begun(place: Path) -> None:
    (place / "readings.csv.xz").write_bytes(
        lzma.compress(b"id,taken_at,station,celsius\n7,2026-01-01T00:00,oak,-1.5\n")
    )
    assert run(place, "load.py").returncode == 0
    assert sqlite3.connect(place / "readings.db").execute("SELECT * FROM readings").fetchall() == [
        (7, "2026-01-01T00:00", "oak", -15)
    ]
    again = run(place, "load.py")
    assert (again.returncode, again.stdout.splitlines()[0]) == (0, "1 of 1 rows are loaded already.")
    (place / "readings.csv.xz").write_bytes(lzma.compress(b"id,taken_at,station,celsius\n8,2026-01-01T01:00,oak,0\n"))
    other = run(place, "load.py")
    assert other.returncode == 1
    assert "begun with another" in other.stderr


@pytest.mark.parametrize("place", ["site"], indirect=True)
def test_a_site_is_built_and_a_broken_link_is_named(place: Path) -> None:
    assert run(place, "build.py").stdout.splitlines()[-1] == "Built 4 pages."
    first = (place / "site" / "index.html").read_text()
    assert "<h1>Programs that may be stopped</h1>" in first
    assert '<li><a href="checkpoints.html">Checkpoints</a>: how to go on' in first
    assert "<pre><code>X_PROGRESS=0.42\nSTATUS" in (place / "site" / "progress.html").read_text()
    page = place / "pages" / "index.md"
    page.write_text(page.read_text().replace("(ending.md)", "(the-end.md)"))
    done = run(place, "build.py")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "index.md, line 10: links to the-end.md, which does not exist\nNothing was built.\n"
    assert (place / "site" / "index.html").read_text() == first


@pytest.mark.parametrize("place", ["orders"], indirect=True)
def test_bad_rows_are_named_and_good_ones_are_added_up(place: Path) -> None:
    done = run(place, "totals.py")
    assert done.returncode == 1
    assert done.stderr in (place / "README.md").read_text()
    assert not (place / "totals.csv").exists()
    table = place / "orders.csv"
    mended = table.read_text().replace('"12,50"', "12.50").replace("2026-02-30", "2026-02-28")
    lines = mended.splitlines()
    lines[340] = lines[340].replace("20212", "20999")
    table.write_text("\n".join(lines) + "\n")
    assert run(place, "totals.py").returncode == 0
    with table.open() as orders, (place / "totals.csv").open() as totals:
        wanted = sum(Decimal(row["amount"]) for row in csv.DictReader(orders))
        assert sum(Decimal(row["total"]) for row in csv.DictReader(totals)) == wanted


@pytest.mark.parametrize("place", ["orders"], indirect=True)
@pytest.mark.parametrize(
    ("table", "said"),
    [
        (None, "orders.csv: No such file or directory\n"),
        ("number,date\n", "orders.csv, row 1: the columns are ['number', 'date'], expected "),
    ],
)
def test_what_is_no_such_table_ends_with_another_code(place: Path, table: str | None, said: str) -> None:
    (place / "orders.csv").unlink()
    if table is not None:
        (place / "orders.csv").write_text(table)
    done = run(place, "totals.py")
    assert done.returncode == 2
    assert done.stderr.startswith(said)


@pytest.mark.parametrize("place", ["primes"], indirect=True)
@pytest.mark.parametrize("limit", PRIMES)
def test_primes_are_counted(place: Path, limit: str) -> None:
    assert run(place, "primes.py", LIMIT=limit).returncode == 0
    assert json.loads((place / "primes.json").read_text()) == {"limit": int(float(limit)), "primes": PRIMES[limit]}


@pytest.mark.parametrize("place", ["primes"], indirect=True)
def test_primes_says_how_far_it_is_until_it_is_told_to_be_silent(place: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ours:
        ours.bind(str(place / "notify"))
        env = {"NOTIFY_SOCKET": str(place / "notify"), "LIMIT": "20000000", "SILENT_AFTER": "0.3"}
        with subprocess.Popen(
            [sys.executable, "-I", "primes.py"], cwd=place, env=env, stdout=subprocess.PIPE, text=True
        ) as program:
            try:
                assert program.stdout is not None
                assert program.stdout.readline() == "Going silent at 6000002, as I was told.\n"
                ours.setblocking(False)
                heard = [ours.recv(4096).decode() for _ in range(4)]
                with pytest.raises(BlockingIOError):
                    ours.recv(4096)
                assert program.poll() is None
            finally:
                program.terminate()
        assert program.returncode == -signal.SIGTERM
        assert heard[0].startswith("READY=1")
        assert heard[3] == "X_PROGRESS=0.3000\nSTATUS=412849 primes up to 6000001\nWATCHDOG=1"
