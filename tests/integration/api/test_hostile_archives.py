"""Archives that are meant to do harm are refused with the rule they break, quickly, and leave nothing behind."""

import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.api.conftest import settings_with_tables
from tests.support import archives
from tests.support.archives import member, tar_of, tar_with, zip_with
from tests.support.served import serve
from tests.support.world import World, assert_problem, json_of, path_of

MOST_BYTES, MOST_ENTRIES, MOST_UPLOAD = 4 << 20, 1000, 64 << 20


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with small limits."""
    data = tmp_path_factory.mktemp("strict")
    limits = {"max_code_bytes": MOST_BYTES, "max_code_entries": MOST_ENTRIES, "max_upload_bytes": MOST_UPLOAD}
    with serve(settings_with_tables(data_dir=data, **limits)) as served, closing(World(served)) as world:
        yield world


def link(name: str, target: str) -> tarfile.TarInfo:
    return member(name, tarfile.SYMTYPE, target)


UNSAFE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "absolute": ("absolute_path", lambda: tar_with({"/tmp/evil": b"x"})),
    "dots": ("path_escape", lambda: tar_with({"a/../../evil": b"x"})),
    "zip dots": ("path_escape", lambda: zip_with({"../evil": b"x"})),
    "zip absolute": ("absolute_path", lambda: zip_with({"/etc/evil": b"x"})),
    "zip backslash": ("name", lambda: zip_with({"..\\evil": b"x"})),
    "directory out": ("path_escape", lambda: tar_of([member("../d", tarfile.DIRTYPE)])),
    "link out": ("link_escape", lambda: tar_of([link("l", "../..")])),
    "link absolute": ("link_escape", lambda: tar_of([link("l", "/etc/passwd")])),
    "zip link": ("link_escape", lambda: zip_with({"l": b"/etc/passwd"}, {"l": stat.S_IFLNK | 0o777})),
    "through a link": (
        "conflict",
        lambda: tar_of([link("l", "d"), (member("l/x"), b"x"), member("d", tarfile.DIRTYPE)]),
    ),
    "over a link": ("conflict", lambda: tar_of([link("l", "x"), (member("l"), b"x")])),
    "two links": ("link_escape", lambda: tar_of([link("d/up", ".."), link("b", "d/up/../..")])),
    "circle": ("link_escape", lambda: tar_of([link("a", "b"), link("b", "a")])),
    "hard link": ("hard_link", lambda: tar_of([member("h", tarfile.LNKTYPE, "/etc/passwd")])),
    "device": ("special_file", lambda: tar_of([member("d", tarfile.CHRTYPE)])),
    "block device": ("special_file", lambda: tar_of([member("d", tarfile.BLKTYPE)])),
    "fifo": ("special_file", lambda: tar_of([member("f", tarfile.FIFOTYPE)])),
    "zip fifo": ("special_file", lambda: zip_with({"f": b""}, {"f": stat.S_IFIFO | 0o644})),
    "twice": ("conflict", lambda: tar_of([(member("a"), b"1"), (member("./a"), b"2")])),
    "file and directory": ("conflict", lambda: tar_of([(member("a"), b"1"), (member("a/b"), b"2")])),
    "name of bytes": ("name", lambda: tar_with({"a\udcff": b""})),
    "control characters": ("name", lambda: tar_with({"a\x1b[2J": b""})),
}

TOO_LARGE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "tar of zeros": ("code_bytes", lambda: archives.tar_of_zeros(1 << 30)),
    "zip of zeros": ("code_bytes", lambda: zip_with({"zeros": bytes(MOST_BYTES + 1)})),
    "zeros in xz": ("code_bytes", lambda: lzma.compress(tar_with({"zeros": bytes(MOST_BYTES + 1)}))),
    "zeros behind the end": ("code_bytes", lambda: gzip.compress(tar_with({"a": b"b"}) + bytes(64 << 20))),
    "many files": ("entries", lambda: tar_with({f"f{number}": b"" for number in range(MOST_ENTRIES + 1)})),
    "many directories": (
        "entries",
        lambda: tar_with({"/".join(f"{n:x}-{m:x}" for m in range(60)): b"" for n in range(40)}),
    ),
    "a million files": ("entries", lambda: archives.zip_of_many(1_000_000)),
    "deep": ("depth", lambda: tar_with({"/".join("d" * 400): b""})),
    "long path": ("path_bytes", lambda: tar_with({"/".join(["d" * 200] * 6): b""})),
    "long name": ("name_bytes", lambda: tar_with({"n" * 256: b""})),
    "announced": ("upload_bytes", lambda: bytes(MOST_UPLOAD + 1)),
}

UNREADABLE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"this is no archive at all\n" * 100,
    "json": lambda: b'{"files": []}',
    "cut tar": lambda: tar_with({"a": b"x" * 2000})[:1500],
    "cut behind a file": lambda: tar_with({"a": b"", "b": b""})[:1024],
    "cut gzip": lambda: gzip.compress(tar_with({"a": bytes(100_000)}))[:-20],
    "cut xz": lambda: lzma.compress(tar_with({"a": bytes(100_000)}))[:-20],
    "cut zip": lambda: zip_with({"a": b"x" * 2000})[:-30],
    "wrong checksum": archives.damaged_zip,
    "broken gzip": lambda: gzip.compress(tar_with({"a": bytes(100)}))[:-8] + b"\0" * 8,
    "huge header": lambda: archives.tar_with_huge_header(1 << 32),
    "headers without end": lambda: archives.tar_of_long_names(20_000),
    "negative size": archives.tar_with_negative_size,
    "encrypted": archives.encrypted_zip,
    "dictionary of 4 GiB": archives.xz_with_dictionary,
    "rar": lambda: b"Rar!\x1a\x07\x01\x00" + bytes(1000),
}


def upload(world: World, content: bytes, status: int, code: str) -> dict[str, object]:
    """What is said of a hostile upload; nothing may be there after it."""
    project = world.add_project()
    response = world.alice.put(f"{path_of(project)}/files", content=content)
    problem = assert_problem(response, status, code)
    place = Path(world.served.settings.data_dir) / "code"
    assert [path for each in (world.tenant.id, "incoming") for path in (place / each).rglob("*")] == []
    after = json_of(world.alice.get(path_of(project)))
    assert (after["code"], after["definition_version"]) == (None, 1)
    return problem


@pytest.mark.parametrize("name", UNSAFE)
def test_what_leads_out_or_is_no_file_is_refused_by_its_rule(strict: World, name: str) -> None:
    rule, make = UNSAFE[name]
    problem = upload(strict, make(), 422, "archive_unsafe")
    assert problem["rule"] == rule
    assert problem["entry"]


@pytest.mark.slow
@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_would_become_too_large_is_refused_by_its_limit(strict: World, name: str) -> None:
    limit, make = TOO_LARGE[name]
    assert upload(strict, make(), 413, "archive_too_large")["limit"] == limit


@pytest.mark.slow
def test_a_zip_of_overlaps_is_refused(strict: World) -> None:
    """By its limit, or before it by a Python whose zipfile sees through it, as that of 3.13 does."""
    content = archives.zip_of_overlaps(9, 1 << 20)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            for name in file.namelist():
                file.open(name).close()
    except zipfile.BadZipFile:
        assert "Overlapped" in str(upload(strict, content, 422, "archive_unreadable")["detail"])
    else:
        assert upload(strict, content, 413, "archive_too_large")["limit"] == "code_bytes"


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_whole_archive_is_refused(strict: World, name: str) -> None:
    upload(strict, UNREADABLE[name](), 422, "archive_unreadable")


@pytest.mark.slow
def test_an_upload_whose_size_is_not_announced_ends_at_the_limit(strict: World) -> None:
    project = strict.add_project()
    blocks = (bytes(1 << 20) for _ in range(80))
    response = strict.alice.put(f"{path_of(project)}/files", content=blocks)
    assert assert_problem(response, 413, "archive_too_large")["limit"] == "upload_bytes"
