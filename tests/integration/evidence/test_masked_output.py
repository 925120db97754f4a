"""Output with secrets in it, out of real files: in one piece, in pieces, and while it grows."""

from pathlib import Path

import pytest

from addon_portal.evidence import output as module
from addon_portal.evidence.masking import Mask
from addon_portal.evidence.output import open_output

SECRET = "correct-horse"
STARS = "*" * len(SECRET)
TEXT = f"one {SECRET}\nzwei ü{SECRET}€\n{SECRET}{SECRET}\n"
SHOWN = TEXT.replace(SECRET, STARS)
MASK = Mask([SECRET])


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "output.log").write_text(TEXT)
    return tmp_path


@pytest.mark.parametrize("limit", range(1, 40))
def test_no_piece_of_any_size_shows_a_secret(directory: Path, limit: int) -> None:
    pieces, offset = [], 0
    with open_output(directory, MASK) as output:
        while not (chunk := output.read_chunk(offset, limit)).reaches_end:
            pieces.append(chunk.text)
            offset = chunk.next_offset
        pieces.append(chunk.text)
    assert "".join(pieces) == SHOWN


def test_any_stretch_of_bytes_is_a_stretch_of_the_whole(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = SHOWN.encode()
    monkeypatch.setattr(module, "_BLOCK", 7)
    with open_output(directory, MASK) as output:
        for start in range(len(whole)):
            for end in range(start, len(whole) + 1):
                assert b"".join(output.iter_bytes(start, end)) == whole[start:end]


def test_the_last_lines_show_no_secret_that_is_cut(directory: Path) -> None:
    with open_output(directory, MASK) as output:
        assert output.last_lines(20) == SHOWN.splitlines()
        assert output.last_lines(20, most_bytes=20) == ["*" * 19]


def test_the_beginning_of_a_secret_is_held_back_until_it_is_decided(tmp_path: Path) -> None:
    log = tmp_path / "output.log"
    log.write_text("key: correct-")
    with open_output(tmp_path, MASK, is_complete=False) as output:
        assert (output.read_chunk(0, 100).text, output.size(), output.count_written()) == ("key: ", 5, 13)
        assert b"".join(output.iter_bytes(0, 100)) == b"key: "
        with log.open("a") as more:
            more.write("hors")
        assert output.size() == 5
        with log.open("a") as more:
            more.write("e!\ncorr")
        chunk = output.read_chunk(5, 100)
        assert (chunk.text, chunk.next_offset) == (f"{STARS}!\n", 20)
        with log.open("a") as more:
            more.write("al")
        assert output.read_chunk(20, 100).text == "corral"


def test_nothing_is_held_back_of_complete_output(tmp_path: Path) -> None:
    (tmp_path / "output.log").write_text("key: correct-")
    with open_output(tmp_path, MASK) as output:
        assert output.read_chunk(0, 100).text == "key: correct-"
