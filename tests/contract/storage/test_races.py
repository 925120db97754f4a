"""Races that only one may win: the others get the right refusal, and nothing happens twice."""

import subprocess
from collections import Counter
from contextlib import closing
from functools import partial

import pytest

from addon_portal.domain.errors import AlreadyRestarted, AlreadyRunning, NameTaken, NotFound
from addon_portal.domain.models import Project, Run
from addon_portal.domain.states import RunState
from addon_portal.storage import Storage
from tests.contract.storage.concurrency import outcomes_of, start_python
from tests.contract.storage.world import SteppedClock, World

WORKER = "tests.contract.storage.worker"


def begin_together(workers: list["subprocess.Popen[str]"]) -> list[str]:
    """Let every process go when all are ready; what each has told, in their order."""
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [worker.communicate(timeout=60)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * len(workers)
    return told


@pytest.mark.slow
def test_of_a_hundred_threads_that_restart_a_run_one_wins(world: World) -> None:
    before = world.add_final()
    outcomes = outcomes_of([partial(world.add_run, before.project_id, before.id)] * 100)
    (winner,) = [each for each in outcomes if isinstance(each, Run)]
    refusals = [each for each in outcomes if isinstance(each, AlreadyRestarted)]
    assert len(refusals) == 99
    assert all(each.fields == {"run_id": before.id, "new_run_id": winner.id} for each in refusals)
    assert world.get(before.id).restarted_by == winner.id


@pytest.mark.slow
def test_of_a_hundred_threads_that_run_a_project_one_wins(world: World) -> None:
    project = world.add_project()
    outcomes = outcomes_of([partial(world.add_run, project.id)] * 100)
    (winner,) = [each for each in outcomes if isinstance(each, Run)]
    refusals = [each for each in outcomes if isinstance(each, AlreadyRunning)]
    assert len(refusals) == 99
    assert all(each.fields == {"run_id": winner.id, "state": RunState.PENDING} for each in refusals)


@pytest.mark.slow
def test_restarts_of_a_run_that_ends_at_once_still_make_one_run(world: World) -> None:
    before = world.add_final()

    def restart_and_end() -> Run:
        run = world.add_run(before.project_id, before.id)
        assert world.apply(world.withdrawn(run.id)) == [True]
        return run

    outcomes = outcomes_of([restart_and_end] * 40)
    (winner,) = [each for each in outcomes if isinstance(each, Run)]
    refusals = [each for each in outcomes if isinstance(each, AlreadyRestarted)]
    assert len(refusals) == 39
    assert {each.fields["new_run_id"] for each in refusals} == {winner.id}
    with world.storage.read() as uow:
        assert len(uow.runs.list_page(world.scope, limit=100).items) == 2


@pytest.mark.slow
def test_of_several_processes_that_restart_a_run_one_wins(world: World, tables_url: str) -> None:
    before = world.add_final()
    arguments = (tables_url, "restart", world.alice.id, before.project_id, world.host.id, before.id)
    told = begin_together([start_python(WORKER, *arguments) for _ in range(8)])
    (winner,) = [line.split()[1] for line in told if line.startswith("won")]
    assert Counter(told) == {f"won {winner}\n": 1, f"already_restarted {winner}\n": 7}


@pytest.mark.slow
def test_two_supervisors_that_claim_the_same_runs_never_both_win(world: World, tables_url: str) -> None:
    runs = [world.add_run().id for _ in range(30)]
    names = ("one", "two", "three")
    told = begin_together([start_python(WORKER, tables_url, "claim", name, *runs) for name in names])
    for run_id in runs:
        assert [f"won {run_id}" in lines for lines in told].count(True) == 1
        assert [f"lost {run_id}" in lines for lines in told].count(True) == 2
    with world.storage.read() as uow:
        for run_id in runs:
            (claim,) = [entry for entry in uow.journal.list_for_run(world.scope, run_id) if entry.kind == "claimed"]
            assert f"won {run_id}" in told[names.index(claim.actor)]


@pytest.mark.slow
def test_a_withdrawal_and_a_claim_never_both_win(world: World) -> None:
    for _ in range(10):
        run = world.add_run()
        moves = [world.claimed(run.id), world.withdrawn(run.id), world.claimed(run.id), world.withdrawn(run.id)]
        outcomes = outcomes_of([partial(world.apply, move) for move in moves])
        assert outcomes.count([True]) == 1
        assert world.get(run.id).state is moves[outcomes.index([True])].to_state


@pytest.mark.slow
def test_a_project_is_either_deleted_or_run(world: World) -> None:
    for _ in range(10):
        project = world.add_project()

        def delete(doomed: Project = project) -> None:
            with world.storage.write() as uow:
                uow.projects.soft_delete(world.scope, doomed.id, world.now())

        run, deleted = outcomes_of([partial(world.add_run, project.id), delete])
        assert isinstance(run, Run) != isinstance(run, NotFound)
        assert isinstance(run, Run) == isinstance(deleted, Exception)


@pytest.mark.slow
def test_a_name_is_given_once(world: World) -> None:
    projects = [world.add_project().id for _ in range(4)]

    def rename(at: int) -> str:
        with world.storage.write() as uow:
            uow.projects.rename(world.scope, projects[at], "wanted", world.now())
        return "renamed"

    outcomes = outcomes_of(
        [*(partial(rename, at) for at in range(4)), *(partial(world.add_project, "wanted") for _ in range(4))]
    )
    assert [isinstance(each, NameTaken) for each in outcomes].count(True) == 7


@pytest.mark.slow
def test_versions_are_numbered_without_gaps_however_many_change_at_once(world: World) -> None:
    project = world.add_project()

    def change() -> int:
        with world.storage.write() as uow:
            return uow.projects.add_definition(world.scope, project.id, project.definition).version

    assert sorted(outcomes_of([change] * 12)) == list(range(2, 14))


@pytest.mark.slow
def test_what_was_seen_under_the_projects_lock_still_holds_at_the_insertion(world: World, tables_url: str) -> None:
    """A restart looks at the newest run and then adds one: no run of somebody else comes between."""
    first = world.add_final()

    def restart_the_newest() -> tuple[int, int]:
        with (
            closing(Storage.open(tables_url, clock=SteppedClock(), busy_timeout_seconds=30)) as storage,
            storage.write() as uow,
        ):
            uow.projects.lock(world.scope, first.project_id)
            newest = uow.runs.latest(world.scope, first.project_id)
            assert newest is not None
            run = uow.runs.insert(world.scope, world.new_run(first.project_id, newest.id))
        assert world.apply(world.withdrawn(run.id)) == [True]
        return newest.number, run.number

    outcomes = outcomes_of([restart_the_newest] * 12)
    pairs = [each for each in outcomes if not isinstance(each, Exception)]
    assert pairs
    assert all(isinstance(each, AlreadyRunning) for each in outcomes if isinstance(each, Exception))
    assert all(new == seen + 1 for seen, new in pairs)
