"""What is read of a workspace lies in it, whatever a program puts where."""

import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from addon_portal.workspaces import browsing
from addon_portal.workspaces.browsing import Parts, Tree, parts_of
from addon_portal.workspaces.packing import iter_archive

EVER = (0, 1 << 62)


def parts(path: str) -> Parts:
    found = parts_of(path)
    assert found is not None
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace beside a secret."""
    (tmp_path / "secret").write_text("not yours")
    root = tmp_path / "root"
    (root / "lib" / "deep").mkdir(parents=True)
    (root / "lib" / "deep" / "x").write_text("deep")
    (root / "a").write_text("first")
    return root


@pytest.fixture
def tree(root: Path) -> Iterator[Tree]:
    with closing(Tree(root)) as tree:
        yield tree


def read(tree: Tree, path: str) -> bytes:
    """A file whole."""
    with closing(tree.open_file(parts(path))) as file:
        return b"".join(file.iter_bytes(0, file.size()))


def test_files_are_read_and_links_never_followed(root: Path, tree: Tree) -> None:
    assert read(tree, "lib/deep/x") == b"deep"
    (root / "out").symlink_to("../secret")
    (root / "up").symlink_to("..")
    (root / "inside").symlink_to("a")
    for path in ("out", "up/secret", "inside", "up"):
        with pytest.raises(OSError, match=r".*") as refused:
            read(tree, path)
        assert not isinstance(refused.value, FileNotFoundError)
    with pytest.raises(OSError, match=r".*"):
        tree.list_directory(parts("up"), b"", 10)


def test_what_is_no_file_is_listed_and_not_opened(root: Path, tree: Tree) -> None:
    os.mkfifo(root / "fifo")
    (root / "link").symlink_to("/nowhere")
    kinds = {found.path: found.kind for found in tree.list_directory((), b"", 10).items}
    assert kinds == {"a": "file", "fifo": "other", "lib": "directory", "link": "link"}
    with pytest.raises(IsADirectoryError):
        tree.open_file(parts("fifo"))
    with pytest.raises(IsADirectoryError):
        tree.open_file(parts("lib"))


def test_a_directory_is_listed_in_parts_by_name(root: Path, tree: Tree) -> None:
    for number in range(25):
        (root / "lib" / f"f{number:02}").touch()
    names: list[str] = []
    after = b""
    while True:
        page = tree.list_directory(parts("lib"), after, 10)
        names += [found.path for found in page.items]
        if page.last is None:
            break
        (after,) = page.last
    assert names == ["lib/deep", *(f"lib/f{number:02}" for number in range(25))]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_changes_are_listed_in_parts_by_path_at_any_depth(root: Path, tree: Tree, limit: int) -> None:
    for path in ("lib/deep/y", "lib/deep.txt", "lib/z/1", "lib/z/2", "zz"):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(path)
    found: list[str] = []
    after: Parts = ()
    while True:
        page = tree.list_changed(*EVER, after, limit)
        found += [each.path for each in page.items]
        if page.last is None:
            break
        after = page.last
    assert found == ["a", "lib/deep/x", "lib/deep/y", "lib/deep.txt", "lib/z/1", "lib/z/2", "zz"]


def test_a_search_looks_at_so_many_and_goes_on(root: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "MOST_LOOKED_AT", 2)
    since = (root / "a").stat().st_ctime_ns + 1
    pages = 0
    after: Parts = ()
    while (page := tree.list_changed(since, EVER[1], after, 10)).last is not None:
        pages, after = pages + 1, page.last
    assert pages == 2


def test_only_what_was_changed_in_the_time_is_listed(root: Path, tree: Tree) -> None:
    stamps = {path: (root / path).stat().st_ctime_ns for path in ("a", "lib/deep/x")}
    os.utime(root / "a", (1, 1))  # A program can say when a file was modified; not when it said so.
    changed = (root / "a").stat().st_ctime_ns
    assert [each.path for each in tree.list_changed(changed, changed, (), 10).items] == ["a"]
    assert tree.list_changed(0, min(stamps.values()) - 1, (), 10).items == []


def test_times_that_cannot_be_written_do_no_harm(root: Path, tree: Tree) -> None:
    os.utime(root / "a", ns=(0, (1 << 62)))
    assert tree.list_directory((), b"", 1).items[0].modified_at.year in range(1970, 10000)


def test_names_that_are_no_text_are_shown_and_go_on(root: Path, tree: Tree) -> None:
    (root / os.fsdecode(b"z\xff")).write_text("bytes")
    page = tree.list_directory((), b"lib", 10)
    assert [found.path for found in page.items] == ["z\ufffd"]
    assert page.items[0].parts == (b"z\xff",)


def test_an_archive_holds_the_files_as_they_are(root: Path, tree: Tree) -> None:
    (root / "a").chmod(0o755)
    (root / "link").symlink_to("../secret")
    os.mkfifo(root / "fifo")
    (root / os.fsdecode(b"z\xff")).write_text("bytes")
    (root / "large").write_bytes(os.urandom(300_000))
    packed = io.BytesIO(b"".join(iter_archive(tree, ())))
    with tarfile.open(fileobj=packed, mode="r:gz") as archive:
        assert archive.getnames() == ["a", "large", "lib", "lib/deep", "lib/deep/x", "link", os.fsdecode(b"z\xff")]
        assert archive.getmember("a").mode == 0o755
        assert archive.getmember("link").linkname == "../secret"
        large = archive.extractfile("large")
        assert large is not None
        assert large.read() == (root / "large").read_bytes()
    part = io.BytesIO(b"".join(iter_archive(tree, parts("lib"))))
    with tarfile.open(fileobj=part, mode="r:gz") as archive:
        assert archive.getnames() == ["deep", "deep/x"]


def test_a_file_that_shrinks_or_goes_while_it_is_packed_leaves_the_archive_whole(root: Path, tree: Tree) -> None:
    (root / "b").write_bytes(os.urandom(3_000_000))
    (root / "c").write_text("gone")
    blocks = iter_archive(tree, ())
    packed = io.BytesIO()
    packed.write(next(blocks))
    os.truncate(root / "b", 10)
    (root / "c").unlink()
    packed.write(b"".join(blocks))
    packed.seek(0)
    with tarfile.open(fileobj=packed, mode="r:gz") as archive:
        assert archive.getnames() == ["a", "b", "lib", "lib/deep", "lib/deep/x"]
        assert archive.getmember("b").size == 3_000_000


def test_very_deep_directories_end_somewhere(root: Path, tree: Tree) -> None:
    place = os.open(root, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=place)
        inner = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    deepest = max(len(found.parts) for found in tree.iter_entries(()))
    assert deepest == browsing.DEEPEST_LOOK + 1
