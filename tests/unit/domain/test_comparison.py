"""What differs between two runs."""

import json
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from addon_portal.domain.comparison import ComparedRun, Difference, Part, compare
from addon_portal.domain.ids import ProgramId, TenantId
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.models import Definition, Program, Run, StopSettings, Tenant
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.terms import Terms
from tests.unit.domain.evidence_factory import STARTED_AT
from tests.unit.domain.runs import RUNNING

DEFINITION = Definition(1, ("etl", "--full"), None, {}, {"LANG": "C.UTF-8"}, None, StopSettings(), STARTED_AT)
TENANT = Tenant(TenantId("ten_x"), "acme", STARTED_AT)
PROGRAM = Program(ProgramId("prg_x"), "render", ("render",), {}, {"MODE": "fast"}, None, STARTED_AT)


def side(
    run: Run = RUNNING, definition: Definition = DEFINITION, program: Program | None = None, size: int = 0
) -> ComparedRun:
    """One side of a comparison."""
    return ComparedRun(LaunchFacts(run, definition, program, "nightly", TENANT), size)


def test_a_run_does_not_differ_from_itself() -> None:
    assert compare(side(), side()) == ()


def test_another_version_that_says_the_same_does_not_differ() -> None:
    later = replace(DEFINITION, version=7, created_at=STARTED_AT + timedelta(days=1))
    assert compare(side(), side(replace(RUNNING, definition_version=7), later)) == ()


@pytest.mark.parametrize(
    "name", sorted({field.name for field in fields(Definition)} - {"version", "created_at", "parameters", "program_id"})
)
def test_every_field_of_a_definition_is_compared(name: str) -> None:
    other: dict[str, object] = {"env": {}, "stop": StopSettings(2, 1.0), "command": ("etl",), "terms": Terms(1.0)}
    changed = replace(DEFINITION, **{name: other.get(name, "changed")})  # type: ignore[arg-type]
    found = compare(side(), side(definition=changed))
    assert found
    json.dumps([(each.left, each.right) for each in found])


def test_what_was_to_be_run_is_compared_field_by_field() -> None:
    terms = Terms(max_runtime_seconds=60.0)
    other = replace(DEFINITION, command=None, program_id=PROGRAM.id, stop=StopSettings(2, 10.0), terms=terms)
    assert compare(side(), side(definition=other, program=PROGRAM)) == (
        Difference(Part.DEFINITION, "command", ["etl", "--full"], None),
        Difference(Part.DEFINITION, "max_runtime_seconds", None, 60.0),
        Difference(Part.DEFINITION, "program", None, "render"),
        Difference(Part.DEFINITION, "stop.signal", "SIGTERM", "SIGINT"),
        Difference(Part.ENVIRONMENT, "MODE", None, "***"),
    )


def test_parameters_are_compared_as_the_runs_had_them() -> None:
    ours, theirs = ({"day": 7, "same": [1]}, {"day": 8, "same": [1], "more": None, "much": {"a": 1}})
    found = compare(side(replace(RUNNING, parameters=ours)), side(replace(RUNNING, parameters=theirs)))
    assert found == (
        Difference(Part.PARAMETERS, "day", 7, 8),
        Difference(Part.PARAMETERS, "much", None, {"a": 1}),
    )


def test_of_the_environment_no_value_is_told() -> None:
    ours, theirs = ({"TOKEN": "secret-1", "SAME": "secret-2"}, {"TOKEN": "secret-3", "SAME": "secret-2", "MORE": ""})
    found = compare(side(replace(RUNNING, env=ours)), side(replace(RUNNING, env=theirs)))
    assert found == (
        Difference(Part.ENVIRONMENT, "MORE", None, "***"),
        Difference(Part.ENVIRONMENT, "TOKEN", "***", "***"),
    )
    assert "secret" not in repr(found)


def test_a_value_that_is_the_same_by_another_way_does_not_differ() -> None:
    run = replace(RUNNING, env={"LANG": "C.UTF-8"})
    assert compare(side(run, replace(DEFINITION, env={})), side()) == ()


def test_result_and_times_are_compared() -> None:
    failed = replace(
        RUNNING,
        state=RunState.FAILED,
        requested_at=STARTED_AT - timedelta(seconds=2),
        ended_at=STARTED_AT + timedelta(seconds=90),
        outcome=Outcome.FAILURE,
        reason=Reason.SIGNAL,
        signal=9,
        message="killed",
    )
    assert compare(side(failed, size=5), side(size=3)) == (
        Difference(Part.RESULT, "message", "killed", None),
        Difference(Part.RESULT, "outcome", "failure", None),
        Difference(Part.RESULT, "output_bytes", 5, 3),
        Difference(Part.RESULT, "reason", "signal", None),
        Difference(Part.RESULT, "signal", "SIGKILL", None),
        Difference(Part.RESULT, "state", "failed", "running"),
        Difference(Part.TIME, "ran_seconds", 90.0, None),
        Difference(Part.TIME, "waited_seconds", 2.0, 0.0),
    )
