"""Evidence that is away, lost or damaged: said as it is, and never taken for an end of what lives."""

import pytest

from addon_portal.domain.reasons import Reason
from addon_portal.domain.verdict import Alive, Ended, Unreachable
from addon_portal.evidence.records import DamagedRecord
from tests.contract.executors.stages import Stage


def test_without_its_root_nothing_can_be_said_of_a_run(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.unmount()
    assert not stage.executor.root_present()
    assert isinstance(stage.judge(run_id), Unreachable)
    stage.world.mount()
    assert stage.executor.root_present()
    assert isinstance(stage.judge(run_id), Alive)


def test_the_lost_evidence_of_a_dead_program_is_an_unknown_outcome_until_it_comes_back(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.finish(run_id, 3)
    before = stage.reach(run_id, Ended)
    stage.world.lose(run_id)
    lost = stage.reach(run_id, Ended)
    assert lost.ending.reason is Reason.OUTCOME_UNKNOWN
    stage.world.find_again(run_id)
    assert stage.judge(run_id) == before


def test_a_living_program_without_its_directory_is_not_called_ended(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.lose(run_id)
    assert isinstance(stage.judge(run_id), Unreachable)
    stage.world.find_again(run_id)
    assert isinstance(stage.judge(run_id), Alive)


def test_a_damaged_record_is_not_a_missing_one(stage: Stage) -> None:
    run_id = stage.started()
    stage.reach(run_id, Alive)
    stage.world.damage(run_id)
    with pytest.raises(DamagedRecord):
        stage.observe(run_id)


def test_a_run_that_was_never_prepared_has_no_evidence(stage: Stage) -> None:
    order = stage.world.order()
    assert not stage.executor.was_launched(order.run_id)
    assert not stage.observe(order.run_id).directory_present
    stage.executor.forget(order.run_id)
