"""Retention on a real host: what goes, what stays, and that a death in between changes neither."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from addon_portal.domain.code import Code
from addon_portal.domain.ids import ProjectId, RunId, new_retention_id, new_run_id
from addon_portal.evidence.output import OutputRemoved, open_output
from addon_portal.evidence.removals import read_removal, workspace_removed
from addon_portal.storage import NewRun
from addon_portal.storage.retentions import RetentionRequest, Retentions
from tests.support.host import SupervisedHost

pytestmark = pytest.mark.slow

AT_ONCE = 1e-9
"""Days: everything is older."""


def start(host: SupervisedHost, **rules: float) -> SupervisedHost:
    """The host with these rules, which are applied on request and at the start."""
    host.options["retention_rules"] = rules
    host.start()
    ask(host)  # passes come one after the other: that of the start is over when this one is
    return host


def ask(host: SupervisedHost, *, dry_run: bool = False) -> Mapping[str, Any]:
    """Ask for a pass and return its report."""
    now = host.clock.now()
    request = RetentionRequest(new_retention_id(now), host.host_id, now, "key:ops", dry_run)
    with host.storage.write() as uow:
        Retentions(uow).insert(request)

    def report() -> Mapping[str, Any] | None:
        with host.storage.read() as uow:
            return Retentions(uow).get(request.id).report

    found: Mapping[str, Any] = host.wait_for(report, "the report of retention")
    return found


def run_in(host: SupervisedHost, project_id: ProjectId, workspace: str | None = None) -> RunId:
    """A final run of the project in this workspace, or in one that is named after it."""
    now = host.clock.now()
    run_id = new_run_id(now)
    place = workspace or f"{project_id}/{run_id}"
    with host.storage.write() as uow:
        uow.runs.insert(host.scope, NewRun(run_id, project_id, 1, host.host_id, now, "key:ada", workspace=place))
    host.runs.append(run_id)
    host.final(run_id)
    return run_id


def records(host: SupervisedHost, run_id: RunId) -> dict[str, bytes]:
    """All that stays of a run's directory."""
    return {path.name: path.read_bytes() for path in host.directory(run_id).iterdir() if path.suffix == ".json"}


def has_log(host: SupervisedHost, run_id: RunId) -> bool:
    """Whether its output is there."""
    return (host.directory(run_id) / "output.log").exists()


def names(report: Mapping[str, Any]) -> set[str]:
    """What was removed."""
    return {item["name"] for item in report["items"]}


def test_without_rules_everything_is_kept(host: SupervisedHost) -> None:
    run_id = host.run("echo", "hello")
    host.final(run_id)
    report = ask(host)
    assert report["items"] == report["problems"] == []
    assert host.output(run_id) == b"hello\n"


def test_old_logs_go_and_say_so_and_records_stay(idle_host: SupervisedHost) -> None:
    host = start(idle_host, log_days=AT_ONCE)
    leash = host.leash()
    active = host.running("sh", "-c", 'echo up; read word <"$0"', str(leash.path))
    host.wait_for(lambda: host.output(active) == b"up\n", "its line")
    old = host.run("echo", "hello")
    host.final(old)
    kept = records(host, old)
    told = ask(host, dry_run=True)
    assert (names(told), host.output(old)) == ({old}, b"hello\n")
    report = ask(host)
    assert (names(report), report["logs"]["count"], report["problems"]) == ({old}, 1, [])
    assert (has_log(host, old), has_log(host, active)) == (False, True)
    assert not (host.directory(old) / "output.idx").exists()
    with pytest.raises(OutputRemoved) as removed:
        open_output(host.directory(old)).__enter__()
    assert "logs of runs that have been over for more than 1e-09 days are not kept" in str(removed.value)
    assert removed.value.removal.size == len(b"hello\n")
    assert {name: record for name, record in records(host, old).items() if "removed" not in name} == kept
    assert names(ask(host)) == set()
    leash.end()
    host.final(active)


def test_of_each_project_the_newest_runs_keep_their_logs(idle_host: SupervisedHost) -> None:
    host = start(idle_host, log_runs=2)
    first, second = host.project(["echo", "a"]), host.project(["echo", "b"])
    runs = [run_in(host, first) for _ in range(4)]
    other = run_in(host, second)
    assert names(ask(host)) == set(runs[:2])
    assert [has_log(host, run_id) for run_id in [*runs, other]] == [False, False, True, True, True]


def test_the_oldest_logs_go_until_all_are_small_enough(idle_host: SupervisedHost) -> None:
    host = start(idle_host, log_bytes=200_000)
    project = host.project(["sh", "-c", "head -c 90000 /dev/zero | tr '\\0' x"])
    runs = [run_in(host, project) for _ in range(4)]
    would = ask(host, dry_run=True)
    report = ask(host)
    assert names(report) == names(would) == set(runs[:2])
    assert "all logs together may take 200000 bytes" in report["items"][0]["why"]
    assert [has_log(host, run_id) for run_id in runs] == [False, False, True, True]


