"""Whether pages keep up with 50 changes a second among 500 projects: the page of all projects, and the first one.

Real programs run and fail through the real portal, and a real Chromium looks on, on the same processors. What it shows
in the end is held against what the API says. How long its tasks took, by the clock and of a processor, is told by the
browser's own tracing: by the clock a task is also late when others have the processor.
"""

import http.client
import json
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from playwright.sync_api import Browser, Page

from benchmarks.bench import Bench
from benchmarks.portal import COMMAND, Client, Portal
from benchmarks.results import Row, spread
from tests.support.visitor import Visitor, chromium, find_chromium

CHANGES_A_SECOND = 50
CHANGES_OF_A_RUN = 4
"""Waiting, starting, running, and how it ended."""
CATCH_UP_SECONDS = 10.0
LONGEST_MS = 100

# Every third one fails.
_PROGRAMS = (["/bin/sleep", "0.2"], ["/bin/sleep", "0.4"], ["/bin/sh", "-c", "sleep 0.2; exit 3"])

_WATCH = """
window.frames = [];
const frame = (now) => {
  window.frames.push(now);
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""
_FRAMES = "(since) => window.frames.filter((at) => at >= since).length"
_PROJECTS = """() => Object.fromEntries([...document.querySelectorAll("tbody tr")].map((row) =>
  [row.querySelector("a").textContent, row.querySelector("[data-state]").dataset.state]))"""
_COUNTS = """() => Object.fromEntries([...document.querySelectorAll("main ul:first-of-type li")].map((count) =>
  [count.innerText.split("\\n").at(-1), Number(count.innerText.split("\\n").at(0))]))"""

Said = dict[str, Any]


def measure(bench: Bench) -> list[Row]:
    """One page after the other; left out where there is no Chromium."""
    if find_chromium() is None:
        return []
    with bench.own_portal() as portal, chromium() as browser:
        client = portal.client()
        count = bench.times(500, 200)
        projects = [client.create_project(f"project {n}", _PROGRAMS[n % len(_PROGRAMS)]) for n in range(count)]
        rows = _look_on(bench, portal, browser, projects, "projects", _open_projects, _PROJECTS, _projects_of)
        rows += _look_on(bench, portal, browser, projects, "status", _open_status, _COUNTS, _counts_of)
        client.close()
    return rows


def _look_on(
    bench: Bench,
    portal: Portal,
    browser: Browser,
    projects: list[str],
    name: str,
    open_page: Callable[[Visitor, int], Page],
    seen: str,
    true: Callable[[Client], Said],
) -> list[Row]:
    seconds = bench.times(30, 8)
    visitor = Visitor(browser, f"http://127.0.0.1:{portal.port}", bench.file("browser"), is_traced=False)
    visitor.enter(_link(portal))
    visitor.context.add_init_script(_WATCH)
    page = open_page(visitor, len(projects))
    page.wait_for_timeout(2_000)  # what was loaded for the first time is no part of it
    since = page.evaluate("performance.now()")
    browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
    with _Changes(portal) as changes, _Load(portal, projects, seconds) as load:
        while load.is_alive():
            page.wait_for_timeout(200)  # Playwright hears of what the page says meanwhile
        wrong = _wait_until_true(page, seen, lambda: true(load.client))
        lasted = time.monotonic() - load.began
    tasks = _tasks(browser.stop_tracing())
    frames = page.evaluate(_FRAMES, since)
    trouble = visitor.unforgiven()
    assert not trouble, trouble
    visitor.leave(has_failed=False)
    rate = changes.count / lasted
    what = f"{len(projects)} projects, {rate:.0f} changes a second, on the page {name}"
    return [_task_row(name, what, tasks, frames / lasted), _dropped_row(name, what, changes.count, wrong)]


def _task_row(name: str, what: str, tasks: list[tuple[float, float]], frame_rate: float) -> Row:
    longest = max(own for _, own in tasks)
    return Row(
        name=f"page_{name}_task",
        what=f"{what}: longest task, processor time",
        unit="ms",
        direct=None,
        ours=longest,
        aim=f"≤ {LONGEST_MS} ms",
        met=longest <= LONGEST_MS,
        detail={
            "by_the_clock": spread([clock for clock, _ in tasks if clock >= 1]),
            "processor": spread([own for _, own in tasks if own >= 1]),
            "processor_seconds": round(sum(own for _, own in tasks) / 1000, 2),
            "frames_a_second": round(frame_rate, 1),
        },
    )


def _dropped_row(name: str, what: str, count: int, wrong: Said) -> Row:
    return Row(
        name=f"page_{name}_dropped",
        what=f"{what}: shown otherwise than they are after {count:,} changes",
        unit="",
        direct=None,
        ours=len(wrong),
        aim="0",
        met=not wrong,
        detail={"changes": count, "wrong": wrong},
    )


def _tasks(trace: bytes) -> list[tuple[float, float]]:
    """The tasks of the page's main thread: how long by the clock, and of a processor, in milliseconds."""
    events = json.loads(trace)["traceEvents"]
    by_thread: dict[tuple[int, int], list[tuple[float, float]]] = {}
    mains = {
        (e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    for event in events:
        thread = event["pid"], event["tid"]
        if thread in mains and event["name"].endswith("RunTask") and event["ph"] == "X":
            by_thread.setdefault(thread, []).append((event["dur"] / 1000, event.get("tdur", 0) / 1000))
    return max(by_thread.values(), key=lambda tasks: sum(own for _, own in tasks))


def _link(portal: Portal) -> str:
    argv = [COMMAND, "login-link", "--data", str(portal.directory)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def _open_projects(visitor: Visitor, count: int) -> Page:
    """All of them on the page, which reads them as somebody scrolls."""
    page = visitor.open("/projects")
    rows = page.locator("tbody tr")
    rows.first.wait_for()
    while rows.count() < count:
        page.mouse.wheel(0, 10_000)
        page.wait_for_timeout(50)
    page.mouse.wheel(0, -1_000_000)
    return page


def _open_status(visitor: Visitor, _: int) -> Page:
    page = visitor.open("/status")
    page.get_by_text("completed in 24 h").wait_for()
    return page


def _projects_of(client: Client) -> Said:
    found: Said = {}
    path = "/api/tenant/projects?limit=100"
    cursor = ""
    while True:
        answer = client.ask("GET", path + cursor)
        for project in answer["items"]:
            found[project["name"]] = project["latest_run"]["state"] if project["latest_run"] else "never"
        if answer["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer['next_cursor']}"


def _counts_of(client: Client) -> Said:
    told = client.ask("GET", "/api/tenant/status")
    day, active = told["last_24_hours"], told["active_runs"]
    return {
        "running": active["running"] + active["starting"],
        "waiting": active["pending"],
        "failed in 24 h": day["failed"],
        "completed in 24 h": day["completed"],
    }


def _wait_until_true(page: Page, seen: str, true: Callable[[], Said]) -> Said:
    """What is shown otherwise than it is, once nothing changes any more and the page had time to catch up."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while True:
        wanted, shown = true(), page.evaluate(seen)
        wrong = {name: (shown.get(name), told) for name, told in wanted.items() if shown.get(name) != told}
        if not wrong or time.monotonic() > deadline:
            return wrong
        page.wait_for_timeout(50)


class _Load(threading.Thread):
    """Runs one project after the other, at an even pace, and waits until all have ended."""

    def __init__(self, portal: Portal, projects: list[str], seconds: float) -> None:
        super().__init__(name="load")
        self.client = portal.client()
        self.began = time.monotonic()
        self._client = portal.client()
        self._projects = projects
        self._seconds = seconds

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.join()
        self.client.close()
        self._client.close()

    def run(self) -> None:
        """At twelve and a half runs a second."""
        pace = CHANGES_OF_A_RUN / CHANGES_A_SECOND
        runs = []
        for number in range(int(self._seconds / pace)):
            time.sleep(max(0.0, self.began + number * pace - time.monotonic()))
            runs.append(self._client.run(self._projects[number % len(self._projects)]))
        for run_id in runs:
            self._client.wait_final(run_id)


class _Changes(threading.Thread):
    """Counts what the stream of events tells of runs: the changes that a page is told of."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(name="changes", daemon=True)
        self.count = 0
        self._connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
        self._connection.request("GET", "/api/tenant/events", headers={"Authorization": f"Bearer {portal.key}"})
        self._answer = self._connection.getresponse()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection.sock:
            self._connection.sock.close()

    def run(self) -> None:
        """Until it is closed."""
        try:
            for line in self._answer:
                self.count += line.startswith(b"event: run")
        except (OSError, ValueError, AttributeError):
            return
