"""Removing real trees of every kind that a program can leave."""

import os
from pathlib import Path

import pytest

from addon_portal.workspaces.removal import measure_tree, remove_tree


@pytest.mark.slow
def test_a_tree_that_is_deeper_than_any_path_is_removed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    current = os.open(root, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("deeper", dir_fd=current)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=current)
        os.close(current)
        current = inner
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=current))
    os.close(current)
    remove_tree(str(root))
    assert list(tmp_path.iterdir()) == []


def test_what_links_lead_to_stays(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    (outside / "inner").mkdir(parents=True)
    (outside / "file").write_text("x")
    (root / "a" / "b").mkdir(parents=True)
    (root / "link").symlink_to(outside)
    (root / "a" / "link").symlink_to(outside)
    (root / "a" / "b" / "file").symlink_to(outside / "file")
    os.mkfifo(root / "a" / "fifo")
    remove_tree(str(root))
    assert not root.exists()
    assert (outside / "file").read_text() == "x"
    assert (outside / "inner").is_dir()


def test_many_names_and_forbidden_directories_are_removed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for place in (root / "many", root / "a" / "closed" / "b", root / ".removing-1"):
        place.mkdir(parents=True)
    for number in range(2500):
        (root / "many" / f"{number}").touch()
    (root / "a" / "closed" / "b" / "file").touch()
    (root / "a" / "closed" / "b").chmod(0o555)
    (root / "a" / "closed").chmod(0)
    remove_tree(str(root))
    assert not root.exists()


def test_nothing_is_removed_twice(tmp_path: Path) -> None:
    remove_tree(str(tmp_path / "nothing"))


def test_a_tree_is_measured_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"x" * 1_000_000)
    (tmp_path / "root" / "a").mkdir(parents=True)
    (tmp_path / "root" / "a" / "file").write_bytes(b"x" * 100_000)
    (tmp_path / "root" / "link").symlink_to(tmp_path / "outside")
    assert 100_000 <= measure_tree(str(tmp_path / "root")) < 200_000
    assert measure_tree(str(tmp_path / "nothing")) == 0
