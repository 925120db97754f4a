"""The first day: start the portal, log in by its link, run a sample, see it fail, restart it, see it complete.

With `up` as it is installed beside the tests, and with `make up` in a clone on a machine that has no Node.
"""

import csv
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from typing_extensions import override

from addon_portal.cli.demo import EXAMPLES, examples_directory
from addon_portal.cli.first_start import DEMO_KEY_FILE, DEMO_TENANT
from addon_portal.cli.samples import SAMPLES
from tests.acceptance.browser.conftest import Visit
from tests.integration.cli.installed import Portal, clean_environment
from tests.support.machine import NODE, path_without
from tests.tidy.sources import name_of, tracked_files


class Cloned(Portal):
    """What `make up` starts in a clone of this repository, where nothing is installed and there is no Node."""

    def __init__(self, data: Path, place: Path) -> None:
        super().__init__(data)
        self.clone = place / "clone"
        self.path = path_without(NODE, place / "programs")
        for file in tracked_files("*"):
            copy = self.clone / name_of(file)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)

    @override
    def command_of_up(self, options: list[str]) -> list[str]:
        return ["env", f"PATH={self.path}", "make", "-C", str(self.clone), "up", f"ARGS={shlex.join(options)}"]

    def check_build(self) -> None:
        """The page was built here, with a Node that lies in the clone's .venv alone; and is not built again."""
        said = "\n".join(self.said)
        assert "no node of at least 20.19 on this machine" in said
        assert re.search(r"first load: [0-9.]+ kB compressed", said)
        assert (self.clone / ".venv" / "node" / "bin" / "node").resolve().is_relative_to(self.clone)
        again = ["make", "-C", str(self.clone), "ui"]
        done = subprocess.run(again, env=clean_environment(PATH=self.path), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "page:" not in done.stdout + done.stderr


WITHOUT_NODE = pytest.mark.skipif(
    "ADDON_PORTAL_WITHOUT_NODE" not in os.environ, reason="takes a Node of 200 MB from the index"
)


@pytest.fixture(params=["up", pytest.param("make up without Node", marks=WITHOUT_NODE)])
def new_portal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Portal]:
    """A data directory that nobody has used yet, and `up` as a program of its own."""
    portal = Portal(tmp_path / "data") if request.param == "up" else Cloned(tmp_path / "data", tmp_path)
    portal.anew = True
    try:
        yield portal
    finally:
        portal.clean_up()


def mend_orders(place: Path) -> Path:
    """The folder of the example with its three bad rows mended, as its page says."""
    copy = shutil.copytree(examples_directory() / "orders", place / "orders")
    table = copy / "orders.csv"
    lines = table.read_text().replace('"12,50"', "12.50").replace("2026-02-30", "2026-02-28").splitlines()
    lines[340] = lines[340].replace("20212", "20999")
    table.write_text("\n".join(lines) + "\n")
    return copy


def go_to_demo(page: Page) -> None:
    """Into the tenant with the samples, which is made a moment after the first start."""
    entry = page.get_by_role("menuitem", name=f"Go to {DEMO_TENANT}")
    while not entry.count():
        page.reload()
        page.get_by_role("button", name="default").click()
        page.get_by_role("menuitem", name="Log out").wait_for()
    entry.click()
    expect(page.get_by_role("button", name=DEMO_TENANT)).to_be_visible()


@pytest.mark.timeout(600)
def test_a_sample_is_run_fails_is_mended_and_completes(new_portal: Portal, visit: Visit, tmp_path: Path) -> None:
    (link,) = [line.strip() for line in new_portal.start() if "/login#token=" in line]
    visitor = visit(new_portal.up_file()["url"])
    visitor.forgive(r"^GET /api/tenant/projects/\S+/files: 409$")  # of a run that waits to get its workspace
    page = visitor.log_in(link)
    page.get_by_role("link", name="Projects", exact=True).click()
    for name in SAMPLES:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    go_to_demo(page)
    page.get_by_role("link", name="Projects", exact=True).click()
    for example in EXAMPLES:
        expect(page.get_by_role("link", name=example.name, exact=True)).to_be_visible()

    page.get_by_role("link", name="orders", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("link", name="Open the log").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("orders.csv, row 118: amount is '12,50', expected a number such as 12.50")
    expect(log).to_contain_text(re.compile("Failed· exit code 1"))

    key = (new_portal.data / DEMO_KEY_FILE).read_text().strip()
    mended = mend_orders(tmp_path)
    pushed = new_portal.call("project", "push", str(mended), ADDON_PORTAL_API_KEY=key)
    assert pushed.returncode == 0, pushed.stderr
    page.get_by_role("button", name="Restart orders with choices").click()
    dialog = page.get_by_role("dialog", name="Restart orders #1")
    dialog.get_by_role("radio", name="The newest: version 2").check()
    dialog.get_by_role("button", name="Restart", exact=True).click()
    expect(page.get_by_role("heading", name="orders #2")).to_be_visible()
    expect(log).to_contain_text("Completed")
    expect(log).to_contain_text(re.compile(r"Wrote the totals of \d+ customers to totals\.csv\."))

    totals = tmp_path / "totals.csv"
    got = new_portal.call("files", "get", "orders", "totals.csv", "--output", str(totals), ADDON_PORTAL_API_KEY=key)
    assert got.returncode == 0, got.stderr
    with totals.open() as found, (mended / "orders.csv").open() as orders:
        wanted = sum(Decimal(row["amount"]) for row in csv.DictReader(orders))
        assert sum(Decimal(row["total"]) for row in csv.DictReader(found)) == wanted
    page.get_by_role("navigation", name="Where this is").get_by_role("link", name="orders").click()
    expect(page.get_by_role("link", name="#1", exact=True)).to_be_visible()
    if isinstance(new_portal, Cloned):
        new_portal.check_build()
