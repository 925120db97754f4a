"""Directories without rows, as after restoring an older database: found, judged, and never started again."""

import sqlite3
from contextlib import closing
from typing import Any

from addon_portal.domain.code import Code
from addon_portal.domain.ids import ProjectId
from addon_portal.domain.models import TenantScope
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from tests.integration.supervisor.desk import Desk
from tests.integration.supervisor.test_trouble import forget_rows


def test_a_finished_run_without_a_row_gets_one_that_says_how_it_ended(desk: Desk) -> None:
    run_id = desk.running()
    before = desk.get(run_id)
    desk.host.finish(run_id, 0x300)
    desk.settle()
    forget_rows(desk, run_id)
    desk.restart_supervisor()
    desk.turn()
    run = desk.get(run_id)
    assert (run.state, run.reason, run.exit_code) == (RunState.FAILED, Reason.EXIT_CODE, 3)
    assert (run.project_id, run.tenant_id, run.requested_at, run.requested_by) == (
        before.project_id,
        before.tenant_id,
        before.requested_at,
        before.requested_by,
    )
    assert run.started_at == before.started_at
    assert desk.kinds(run_id) == ["imported"]
    assert desk.host.starts == [run_id]


def test_a_living_run_without_a_row_is_watched_to_its_end(desk: Desk) -> None:
    run_id = desk.running()
    forget_rows(desk, run_id)
    desk.restart_supervisor()
    desk.turn()
    assert desk.get(run_id).state is RunState.RUNNING
    desk.host.finish(run_id, 0x300)
    desk.settle()
    assert desk.get(run_id).exit_code == 3
    assert desk.host.starts == [run_id]


def test_a_run_without_a_row_that_was_never_started_is_not_started_without_its_environment(desk: Desk) -> None:
    desk.host.freeze_keeper()
    run_id = desk.request()
    desk.settle()
    forget_rows(desk, run_id)
    desk.restart_supervisor()
    desk.turn()
    desk.host.thaw_keeper()
    desk.settle()
    assert (desk.get(run_id).state, desk.get(run_id).reason) == (RunState.FAILED, Reason.LAUNCH_INTERRUPTED)
    assert desk.host.starts == []


def test_a_living_run_without_a_row_blocks_its_project_until_it_ends(desk: Desk) -> None:
    project_id = desk.add_project()
    lost = desk.request(project_id)
    desk.settle()
    forget_rows(desk, lost)
    later = desk.request(project_id)
    desk.restart_supervisor()
    desk.turn()
    desk.settle()
    assert desk.get(later).waiting_for == f"the end of {lost}, which the database had lost"
    assert desk.host.starts == [lost]
    desk.host.finish(lost, 0x300)
    desk.turn()
    desk.settle()
    assert (desk.get(lost).reason, desk.get(later).state) == (Reason.EXIT_CODE, RunState.RUNNING)
    assert desk.host.starts == [lost, later]


def test_a_lost_run_that_cannot_be_looked_at_is_taken_for_alive(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.runs[run_id].damaged = "child.json is damaged"
    forget_rows(desk, run_id)
    desk.restart_supervisor()
    desk.turn()
    assert (desk.get(run_id).is_active, desk.get(run_id).conditions) == (True, frozenset({"unreachable"}))


def test_what_belongs_to_another_host_or_makes_no_sense_is_left_alone(desk: Desk) -> None:
    strange, foreign, good = desk.running(), desk.running(), desk.running()
    desk.host.runs[strange].spec = {**desk.host.runs[strange].spec, "definition": 7}
    desk.host.runs[foreign].spec = {**desk.host.runs[foreign].spec, "host": "hst_other"}
    forget_rows(desk, strange, foreign, good)
    desk.restart_supervisor()
    desk.turn()
    assert [desk.find(run_id) is None for run_id in (strange, foreign, good)] == [True, True, False]


def test_values_that_the_database_refuses_do_not_keep_the_supervisor_from_its_work(desk: Desk) -> None:
    strange, good = desk.running(), desk.running()
    desk.host.runs[strange].spec = {**desk.host.runs[strange].spec, "requested_by": None, "workspace": None}
    forget_rows(desk, strange, good)
    desk.restart_supervisor()
    desk.turn()
    assert desk.find(good) is not None


def test_a_lost_project_and_tenant_come_back_with_their_run(desk: Desk) -> None:
    other = desk.add_tenant("other")
    run_id = desk.request(desk.add_project(other), other)
    desk.settle()
    project_id = desk.get(run_id).project_id
    forget_rows(desk, run_id)
    forget_owner(desk, other, project_id)
    desk.restart_supervisor()
    desk.turn()
    with desk.storage.read() as uow:
        assert uow.tenants.get(other.tenant_id).name == "other"
        project = uow.projects.get(other, project_id)
    assert (project.name, project.definition.command) == (project_id, ("work",))
    assert project.latest_run is not None
    assert project.latest_run.id == run_id


def test_the_code_of_a_lost_definition_comes_back_with_it(desk: Desk) -> None:
    run_id = desk.running()
    project_id, spec = desk.get(run_id).project_id, desk.host.runs[run_id].spec
    definition: Any = spec["definition"]
    code = {"digest": "sha256:5e", "entries": 3, "bytes": 7}
    desk.host.runs[run_id].spec = {**spec, "definition": {**definition, "version": 2, "code": code}}
    forget_rows(desk, run_id)
    desk.restart_supervisor()
    desk.turn()
    with desk.storage.read() as uow:
        assert uow.projects.get(desk.scope, project_id).definition.code == Code("sha256:5e", 3, 7)


def test_evidence_that_was_lost_in_both_places_is_an_unknown_outcome(desk: Desk) -> None:
    run_id = desk.running()
    desk.host.finish(run_id)
    del desk.host.runs[run_id]
    desk.turn()
    run = desk.get(run_id)
    assert (run.reason, run.outcome) == (Reason.OUTCOME_UNKNOWN, Outcome.UNKNOWN)
    assert run.ending is not None


def forget_owner(desk: Desk, scope: TenantScope, project_id: ProjectId) -> None:
    """As if the database were older than this project and its tenant."""
    path = desk.options.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM definitions WHERE project_id = ?", (project_id,))
        connection.execute("DELETE FROM projects WHERE id = ?", (project_id,))
        connection.execute("DELETE FROM tenants WHERE id = ?", (scope.tenant_id,))
        connection.commit()
