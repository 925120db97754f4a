"""A portal as `addon-portal up` runs it on a new data directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli.installed import Portal


@pytest.fixture
def own_portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal of one test, which starts it as it likes; everything is ended afterwards."""
    portal = Portal(tmp_path / "data")
    try:
        yield portal
    finally:
        portal.clean_up()
