"""A record is absent or believed; a damaged one is neither, unless the end is proven without it."""

import json
from pathlib import Path

import pytest

from addon_portal.evidence.records import DamagedRecord, read_records, read_records_after_power_cut

AT = "2026-11-23T12:00:00.000000Z"
EXIT = {"version": 1, "pid": 1, "wait_status": 0, "ended_at": AT, "by": "shim", "signals": []}
DONE = {"version": 1, "at": AT, "proof": "no_children", "killed": 0, "output_bytes": 0, "by": "shim"}


def write(directory: Path, name: str, content: object) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (directory / f"{name}.json").write_text(text, encoding="utf-8")


def test_an_empty_directory_has_no_records(tmp_path: Path) -> None:
    assert read_records(tmp_path).exit is None


@pytest.mark.parametrize(
    "content",
    ["{bad", "", "[]", {"pid": 1}, {"version": 1, "pid": 1}, {**EXIT, "version": 2}, {**EXIT, "version": 0}],
    ids=["cut", "empty", "list", "no version", "fields missing", "newer", "older"],
)
def test_a_damaged_record_is_not_taken_for_absent(tmp_path: Path, content: object) -> None:
    write(tmp_path, "exit", content)
    with pytest.raises(DamagedRecord, match=r"exit\.json"):
        read_records(tmp_path)


def test_a_damaged_child_record_is_in_the_way_while_the_end_is_not_proven(tmp_path: Path) -> None:
    write(tmp_path, "child", "{bad")
    write(tmp_path, "exit", EXIT)
    with pytest.raises(DamagedRecord, match=r"child\.json"):
        read_records(tmp_path)


def test_a_damaged_child_record_does_not_hide_a_proven_end(tmp_path: Path) -> None:
    write(tmp_path, "child", "{bad")
    write(tmp_path, "exit", EXIT)
    write(tmp_path, "done", DONE)
    records = read_records(tmp_path)
    assert records.child is None
    assert records.exit is not None
    assert records.exit.exit.succeeded


def test_after_a_power_cut_what_was_torn_counts_as_not_written(tmp_path: Path) -> None:
    write(tmp_path, "exit", EXIT)
    write(tmp_path, "done", "\0" * 380)
    records = read_records_after_power_cut(tmp_path)
    assert (records.exit is not None, records.done) == (True, None)


def test_a_newer_record_is_not_taken_for_torn(tmp_path: Path) -> None:
    write(tmp_path, "exit", {**EXIT, "version": 2})
    with pytest.raises(DamagedRecord, match="version 2"):
        read_records_after_power_cut(tmp_path)
