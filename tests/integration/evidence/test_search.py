"""Searching output, out of real files."""

import os
import resource
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from addon_portal.evidence import output as output_module
from addon_portal.evidence import search
from addon_portal.evidence.masking import Mask
from addon_portal.evidence.output import Output, open_output
from addon_portal.evidence.search import Found, Query, find_next, find_previous

GIB = 1 << 30

Find = Callable[[Output, Query, int, int, Callable[[], bool]], Found]


def always() -> bool:
    """For a search that has time."""
    return True


def never() -> bool:
    """For one that pauses after each block."""
    return False


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that everything lies across their borders."""
    monkeypatch.setattr(search, "BLOCK_BYTES", 5)


def write(directory: Path, data: bytes) -> None:
    (directory / "output.log").write_bytes(data)


def offsets(find: Find, output: Output, query: Query, start: int, limit: int, go_on: Callable[[], bool]) -> list[int]:
    """Where the text stands, found in as many searches as it takes."""
    found: list[int] = []
    for _ in range(10_000):
        part = find(output, query, start, limit, go_on)
        found += [place.offset for place in part.places]
        if part.is_done:
            return found
        assert part.next_from != start
        start = part.next_from
    raise AssertionError("the search did not end")


@given(
    text=st.text("aAbü\n", max_size=40),
    wanted=st.text("aAbü", min_size=1, max_size=4),
    ignore_case=st.booleans(),
    limit=st.integers(1, 4),
    pauses=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("small_blocks")
def test_every_place_is_found_in_both_directions(
    tmp_path: Path, text: str, wanted: str, ignore_case: bool, limit: int, pauses: bool
) -> None:
    data = text.encode()
    write(tmp_path, data)
    folded, needle = (text.lower(), wanted.lower()) if ignore_case else (text, wanted)
    there = [len(text[:at].encode()) for at in range(len(text)) if folded.startswith(needle, at)]
    query, go_on = Query(wanted, ignore_case=ignore_case), never if pauses else always
    with open_output(tmp_path) as output:
        assert offsets(find_next, output, query, 0, limit, go_on) == there
        assert offsets(find_previous, output, query, len(data), limit, go_on) == there[::-1]
        middle = len(data) // 2
        assert offsets(find_next, output, query, middle, limit, go_on) == [at for at in there if at >= middle]
        assert offsets(find_previous, output, query, middle, limit, go_on) == [at for at in there if at < middle][::-1]


def test_a_place_comes_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "eins\nzwei ü Oops €\ndrei".encode())
    with open_output(tmp_path) as output:
        (place,) = find_next(output, Query("oops", ignore_case=True), 0, 9, always).places
        (last,) = find_next(output, Query("ei"), 20, 9, always).places
    assert (place.text, place.line_start, place.line_end, place.is_cut) == ("zwei ü Oops €", 5, 21, False)
    assert place.text[place.match_start : place.match_end] == "Oops"
    assert (place.offset, place.end_offset) == (13, 17)
    assert (last.text, last.line_start, last.line_end, last.is_cut) == ("drei", 22, 26, False)


@pytest.mark.parametrize("size", [510, 511, 512, 513, 514, 5000])
def test_a_long_line_is_cut_between_characters(tmp_path: Path, size: int) -> None:
    write(tmp_path, b"first\n" + "ü".encode() * size + b"here" + "€".encode() * size + b"\nlast")
    with open_output(tmp_path) as output:
        (place,) = find_next(output, Query("here"), 0, 9, always).places
    assert "\ufffd" not in place.text
    assert "\n" not in place.text
    assert place.text[place.match_start : place.match_end] == "here"
    assert place.is_cut
    assert len(place.text.encode()) == place.line_end - place.line_start <= 2 * search.MOST_AROUND + 5


def test_a_line_of_exactly_what_is_shown_is_not_cut(tmp_path: Path) -> None:
    write(tmp_path, b"x\n" + b"a" * search.MOST_AROUND + b"here" + b"b" * search.MOST_AROUND + b"\nx")
    with open_output(tmp_path) as output:
        (place,) = find_next(output, Query("here"), 0, 9, always).places
    assert (place.is_cut, len(place.text)) == (False, 2 * search.MOST_AROUND + 4)


def test_what_is_hidden_is_not_found(tmp_path: Path) -> None:
    write(tmp_path, b"the correct-horse of troy\n")
    with open_output(tmp_path, Mask(["correct-horse"])) as output:
        assert find_next(output, Query("horse"), 0, 9, always).places == ()
        assert find_next(output, Query("correct"), 0, 9, always).places == ()
        (place,) = find_next(output, Query("troy"), 0, 9, always).places
    assert place.text == "the ************* of troy"


def test_a_search_of_growing_output_goes_on_where_the_text_may_begin(tmp_path: Path) -> None:
    write(tmp_path, b"oops, oo")
    with open_output(tmp_path, is_complete=False) as output:
        first = find_next(output, Query("oops"), 0, 9, always)
        assert ([place.offset for place in first.places], first.is_done) == ([0], True)
        write(tmp_path, b"oops, oops\n")
        again = find_next(output, Query("oops"), first.next_from, 9, always)
        assert [place.offset for place in again.places] == [6]
        assert find_next(output, Query("oops"), again.next_from, 9, always).places == ()


def test_bytes_that_are_no_text_hinder_nothing(tmp_path: Path) -> None:
    write(tmp_path, bytes(range(256)) + "Üben\xff".encode("latin-1") + "Üben".encode())
    with open_output(tmp_path) as output:
        for query in (Query("Üben"), Query("üben", ignore_case=True)):
            assert [place.offset for place in find_next(output, query, 0, 9, always).places] == [261]


@pytest.mark.slow
def test_a_gibibyte_is_searched_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_module, "first_kept", lambda *_: 0)  # the hole stands for what was written
    log = tmp_path / "output.log"
    with log.open("wb") as file:
        file.truncate(GIB)
        for at in (100, GIB // 2, GIB - 4):
            os.pwrite(file.fileno(), b"here", at)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with closing(Output(tmp_path)) as output:
        assert offsets(find_next, output, Query("here"), 0, 9, always) == [100, GIB // 2, GIB - 4]
        assert offsets(find_previous, output, Query("here"), GIB, 1, always) == [GIB - 4, GIB // 2, 100]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024
