"""Storages without tables."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """A storage on an empty database."""
    with closing(Storage.open(database_url, clock=SystemClock())) as opened:
        yield opened
