"""GET /metrics, the page about it and the dashboard."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from addon_portal.config import Settings
from addon_portal.domain.clock import SystemClock
from addon_portal.metrics.instruments import INSTRUMENTS, Kind
from tests.integration.api.conftest import settings_with_tables
from tests.support.served import serve
from tests.support.world import World, assert_problem

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "metrics.md"
DASHBOARD = ROOT / "deploy" / "grafana" / "addon-portal.json"

Look = Callable[[str], float]


@pytest.fixture
def world(any_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose metrics are read anew at each scrape."""
    monkeypatch.setattr("addon_portal.api.services.metrics_service.KEPT_SECONDS", 0.0)
    return any_world


def scrape(world: World) -> dict[str, float]:
    """Every sample by its name with its labels, as an operator reads them."""
    response = world.olivia.get("/metrics")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        sample.name + json.dumps(sample.labels, sort_keys=True) if sample.labels else sample.name: sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def grown(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """What has changed, without requests and bounds."""
    changed = {name: value - before.get(name, 0.0) for name, value in after.items() if value != before.get(name, 0.0)}
    return {name: value for name, value in changed.items() if "bucket" not in name and "http" not in name}


def test_what_runs_and_what_waits_is_told(world: World) -> None:
    world.supervisor.sweep()
    before = scrape(world)
    world.add_running()
    world.add_run()
    world.supervisor.sweep()
    after = grown(before, scrape(world))
    assert after['portal_runs{"health": "ok", "state": "running"}'] == 1
    assert after['portal_runs{"health": "ok", "state": "pending"}'] == 1
    assert after['cicd_pipeline_run_active{"cicd_pipeline_run_state": "executing"}'] == 1
    assert after["portal_queue_length"] == 1
    assert after["portal_run_start_seconds_count"] == after["portal_runs_started_total"] == 1
    assert after["portal_queue_oldest_seconds"] > 0
    assert scrape(world)["portal_database_up"] == 1


def test_what_has_ended_is_counted_once(world: World) -> None:
    before = scrape(world)
    world.add_final(3)
    world.add_final(0)
    pending = world.add_run()
    assert world.alice.post(f"/api/tenant/projects/{pending['project_id']}/stop").status_code == 202
    first = scrape(world)
    found = grown(before, first)
    assert found['portal_runs_finished_total{"reason": "exit_code", "state": "failed"}'] == 1
    assert found['portal_runs_finished_total{"reason": "succeeded", "state": "completed"}'] == 1
    assert found['portal_runs_finished_total{"reason": "withdrawn", "state": "cancelled"}'] == 1
    assert found["portal_run_end_seconds_count"] == 2
    assert found['cicd_pipeline_run_duration_seconds_count{"cicd_pipeline_result": "failure"}'] == 1
    assert not [name for name in grown(first, scrape(world)) if "total" in name or "count" in name]


def test_runs_that_nobody_looks_after_are_stuck_after_a_minute(world: World) -> None:
    world.add_running()
    world.supervisor.sweep()
    unobserved = 'portal_runs_stuck{"why": "unobserved"}'
    assert scrape(world)[unobserved] == 0
    world.supervisor.sweep(SystemClock().now() - timedelta(seconds=30))
    found = scrape(world)
    assert (found[unobserved], found['portal_runs{"health": "ok", "state": "running"}']) == (0, 0)
    world.supervisor.sweep(SystemClock().now() - timedelta(seconds=90))
    found = scrape(world)
    assert found[unobserved] >= 1
    assert found[f'portal_supervisor_age_seconds{{"host": "{world.host_id}"}}'] >= 90


def test_a_stop_that_does_not_end_is_stuck(world: World) -> None:
    run = world.add_running()
    assert world.alice.post(f"/api/tenant/projects/{run['project_id']}/stop").status_code == 202
    world.supervisor.sweep()
    stuck = 'portal_runs_stuck{"why": "stopping"}'
    before = scrape(world)[stuck]
    world.supervisor.take_stop(run["run_id"], grace_seconds=-90)
    world.supervisor.sweep()
    assert scrape(world)[stuck] == before + 1


def test_requests_are_counted_by_what_they_were_answered(world: World) -> None:
    name = 'portal_http_requests_total{"method": "GET", "status": "4xx"}'
    before = scrape(world).get(name, 0)
    world.alice.get("/api/tenant/runs/run_1")
    world.served.app.state.metrics.count_request("BREW", 418)
    after = scrape(world)
    assert after[name] == before + 1
    assert after['portal_http_requests_total{"method": "other", "status": "4xx"}'] >= 1


def test_scrapes_shortly_after_one_another_are_one_look(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("addon_portal.api.services.metrics_service.KEPT_SECONDS", 1e6)
    first = any_world.olivia.get("/metrics").text
    any_world.add_run()
    assert any_world.olivia.get("/metrics").text == first


def test_only_operators_read_metrics(world: World) -> None:
    assert_problem(world.nobody.get("/metrics"), 401, "unauthenticated")
    assert_problem(world.alice.get("/metrics"), 403, "forbidden")
    assert_problem(world.olivia.post("/metrics"), 405, "method_not_allowed")


def test_anyone_may_where_the_installation_is_set_so(tmp_path: Path) -> None:
    with serve(settings_with_tables(data_dir=tmp_path, metrics_access="anyone")) as served:
        answer = httpx.get(f"{served.url}/metrics", trust_env=False)
        assert (answer.status_code, "portal_queue_length 0.0" in answer.text) == (200, True)


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    settings: Settings = settings_with_tables(data_dir=tmp_path, metrics_access="anyone")
    with serve(settings) as served:
        settings.data.database.rename(tmp_path / "elsewhere.db")
        answer = httpx.get(f"{served.url}/metrics", trust_env=False)
        assert answer.status_code == 200
        assert "portal_database_up 0.0" in answer.text
        assert "\nportal_queue_length " not in answer.text
        (tmp_path / "elsewhere.db").rename(settings.data.database)


def test_no_series_names_a_tenant_a_project_or_a_run(world: World) -> None:
    world.add_final(3)
    text = world.olivia.get("/metrics").text
    assert not re.search(r"(ten|prj|run|key)_[0-9a-z]{26}", text)
    families = {family.name for family in text_string_to_metric_families(text)}
    assert families == {each.name.removesuffix("_total") for each in INSTRUMENTS}


def test_promtool_finds_nothing_wrong(world: World) -> None:
    world.add_final(3)
    world.add_running()
    beside = Path(sys.executable).with_name("promtool")
    promtool = str(beside) if beside.exists() else shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not here; scripts/promtool.sh takes it from Debian's package prometheus")
    text = world.olivia.get("/metrics").text
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_library_is_loaded_by_the_first_scrape() -> None:
    code = "import sys, addon_portal.api.main; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_page_lists_every_instrument() -> None:
    rows = [line.split(" | ") for line in PAGE.read_text().splitlines() if re.match(r"\| `(portal|cicd)_", line)]
    listed = [(row[0].strip("| `"), row[1], row[2].replace("`", ""), row[3].removesuffix(" |")) for row in rows]
    assert listed == [(each.name, each.kind, ", ".join(each.labels), each.meaning) for each in INSTRUMENTS]


def test_the_dashboard_shows_every_instrument_and_nothing_else() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    used = set(re.findall(r"\b(?:portal|cicd)_[a-z_]+", re.sub(r"by \([^)]*\)", "", expressions)))
    named = {each.name + ("_bucket" if each.kind is Kind.HISTOGRAM else "") for each in INSTRUMENTS}
    assert used == named
    labels = {label for each in INSTRUMENTS for label in each.labels} | {"le"}
    grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expressions) for label in group.split(",")}
    assert grouped <= labels
    assert len({panel["id"] for panel in panels}) == len(panels)
