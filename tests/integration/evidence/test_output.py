"""Output by byte offset, out of real files."""

from pathlib import Path

import pytest

from addon_portal.evidence.output import open_output

TEXT = "one\nzwei ü\ndrei €\nvier 😀\n"


def write(directory: Path, data: bytes) -> None:
    (directory / "output.log").write_bytes(data)


def test_a_run_without_a_log_has_an_empty_one(tmp_path: Path) -> None:
    with open_output(tmp_path / "missing", is_complete=False) as output:
        chunk = output.read_chunk(0, 100)
        assert (chunk.text, chunk.next_offset, chunk.size, chunk.reaches_end) == ("", 0, 0, True)
        assert output.last_lines(20) == []
        assert list(output.iter_bytes(0, 10)) == []


@pytest.mark.parametrize("limit", range(1, 40))
def test_pieces_of_any_size_make_the_whole_and_no_character_is_cut(tmp_path: Path, limit: int) -> None:
    write(tmp_path, TEXT.encode())
    pieces, offset = [], 0
    with open_output(tmp_path) as output:
        while not (chunk := output.read_chunk(offset, limit)).reaches_end:
            assert chunk.next_offset > offset
            pieces.append(chunk.text)
            offset = chunk.next_offset
        pieces.append(chunk.text)
    assert "".join(pieces) == TEXT
    assert "\ufffd" not in "".join(pieces)


def test_a_character_that_is_not_whole_yet_is_left_for_later(tmp_path: Path) -> None:
    write(tmp_path, b"a" + "€".encode()[:2])
    with open_output(tmp_path, is_complete=False) as output:
        first = output.read_chunk(0, 100)
        assert (first.text, first.next_offset, first.reaches_end) == ("a", 1, False)
        assert output.read_chunk(1, 100).next_offset == 1
        with (tmp_path / "output.log").open("ab") as log:
            log.write("€".encode()[2:])
        assert output.read_chunk(1, 100).text == "€"


def test_a_character_that_never_became_whole_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, b"a\xe2\x82")
    with open_output(tmp_path) as output:
        chunk = output.read_chunk(0, 100)
        assert (chunk.text, chunk.next_offset) == ("a\ufffd", 3)


def test_bytes_that_are_no_text_are_replaced_and_never_stop_the_reading(tmp_path: Path) -> None:
    data = bytes(range(256)) * 4
    write(tmp_path, data)
    offset = 0
    with open_output(tmp_path) as output:
        while offset < len(data):
            chunk = output.read_chunk(offset, 3)
            assert offset < chunk.next_offset <= len(data)
            offset = chunk.next_offset


def test_an_offset_in_the_middle_of_a_character_is_not_refused(tmp_path: Path) -> None:
    write(tmp_path, "€uro".encode())
    with open_output(tmp_path) as output:
        assert output.read_chunk(1, 100).text == "\ufffd\ufffduro"


def test_the_last_lines_are_those_at_the_end(tmp_path: Path) -> None:
    write(tmp_path, b"".join(b"line %d\n" % number for number in range(10_000)))
    with open_output(tmp_path) as output:
        assert output.last_lines(2) == ["line 9998", "line 9999"]
        assert len(output.last_lines(20)) == 20


def test_one_endless_line_is_cut_at_its_front(tmp_path: Path) -> None:
    write(tmp_path, b"x" * 200_000)
    with open_output(tmp_path) as output:
        assert output.last_lines(20, most_bytes=100) == ["x" * 100]


def test_raw_bytes_come_as_they_are(tmp_path: Path) -> None:
    data = bytes(range(256)) * 1000
    write(tmp_path, data)
    with open_output(tmp_path) as output:
        assert b"".join(output.iter_bytes(5, 200_001)) == data[5:200_001]
        assert b"".join(output.iter_bytes(250_000, 900_000)) == data[250_000:]
