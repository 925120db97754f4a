"""Output whose oldest part is no longer there: a hole in a real file, read, searched and masked around it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from addon_portal.evidence.masking import Mask
from addon_portal.evidence.output import Output, open_output
from addon_portal.evidence.search import Query, find_next, find_previous
from addon_portal.shim.shim import punch

BLOCK = 65536
SECRET = "correct-horse"
LINES = b"".join(b"line %06d\n" % number for number in range(20_000))


def drop(directory: Path, end: int) -> None:
    """Take the first bytes off the disk, as a shim does."""
    with (directory / "output.log").open("r+b") as log:
        punch(log.fileno(), end)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A log whose first block is gone."""
    (tmp_path / "output.log").write_bytes(LINES)
    drop(tmp_path, BLOCK)
    return tmp_path


def test_reading_begins_behind_what_is_gone_and_says_so(directory: Path) -> None:
    with open_output(directory) as output:
        assert (output.first_offset(), output.size()) == (BLOCK, len(LINES))
        chunk = output.read_chunk(0, 100)
        assert (chunk.offset, chunk.next_offset, chunk.first_offset) == (BLOCK, BLOCK + 100, BLOCK)
        assert chunk.text.encode() == LINES[BLOCK : BLOCK + 100]
        assert output.read_chunk(BLOCK + 7, 20).text.encode() == LINES[BLOCK + 7 : BLOCK + 27]
        assert b"".join(output.iter_bytes(BLOCK, len(LINES))) == LINES[BLOCK:]
        assert list(output.iter_bytes(0, len(LINES))) == []
        assert output.last_lines(20_000, most_bytes=len(LINES))[-1] == "line 019999"


def test_no_zeros_are_given_out_of_a_hole_that_is_made_while_it_is_read(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Output._read_unmasked

    def read_while_it_goes(output: Output, begin: int, end: int) -> bytes:
        if begin == BLOCK:
            drop(directory, 2 * BLOCK)
        return read(output, begin, end)

    monkeypatch.setattr(Output, "_read_unmasked", read_while_it_goes)
    with open_output(directory, is_complete=False) as output:
        start, data = output.read_from(0, 1000)
        assert (start, data) == (2 * BLOCK, LINES[2 * BLOCK : 2 * BLOCK + 1000])
        assert list(output.iter_bytes(BLOCK, len(LINES))) == []


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_search_finds_what_is_there_and_nothing_else(directory: Path, is_complete: bool) -> None:
    first = BLOCK // 12 + 1
    query, always = Query("line 00"), lambda: True
    with open_output(directory, is_complete=is_complete) as output:
        found = find_next(output, query, 0, 10_000, always)
        assert [place.offset for place in found.places[:3]] == [first * 12, first * 12 + 12, first * 12 + 24]
        back = find_previous(output, query, len(LINES), 10_000, always)
        assert [place.offset for place in back.places] == [place.offset for place in reversed(found.places)]
        assert back.is_done
        zeros = find_next(output, Query("\0"), 0, 10, always)
        assert (zeros.places, zeros.is_done) == ((), True)


def test_going_back_block_by_block_ends_at_what_is_gone(directory: Path) -> None:
    with open_output(directory) as output:
        found = find_previous(output, Query("nowhere"), len(LINES), 10, lambda: False)
        assert found.is_done
        assert found.next_from == BLOCK


def straddling(before: int) -> Callable[[Path], bytes]:
    """A log with a secret of which so many bytes lie in the hole."""

    def write(directory: Path) -> bytes:
        data = b"x" * (BLOCK - before) + SECRET.encode() + b"y" * BLOCK
        (directory / "output.log").write_bytes(data)
        drop(directory, BLOCK)
        return data

    return write


@pytest.mark.parametrize("before", range(len(SECRET) + 2))
def test_no_end_of_a_secret_is_shown_whose_beginning_is_gone(tmp_path: Path, before: int) -> None:
    data, mask = straddling(before)(tmp_path), Mask([SECRET])
    for is_complete in (True, False):
        with open_output(tmp_path, mask, is_complete=is_complete) as output:
            first = output.first_offset()
            shown = b"".join(output.iter_bytes(first, len(data)))
            assert BLOCK + mask.reach == first
            assert shown == mask.hide(data)[first:]
            assert output.read_chunk(0, 50).text.encode() == mask.hide(data)[first : first + 50]


def test_the_first_character_is_a_whole_one(tmp_path: Path) -> None:
    data = ("x" * (BLOCK - 1) + "€uro" + "y" * BLOCK).encode()
    (tmp_path / "output.log").write_bytes(data)
    drop(tmp_path, BLOCK)
    with open_output(tmp_path) as output:
        assert output.first_offset() == BLOCK + 2
        assert output.read_chunk(0, 4).text == "uroy"


def test_a_hole_at_the_end_hides_nothing_that_was_written(tmp_path: Path) -> None:
    """Nobody makes one who takes from the front; a power cut can leave one."""
    (tmp_path / "output.log").write_bytes(LINES)
    os.truncate(tmp_path / "output.log", len(LINES) + BLOCK)
    with open_output(tmp_path) as output:
        assert output.first_offset() == 0
        assert output.read_chunk(0, 12).text == "line 000000\n"
