"""The units for systemd: what they start is there, and stopping the keeper's ends no run."""

from pathlib import Path

import pytest

from addon_portal.cli.main import _COMMANDS as COMMANDS
from tests.tidy.sources import name_of, tracked_files

SERVICES = tracked_files("deploy/systemd/*.service")
DATA = "/var/lib/addon-portal"


def settings_of(unit: Path) -> dict[str, str]:
    """What a unit says, of which each thing stands once (systemd.syntax(7))."""
    lines = [line for line in unit.read_text().splitlines() if "=" in line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_a_service_starts_a_command_that_there_is_on_the_same_data(unit: Path) -> None:
    said = settings_of(unit)
    program, command = said["ExecStart"].split()
    assert program == "/opt/portal/bin/addon-portal"
    assert command == unit.stem.removeprefix("addon-portal-")
    assert any(command in words for words in COMMANDS.values())
    assert said["Environment"] == f"ADDON_PORTAL_DATA={DATA}"
    assert DATA.endswith(said["StateDirectory"])


def test_the_keepers_unit_lets_runs_live_and_have_limits() -> None:
    (unit,) = tracked_files("deploy/systemd/addon-portal-keeper.service")
    wanted = {"KillMode": "process", "SendSIGKILL": "no", "Delegate": "yes"}
    assert settings_of(unit).items() >= wanted.items()
