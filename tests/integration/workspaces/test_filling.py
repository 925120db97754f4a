"""Workspaces are filled with a version of code, as often as it takes, and never through what a program left there."""

import os
from pathlib import Path

import pytest

from addon_portal.workspaces.filling import fill, is_filled

DIGEST, OTHER = "sha256:one", "sha256:two"


class Place:
    """A version of code and a workspace."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = root / "project" / "run"

    def version(self, name: str, **files: str) -> Path:
        """A version with these files; `__` stands for a slash."""
        tree = self.root / name / "tree"
        for path, content in files.items():
            file = tree / path.replace("__", "/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        return self.root / name

    def fill(self, version: Path, digest: str = DIGEST) -> None:
        """Fill the workspace."""
        fill(str(self.workspace), str(version), digest)

    def is_filled(self, digest: str = DIGEST) -> bool:
        """Whether it is."""
        return is_filled(str(self.workspace), digest)

    def files(self) -> dict[str, str]:
        """What is in the workspace."""
        return {
            str(path.relative_to(self.workspace)): path.read_text()
            for path in sorted(self.workspace.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_new_workspace_is_the_code(place: Place) -> None:
    version = place.version("v1", main="1", lib__deep__x="2")
    (version / "tree" / "main").chmod(0o755)
    (version / "tree" / "empty").mkdir()
    (version / "tree" / "link").symlink_to("lib/deep")
    assert not place.is_filled()
    place.fill(version)
    assert place.is_filled()
    assert not place.is_filled(OTHER)
    assert place.files() == {"lib/deep/x": "2", "main": "1"}
    assert os.access(place.workspace / "main", os.X_OK)
    assert (place.workspace / "empty").is_dir()
    assert (place.workspace / "link").readlink() == Path("lib/deep")
    assert place.workspace.stat().st_mode & 0o777 == 0o700


def test_a_workspace_that_is_kept_gets_new_files_over_its_own_and_keeps_the_others(place: Place) -> None:
    place.fill(place.version("v1", main="1", gone="1", lib__x="1"))
    (place.workspace / "result").write_text("precious")
    (place.workspace / "lib" / "x").write_text("changed by the program")
    place.fill(place.version("v2", main="2", lib__x="2"), OTHER)
    assert place.files() == {"main": "2", "gone": "1", "lib/x": "2", "result": "precious"}
    assert place.is_filled(OTHER)
    assert not place.is_filled()


def test_a_file_is_replaced_and_never_written_into(place: Place) -> None:
    """A program that still holds the old one, or a second name of it, sees no change."""
    outside = place.root / "outside"
    outside.write_text("mine")
    place.workspace.mkdir(parents=True)
    (place.workspace / "main").hardlink_to(outside)
    (place.workspace / "other").symlink_to(outside)
    place.fill(place.version("v1", main="1", other="1"))
    assert place.files() == {"main": "1", "other": "1"}
    assert outside.read_text() == "mine"


@pytest.mark.parametrize("leads_to", ["outside", "."])
def test_nothing_is_written_through_a_link_that_a_program_has_left(place: Place, leads_to: str) -> None:
    outside = place.root / "outside"
    outside.mkdir()
    place.workspace.mkdir(parents=True)
    (place.workspace / "lib").symlink_to(outside if leads_to == "outside" else ".")
    with pytest.raises(OSError, match="lib"):
        place.fill(place.version("v1", lib__x="1"))
    assert list(outside.iterdir()) == []
    assert not place.is_filled()


def test_a_directory_in_the_place_of_a_file_is_refused_and_kept(place: Place) -> None:
    (place.workspace / "main").mkdir(parents=True)
    (place.workspace / "main" / "result").write_text("precious")
    with pytest.raises(OSError, match="main"):
        place.fill(place.version("v1", main="1"))
    assert place.files()["main/result"] == "precious"
    assert not place.is_filled()


def test_what_a_crash_left_is_filled_again(place: Place) -> None:
    version = place.version("v1", main="1", lib__x="2")
    left = place.workspace.with_name("run.filling")
    (left / "lib").mkdir(parents=True)
    (left / "stale").write_text("of an older try")
    assert not place.is_filled()
    place.fill(version)
    assert place.files() == {"main": "1", "lib/x": "2"}
    assert not left.exists()
    # Killed after the renaming and before the record; and in the middle of a file, copying over it.
    Path(f"{place.workspace}.filled.json").unlink()
    (place.workspace / ".addon-portal-copy").write_text("half")
    assert not place.is_filled()
    place.fill(version)
    assert place.files() == {"main": "1", "lib/x": "2"}
    assert place.is_filled()


def test_a_workspace_that_was_removed_is_not_taken_for_filled(place: Place) -> None:
    place.fill(place.version("v1", main="1"))
    (place.workspace / "main").unlink()
    place.workspace.rmdir()
    assert not place.is_filled()
