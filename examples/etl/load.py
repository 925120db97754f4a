"""Loads readings.csv.xz into readings.db: every row exactly once, however often it is killed and started again.

How far it has come is a row of the same database, written in the same transaction as the rows it counts. So whenever
it dies, either both are there or neither is, and the next one goes on behind the last row that is there.
"""

import csv
import hashlib
import lzma
import os
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

SOURCE = Path("readings.csv.xz")
RESULT = Path("readings.db")
BATCH = 1000
ROWS_PER_SECOND = int(os.environ.get("ROWS_PER_SECOND", "5000"))
"""So that there is time to stop it; 0 is as fast as it can."""

TABLES = """
CREATE TABLE IF NOT EXISTS readings (
    id INTEGER PRIMARY KEY, taken_at TEXT NOT NULL, station TEXT NOT NULL, tenths INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS checkpoint (source TEXT PRIMARY KEY, rows INTEGER NOT NULL);
"""
DAILY = """
CREATE TABLE daily AS
SELECT station, substr(taken_at, 1, 10) AS day, count(*) AS readings,
       min(tenths) / 10.0 AS lowest, avg(tenths) / 10.0 AS mean, max(tenths) / 10.0 AS highest
FROM readings GROUP BY station, day ORDER BY station, day
"""


def tell(*words: str) -> None:
    """Say something to whoever runs this program: sd_notify(3) in a few lines. Nobody has to listen."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify, suppress(OSError):
            notify.sendto("\n".join(words).encode(), address)


def read_rows(skipped: int) -> Iterator[tuple[int, str, str, int]]:
    """The rows behind so many, as they are stored."""
    with lzma.open(SOURCE, "rt", encoding="utf-8", newline="") as file:
        for row in islice(csv.DictReader(file), skipped, None):
            yield int(row["id"]), row["taken_at"], row["station"], round(float(row["celsius"]) * 10)


def count_rows() -> int:
    """How many rows there are to load."""
    with lzma.open(SOURCE, "rb") as file:
        return sum(1 for _ in file) - 1


def find_checkpoint(database: sqlite3.Connection, source: str) -> int:
    """How many rows of the source are in the database already."""
    known: dict[str, int] = dict(database.execute("SELECT source, rows FROM checkpoint").fetchall())
    if known and source not in known:
        sys.exit(f"{RESULT} was begun with another {SOURCE}. Start with a clean workspace to load this one.")
    return known.get(source, 0)


def load(database: sqlite3.Connection, source: str, total: int) -> None:
    """Load what is missing, batch by batch."""
    done = find_checkpoint(database, source)
    print(f"{done} of {total} rows are loaded already." if done else f"Loading {total} rows.")
    rows, began, before = read_rows(done), time.monotonic(), done
    while batch := list(islice(rows, BATCH)):
        with database:  # one transaction: the rows, and that they are there
            database.executemany("INSERT INTO readings VALUES (?, ?, ?, ?)", batch)
            done += len(batch)
            database.execute("INSERT OR REPLACE INTO checkpoint VALUES (?, ?)", (source, done))
        tell(f"X_PROGRESS={done / total:.4f}", f"STATUS={done} of {total} rows loaded", "WATCHDOG=1")
        if done % (10 * BATCH) == 0:
            print(f"{done} of {total} rows")
        if ROWS_PER_SECOND:
            time.sleep(max(0.0, began + (done - before) / ROWS_PER_SECOND - time.monotonic()))


def summarise(database: sqlite3.Connection) -> None:
    """Lowest, mean and highest of each station and day."""
    with database:
        database.execute("DROP TABLE IF EXISTS daily")
        database.execute(DAILY)
    days = database.execute("SELECT count(*) FROM daily").fetchone()[0]
    print(f"Summarised {days} days of all stations in the table daily.")


def main() -> None:
    """Everything."""
    tell("READY=1", "STATUS=counting rows")
    total = count_rows()
    database = sqlite3.connect(RESULT)
    database.executescript(TABLES)
    load(database, hashlib.sha256(SOURCE.read_bytes()).hexdigest(), total)
    summarise(database)
    database.close()
    tell("STOPPING=1", "STATUS=all rows loaded")
    print(f"All {total} rows are in {RESULT}.")


if __name__ == "__main__":
    main()
