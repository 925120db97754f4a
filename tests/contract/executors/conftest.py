"""One stage for each executor; every test of the suite runs on all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.executors.stages import Stage
from tests.contract.executors.worlds import FakeWorld, LocalWorld
from tests.support.identities import IDENTITIES


@pytest.fixture(params=["fake", *IDENTITIES])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """An executor and the world around it."""
    made = Stage(FakeWorld() if request.param == "fake" else LocalWorld(tmp_path / "data", request.param))
    try:
        yield made
    finally:
        made.close()
