"""One stage for each executor; every test of the suite runs on all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from addon_portal.executors.host_features import pidfd_exit
from tests.contract.executors.stages import Stage
from tests.contract.executors.worlds import FakeWorld, LocalWorld


@pytest.fixture(params=["fake", "local"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """An executor and the world around it."""
    if request.param == "fake":
        made = Stage(FakeWorld())
    else:
        made = Stage(LocalWorld(tmp_path / "data", tells_after_reaping=pidfd_exit().holds))
    try:
        yield made
    finally:
        made.close()
