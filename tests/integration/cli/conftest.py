"""Portals for the tests of the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli.installed import Portal


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal that the tests of a module share; they leave its processes alone."""
    with Portal(tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture
def own_portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal of one test, which starts it as it likes; everything is ended afterwards."""
    portal = Portal(tmp_path / "data")
    try:
        yield portal
    finally:
        portal.clean_up()
