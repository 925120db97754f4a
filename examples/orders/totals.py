"""Adds up orders.csv by customer into totals.csv, after it has made sure of every single row.

A row that is wrong is named with what is wrong with it and what was expected, and then nothing is written: a sum over
the good rows alone would look like the truth. Ends with 1 for bad rows and with 2 where there is no such table.
"""

import csv
import re
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

SOURCE, RESULT = Path("orders.csv"), Path("totals.csv")
COLUMNS = ["order", "date", "customer", "amount"]
BAD_ROWS, NO_TABLE = 1, 2
SHOWN = 10

Row = dict[str, str]


def read_rows() -> list[tuple[int, Row]]:
    """All rows with their numbers, as a spreadsheet counts them: the row of headings is row 1."""
    try:
        with SOURCE.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames != COLUMNS:
                give_up(f"{SOURCE}, row 1: the columns are {reader.fieldnames}, expected {COLUMNS}", NO_TABLE)
            return list(enumerate(reader, 2))
    except OSError as error:
        give_up(f"{SOURCE}: {error.strerror}", NO_TABLE)
    return []


def problems_of(row: Row, seen: dict[str, int]) -> Iterator[str]:
    """What is wrong with a row, in words."""
    if any(value is None for value in row.values()) or None in row:
        yield f"it has another number of fields than the {len(COLUMNS)} that are expected"
        return
    if not row["order"].isdigit():
        yield f"order is {row['order']!r}, expected a whole number"
    elif row["order"] in seen:
        yield f"order {row['order']} stands in row {seen[row['order']]} already"
    if not is_date(row["date"]):
        yield f"date is {row['date']!r}, expected a day such as 2026-01-31"
    if not row["customer"].strip():
        yield "customer is empty"
    if not re.fullmatch(r"-?\d+\.\d\d", row["amount"]):
        yield f"amount is {row['amount']!r}, expected a number such as 12.50"


def is_date(text: str) -> bool:
    """Whether it is a day of the calendar."""
    try:
        return len(text) == len("2026-01-31") and bool(date.fromisoformat(text))
    except ValueError:
        return False


def check(rows: list[tuple[int, Row]]) -> list[str]:
    """A sentence for every problem."""
    seen: dict[str, int] = {}
    found = []
    for number, row in rows:
        found += [f"{SOURCE}, row {number}: {problem}" for problem in problems_of(row, seen)]
        seen.setdefault(row["order"], number)
    return found


def write_totals(rows: list[tuple[int, Row]]) -> int:
    """Write the sums; returns how many customers there are."""
    totals: dict[str, Decimal] = {}
    for _, row in rows:
        totals[row["customer"]] = totals.get(row["customer"], Decimal(0)) + Decimal(row["amount"])
    part = RESULT.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "total"])
        writer.writerows(sorted(totals.items()))
    part.replace(RESULT)
    return len(totals)


def give_up(sentence: str, code: int) -> None:
    """End with a code, and say why."""
    print(sentence, file=sys.stderr)
    sys.exit(code)


def main() -> None:
    """Everything."""
    rows = read_rows()
    print(f"Looking at {len(rows)} rows of {SOURCE}.")
    if found := check(rows):
        for problem in found[:SHOWN]:
            print(problem, file=sys.stderr)
        more = f" ({len(found) - SHOWN} more)" if len(found) > SHOWN else ""
        give_up(f"{len(found)} problems{more}. Nothing was written: mend the rows and start again.", BAD_ROWS)
    print(f"Wrote the totals of {write_totals(rows)} customers to {RESULT}.")


if __name__ == "__main__":
    main()