@pytest.mark.faults
@pytest.mark.parametrize("point", ["retention.log_recorded", "retention.log_removed", "retention.removed_one"])
def test_a_supervisor_that_dies_while_it_removes_logs_is_followed_by_one_that_goes_on(
    idle_host: SupervisedHost, point: str
) -> None:
    host = idle_host.start()
    runs = [host.run("echo", "hello") for _ in range(3)]
    for run_id in runs:
        host.final(run_id)
    kept = {run_id: records(host, run_id) for run_id in runs}
    host.supervisor.kill()
    host.options["retention_rules"] = {"log_days": AT_ONCE}
    host.spawn_supervisor(faultpoints={point: "kill"}).wait()
    for run_id in runs:
        assert has_log(host, run_id) or read_removal(host.directory(run_id) / "output.removed.json")
    host.start_supervisor()
    host.wait_for(lambda: not any(has_log(host, run_id) for run_id in runs), "all logs to be gone")
    for run_id in runs:
        assert read_removal(host.directory(run_id) / "output.removed.json")
        assert {name: text for name, text in records(host, run_id).items() if "removed" not in name} == kept[run_id]


def filled(host: SupervisedHost, run_id: RunId) -> Path:
    """The workspace of a run, with something in it."""
    place = host.data.workspace(host.get(run_id).workspace)
    (place / "results").mkdir()
    (place / "results" / "out.csv").write_text("1\n" * 1000)
    return place


def test_workspaces_go_in_which_no_run_begins_any_more_and_no_others(idle_host: SupervisedHost) -> None:
    host = start(idle_host, workspace_days=AT_ONCE)
    project, single = host.project(["true"]), host.project(["true"])
    left = filled(host, first := run_in(host, project))
    run_in(host, project, host.get(first).workspace)
    current, only = filled(host, run_in(host, project)), filled(host, run_in(host, single))
    foreign = host.data.workspace("") / project / "notes"
    foreign.mkdir()
    report = ask(host)
    assert names(report) == {f"{project}/{first}"}
    assert not left.exists()
    removal = read_removal(workspace_removed(left))
    assert removal
    assert "workspaces that have not been used for more than" in removal.why
    assert all(place.is_dir() for place in (current, only, foreign))
    assert names(ask(host)) == set()


def test_the_newest_workspaces_of_a_project_and_those_of_unknown_ones_are_kept(idle_host: SupervisedHost) -> None:
    host = start(idle_host, workspace_count=2, workspace_bytes=0)
    project = host.project(["true"])
    runs = [run_in(host, project) for _ in range(3)]
    for run_id in runs:
        filled(host, run_id)
    unknown = host.data.workspace(f"prj_{'0' * 26}/run_{'0' * 26}")
    unknown.mkdir(parents=True)
    assert names(ask(host)) == {f"{project}/{run_id}" for run_id in runs[:2]}, "0 bytes leave only what is in use"
    assert unknown.is_dir()
    with host.storage.write() as uow:
        uow.projects.soft_delete(host.scope, project, host.clock.now())
    assert names(ask(host)) == {f"{project}/{runs[2]}"}


@pytest.mark.faults
@pytest.mark.parametrize("point", ["retention.workspace_recorded", "retention.workspace_renamed"])
def test_a_workspace_that_is_half_removed_is_removed_to_the_end(idle_host: SupervisedHost, point: str) -> None:
    host = idle_host.start()
    project = host.project(["true"])
    left = filled(host, run_in(host, project))
    current = filled(host, run_in(host, project))
    host.supervisor.kill()
    host.options["retention_rules"] = {"workspace_days": AT_ONCE}
    host.spawn_supervisor(faultpoints={point: "kill"}).wait()
    assert read_removal(workspace_removed(left))
    host.start_supervisor()
    host.wait_for(lambda: sorted(path.name for path in left.parent.iterdir() if path.is_dir()) == [current.name], "it")


def add_code(host: SupervisedHost, letter: str) -> Path:
    """A version of code on disk, as an upload leaves it."""
    place = host.data.code_version(host.tenant_id, f"sha256:{letter * 64}")
    (place / "tree").mkdir(parents=True)
    (place / "tree" / "main.py").write_text("print(1)\n")
    (place / "code.json").write_text(json.dumps({"version": 1}))
    os.utime(place, (1_000_000, 1_000_000))
    return place


def test_code_that_no_version_uses_goes_and_what_is_uploaded_again_stays(idle_host: SupervisedHost) -> None:
    host = start(idle_host, code_days=30)
    used, unused, fresh = (add_code(host, letter) for letter in "abc")
    os.utime(fresh)
    project_id = host.project(["true"])
    with host.storage.write() as uow:
        project = uow.projects.get(host.scope, project_id)
        uow.projects.add_code(host.scope, project, Code(f"sha256:{used.name}", 1, 10), host.clock.now())
    report = ask(host)
    assert names(report) == {f"{host.tenant_id}/{unused.name}"}
    assert (report["code"]["count"], report["code"]["bytes"] >= 0) == (1, True)
    assert [place.exists() for place in (used, unused, fresh)] == [True, False, True]


def test_what_cannot_be_removed_is_told_and_holds_up_nothing_else(idle_host: SupervisedHost) -> None:
    host = start(idle_host, log_days=AT_ONCE)
    stuck, other = host.run("echo", "a"), host.run("echo", "b")
    for run_id in (stuck, other):
        host.final(run_id)
    (host.directory(stuck) / "output.removed.json.tmp").mkdir()
    report = ask(host)
    assert names(report) == {other}
    assert stuck in report["problems"][0]
    assert host.output(stuck) == b"a\n"
    (host.directory(stuck) / "output.removed.json.tmp").rmdir()
