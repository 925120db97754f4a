"""The tenant demo: made once at the first start, by nobody who waits for it, and never again."""

import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from addon_portal.cli.demo import EXAMPLES
from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until
from tests.tidy.sources import ROOT, name_of, tracked_files

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NAMES = {example.name for example in EXAMPLES}


def wait_for_demo(portal: Portal) -> None:
    """Wait until it is made."""
    wait_until(lambda: not (portal.data / "demo.wanted").exists(), "the tenant demo to be made", 60)


def ask(portal: Portal, *arguments: str) -> Any:
    """Ask as the tenant demo."""
    key = (portal.data / "demo.key").read_text().strip()
    done = portal.call(*arguments, "--json", ADDON_PORTAL_API_KEY=key)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def names(portal: Portal) -> set[str]:
    """The projects of the tenant demo."""
    return {project["name"] for project in ask(portal, "project", "list")}


def test_the_first_start_makes_it_and_removed_projects_stay_removed(own_portal: Portal) -> None:
    said = own_portal.start()
    assert any("in the tenant demo" in line and str(own_portal.data / "demo.key") in line for line in said)
    wait_for_demo(own_portal)
    assert stat.S_IMODE((own_portal.data / "demo.key").stat().st_mode) == 0o600
    assert names(own_portal) == NAMES
    assert ask(own_portal, "runs") == []
    assert not {"etl", "orders"} & {project["name"] for project in own_portal.ask("project", "list")}
    key = (own_portal.data / "demo.key").read_text()
    failed = own_portal.call("run", "orders", ADDON_PORTAL_API_KEY=key.strip())
    assert failed.returncode == 1
    assert "orders.csv, row 118: amount is '12,50', expected a number such as 12.50" in failed.stdout
    assert own_portal.call("run", "site", ADDON_PORTAL_API_KEY=key.strip()).returncode == 0
    assert own_portal.call("project", "delete", "etl", ADDON_PORTAL_API_KEY=key.strip()).returncode == 0

    own_portal.end()
    said = own_portal.start()
    assert not any("tenant demo" in line for line in said)
    assert names(own_portal) == NAMES - {"etl"}
    assert (own_portal.data / "demo.key").read_text() == key


def test_no_samples_means_none_also_later(own_portal: Portal) -> None:
    own_portal.start("--no-samples")
    own_portal.end()
    own_portal.start()
    assert [tenant["name"] for tenant in own_portal.ask("tenant", "list")] == ["default"]
    assert not {"demo.key", "demo.wanted"} & {path.name for path in own_portal.data.iterdir()}


@pytest.mark.faults
def test_what_was_interrupted_is_made_by_the_next_up(own_portal: Portal) -> None:
    own_portal.start()
    assert own_portal.process is not None
    own_portal.process.kill()
    own_portal.start("--no-samples")  # without them now: it stays as the kill has left it
    was_made = not (own_portal.data / "demo.wanted").exists()
    own_portal.end(signal.SIGTERM)
    if not was_made:
        assert not (own_portal.data / "demo.key").exists() or not _is_known(own_portal)
    own_portal.start()
    wait_for_demo(own_portal)
    assert names(own_portal) == NAMES
    assert [tenant["name"] for tenant in own_portal.ask("tenant", "list")] == ["default", "demo"]


def test_a_disk_that_refuses_is_said_and_a_portal_without_samples_works(own_portal: Portal) -> None:
    own_portal.data.mkdir(mode=0o700)
    (own_portal.data / "code").write_text("in the way")
    own_portal.start()
    assert "The tenant demo cannot be made now, the next `up` tries again: " in own_portal.next_line()
    assert own_portal.call("run", "sample-hello").returncode == 0
    own_portal.end()
    (own_portal.data / "code").unlink()
    own_portal.start()
    wait_for_demo(own_portal)
    assert names(own_portal) == NAMES


def test_the_wheel_brings_the_examples_along(tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, env=dict(os.environ)
    )
    assert done.returncode == 0, done.stderr
    held = set(zipfile.ZipFile(tmp_path / done.stdout.strip()).namelist())
    wanted = {f"addon_portal/{name_of(path)}" for path in tracked_files("examples/*")}
    assert wanted
    assert wanted <= held


def _is_known(portal: Portal) -> bool:
    return any(tenant["name"] == "demo" for tenant in portal.ask("tenant", "list"))
