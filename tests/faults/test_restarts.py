"""A hundred people press restart at once: one run comes of it, and the evidence of the one before stays."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from addon_portal.domain.ids import RunId
from addon_portal.executors.processes.selection import Chosen
from tests.support.portal import Json, Portal

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]

CROWD = 100
QUICK = 'echo "$ADDON_PORTAL_RUN_ID" >>executions; echo "$ADDON_PORTAL_RUN_ID"; exit 3'
SLOW = f"({QUICK}); read word <told"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, template: Path, identity: Chosen) -> Iterator[Portal]:
    """A portal that these tests share: nothing of it is killed."""
    with Portal(tmp_path_factory.mktemp("shared") / "portal", template=template, identity=identity) as portal:
        yield portal


class Project:
    """A project with a first run that has ended with code 3."""

    def __init__(self, portal: Portal, directory: Path, restarts_end: bool) -> None:
        self.portal, self.directory = portal, directory
        os.mkfifo(directory / "told")
        script = QUICK if restarts_end else f'if [ -n "$ADDON_PORTAL_RESTART_OF" ]; then {SLOW}; else {QUICK}; fi'
        self.id = portal.new_project(
            ["sh", "-c", script], working_directory=str(directory), stop={"signal": "SIGTERM", "grace_seconds": 1}
        )
        self.first = portal.wait_final(portal.run(self.id))
        assert self.first["exit_code"] == 3

    def restart_at_once(self, body: Json, **headers: str) -> list[httpx.Response]:
        """As many restarts as there are people, each over a connection that is open before the first is sent."""
        barrier = threading.Barrier(CROWD)
        url, key = self.portal.client.base_url, self.portal.client.headers["Authorization"]
        known = {"Authorization": key}

        def restart(_: int) -> httpx.Response:
            with httpx.Client(base_url=url, headers=known, timeout=60, trust_env=False, verify=False) as client:
                client.get("/healthz")
                barrier.wait(60)
                return client.post(f"/api/tenant/projects/{self.id}/restart", json=body, headers=headers)

        with ThreadPoolExecutor(CROWD) as crowd:
            return list(crowd.map(restart, range(CROWD)))

    @property
    def runs(self) -> list[Json]:
        """All runs, newest first."""
        items: list[Json] = self.portal.get(f"/api/tenant/projects/{self.id}/runs")["items"]
        return items

    @property
    def executions(self) -> list[str]:
        """Under which run ids the program was executed."""
        return (self.directory / "executions").read_text().split()

    def check(self, new_run: str) -> None:
        """Two runs, each executed once, and the first as it was: words, evidence and output."""
        first = self.first["run_id"]
        assert [run["run_id"] for run in self.runs] == [new_run, first]
        assert self.executions == [first, new_run]
        now = self.portal.get_run(first)
        changed = {name for name in now if now[name] != self.first[name]}
        assert changed <= {"restarted_by", "restartable", "not_restartable_because"}, (
            f"of the run before, {changed} changed"
        )
        assert now["restarted_by"] == new_run
        assert self.portal.log_of(first) == f"{first}\n"
        evidence = self.portal.get(f"/api/tenant/runs/{first}/evidence")
        assert evidence["run"]["exit_code"] == 3


def test_of_a_hundred_restarts_of_a_program_that_ends_at_once_one_starts_a_run(shared: Portal, tmp_path: Path) -> None:
    project = Project(shared, tmp_path, restarts_end=True)
    answers = project.restart_at_once({"run_id": project.first["run_id"]})
    accepted = [answer.json()["run_id"] for answer in answers if answer.status_code == 202]
    assert len(accepted) == 1
    refused = Counter((answer.status_code, answer.json()["code"]) for answer in answers if answer.status_code != 202)
    assert refused == {(409, "already_restarted"): CROWD - 1}
    assert all(accepted[0] in answer.text for answer in answers), "everybody is told the new run"
    shared.wait_final(accepted[0])
    project.check(accepted[0])


def test_of_a_hundred_restarts_of_the_newest_run_one_starts_a_run(shared: Portal, tmp_path: Path) -> None:
    project = Project(shared, tmp_path, restarts_end=False)
    answers = project.restart_at_once({})
    accepted = [answer.json()["run_id"] for answer in answers if answer.status_code == 202]
    assert len(accepted) == 1
    refused = {(answer.status_code, answer.json()["code"]) for answer in answers if answer.status_code != 202}
    assert refused <= {(409, "already_restarted"), (409, "already_running"), (409, "not_restartable")}
    assert all(accepted[0] in answer.text for answer in answers), "everybody is told the new run"
    stop(shared, project)
    project.check(accepted[0])


@pytest.mark.parametrize("restarts_end", [True, False], ids=["quick", "slow"])
def test_a_hundred_restarts_with_one_idempotency_key_are_one(
    shared: Portal, tmp_path: Path, restarts_end: bool
) -> None:
    project = Project(shared, tmp_path, restarts_end)
    answers = project.restart_at_once({"run_id": project.first["run_id"]}, **{"Idempotency-Key": "the one restart"})
    assert {answer.status_code for answer in answers} == {202}
    new_run = {answer.json()["run_id"] for answer in answers}
    assert len(new_run) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == CROWD - 1
    if not restarts_end:
        stop(shared, project)
    shared.wait_final(RunId(*new_run))
    project.check(*new_run)


def stop(portal: Portal, project: Project) -> None:
    """Wait for the program of the newest run, then have it stopped."""
    newest = project.runs[0]["run_id"]
    portal.wait_for_output(newest)
    assert portal.ask("POST", f"/api/tenant/projects/{project.id}/stop", {}).status_code == 202
    assert portal.wait_final(newest)["reason"] == "stopped_by_person"
