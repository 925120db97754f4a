"""What the screen says of a run, beside what its program really did: word, fact and sentence on each page.

The programs are started and ended for real; what they did is known here without asking the portal.
"""

import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.kernel import processes_with
from tests.support.portal import Portal
from tests.support.visitor import Visitor
from tests.support.waiting import PATIENCE_SECONDS, wait_until


def kill_program(run_id: str) -> None:
    """SIGKILL to the program itself, from outside."""
    cookie = f"ADDON_PORTAL_RUN_ID={run_id}"
    (pid,) = wait_until(lambda: list(processes_with(cookie)), "the program to run", PATIENCE_SECONDS)
    os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True)
class Deed:
    """What a program does, and what the page has to say of it."""

    command: list[str]
    word: str
    fact: str
    sentence: str
    then: Callable[[str], None] | None = None
    definition: dict[str, object] = field(default_factory=dict)


NOTHING = "/nonexistent/program"

DEEDS = {
    "ends with 0": Deed(["true"], "Completed", "", "exit code 0"),
    "ends with 3": Deed(["sh", "-c", "exit 3"], "Failed", "exit code 3", "ended with exit code 3"),
    "crashes": Deed(["sh", "-c", "kill -SEGV $$"], "Failed", "SIGSEGV", "SIGSEGV"),
    "is not there": Deed([NOTHING], "Failed", "could not be started", NOTHING),
    "may not be executed": Deed(["PLACE/plain"], "Failed", "could not be started", "PLACE/plain"),
    "is killed from outside": Deed(["sleep", "1000"], "Failed", "SIGKILL", "SIGKILL", kill_program),
    "takes too long": Deed(
        ["sleep", "1000"], "Failed", "time limit exceeded", "1 s", definition={"max_runtime_seconds": 1}
    ),
    "has not done what was wanted": Deed(
        ["true"],
        "Failed",
        "success check did not hold",
        "result.txt",
        definition={"success_check": {"file": "result.txt"}},
    ),
}


def start(portal: Portal, place: Path, name: str) -> tuple[Deed, str, str]:
    """Run one of them; returns what has to be said, and the addresses of project and run."""
    deed = DEEDS[name]
    command = [word.replace("PLACE", str(place)) for word in deed.command]
    project_id = portal.new_project(command, **(deed.definition | {"name": name}))
    run_id = portal.run(project_id)
    return (
        replace(deed, sentence=deed.sentence.replace("PLACE", str(place))),
        f"/projects/{project_id}",
        f"/runs/{run_id}",
    )


def head_of(page: Page, address: str, title: str) -> str:
    """What a page says above the output, once it is there."""
    page.goto(address, wait_until="commit")
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    return re.split("Last output|Search", page.get_by_role("main").inner_text())[0]


def missing(deed: Deed, where: str, said: str) -> list[str]:
    """What is not said of it. A row of the status page has a sentence only where that says more than the fact."""
    parts = (deed.word, deed.fact) if where == "status" else (deed.word, deed.fact, deed.sentence)
    return [part for part in parts if part not in said]


def test_the_screen_says_what_the_programs_did(portal: Portal, ada: Visitor, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("#!/bin/sh\n")
    started = {name: start(portal, tmp_path, name) for name in DEEDS}
    for deed, _, address in started.values():
        run_id = address.rpartition("/")[2]
        if deed.then:
            deed.then(run_id)
        portal.wait_final(run_id)
    said: dict[tuple[str, str], str] = {}
    for name, (_, project, run) in started.items():
        said[name, "project"] = head_of(ada.page, project, name)
        said[name, "run"] = head_of(ada.page, run, f"{name} #1")
    failed = [name for name, deed in DEEDS.items() if deed.word == "Failed"]
    rows = ada.open("/status").locator("#attention").get_by_role("listitem")
    expect(rows).to_have_count(len(failed))
    for name in failed:
        said[name, "status"] = rows.filter(has=ada.page.get_by_role("link", name=f"{name} #1")).inner_text()
    wrong = {key: missing(started[key[0]][0], key[1], text) for key, text in said.items()}
    assert not any(wrong.values()), {key: (parts, said[key]) for key, parts in wrong.items() if parts}
