"""That the fault tests try what they say: each supervisor knows processes in the way it was told."""

from pathlib import Path

import pytest

from addon_portal.executors.processes.selection import Chosen
from tests.support.portal import PARTS, Portal

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]


def test_a_supervisor_loads_what_it_was_told_to_use_and_nobody_else_does(portal: Portal, identity: Chosen) -> None:
    maps = {part: Path(f"/proc/{portal.pid_of(part)}/maps").read_text() for part in PARTS}
    loaded = {part for part in PARTS if "/_psutil_linux" in maps[part]}
    assert loaded == ({"supervisor"} if identity == "psutil" else set())
