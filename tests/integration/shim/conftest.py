"""A data directory, a keeper on it, and something for programs to hold on to."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.keeper_process import Keeper, KeeperWorld, Lifeline


@pytest.fixture
def world(tmp_path: Path) -> Iterator[KeeperWorld]:
    """An empty data directory; whatever is started on it ends with the test."""
    with KeeperWorld(tmp_path / "data") as world:
        yield world


@pytest.fixture
def keeper(world: KeeperWorld) -> Keeper:
    """A keeper without fault points."""
    return world.start_keeper()


@pytest.fixture
def lifeline(world: KeeperWorld) -> Lifeline:
    """Tells what programs say, and when the last that holds it is dead."""
    return world.new_lifeline()


@pytest.fixture
def go(tmp_path: Path) -> Path:
    """A FIFO that a program reads from until the test writes a line to it."""
    path = tmp_path / "go"
    os.mkfifo(path)
    return path
