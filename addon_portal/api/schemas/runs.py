"""Runs: what may be asked of them, and the one Run object that is shown everywhere."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from addon_portal.api.schemas.fields import Answer, Environment, GraceSeconds, Note, Parameters, Request, refuse
from addon_portal.api.services.new_runs import RestartChoices, RunChoices
from addon_portal.api.services.project_execution_service import StopChoices
from addon_portal.api.services.shown import ShownRun
from addon_portal.domain.clock import to_text
from addon_portal.domain.exits import signal_name
from addon_portal.domain.ids import RunId, has_form
from addon_portal.domain.models import RestartCause, Run, ScheduledRestart
from addon_portal.domain.reasons import Reason
from addon_portal.domain.restart_policy import POLICY_ACTOR
from addon_portal.domain.restarts import Obstacle, needs_confirmation
from addon_portal.domain.schedules import SCHEDULE_ACTOR
from addon_portal.domain.states import Health, Outcome, RunState

RUN_ID = "run_01k7qz9t3v5x8y2m4n6p0r1s2a"
PROJECT_ID = "prj_01k7qz8a1b2c3d4e5f6g7h8j9k"
_TRIGGERS = {SCHEDULE_ACTOR: "schedule", POLICY_ACTOR: "restart_policy"}
MEANT_RUN = Field(description="The run that is meant; by default the newest.", examples=[RUN_ID])


def _check_run_id(text: str) -> RunId:
    if not has_form("run_", text):
        raise refuse("run_ and 26 characters")
    return RunId(text)


ListedRuns = Annotated[list[Annotated[RunId, AfterValidator(_check_run_id)]], Field(min_length=1, max_length=200)]
MeantRun = Annotated[RunId, AfterValidator(_check_run_id)]


class RunRequest(Request):
    """What a new run may differ in from its project's definition."""

    parameters: Annotated[Parameters | None, Field(description="Laid over the definition's parameters.")] = None
    env: Annotated[Environment | None, Field(description="Laid over the definition's environment.")] = None
    note: Note | None = None

    def to_choices(self) -> RunChoices:
        """The request as the service takes it."""
        return RunChoices(self.parameters, self.env, self.note)


class RestartRequest(RunRequest):
    """How a restart is to be made. With an empty body: the same again, in the same directory."""

    run_id: Annotated[MeantRun | None, MEANT_RUN] = None
    definition: Annotated[
        Literal["pinned", "latest"],
        Field(description="What ran, with its parameters and environment; or the project's newest definition."),
    ] = "pinned"
    workspace: Annotated[
        Literal["keep", "clean"], Field(description="The directory of the run before, or a new empty one.")
    ] = "keep"
    confirm: Annotated[bool, Field(description="Restart although leftovers of the run before may be alive.")] = False
    when_running: Annotated[
        Literal["refuse", "stop_first"],
        Field(description="Refuse while a run is active; or stop it, and make the new one as it ends."),
    ] = "refuse"

    def to_restart(self) -> RestartChoices:
        """The request as the service takes it."""
        return RestartChoices(
            parameters=self.parameters,
            env=self.env,
            note=self.note,
            run_id=self.run_id,
            latest_definition=self.definition == "latest",
            clean_workspace=self.workspace == "clean",
            confirmed=self.confirm,
            stop_first=self.when_running == "stop_first",
        )


class StopRequest(Request):
    """How a run is to be stopped."""

    run_id: Annotated[MeantRun | None, MEANT_RUN] = None
    grace_seconds: Annotated[
        GraceSeconds | None,
        Field(description="By default the project's; by default as much as is left where the run is to end already."),
    ] = None
    note: Note | None = None

    def to_choices(self) -> StopChoices:
        """The request as the service takes it."""
        return StopChoices(self.run_id, self.grace_seconds, self.note)


class ScheduledRestartBody(Answer):
    """A restart that is to come."""

    run_id: Annotated[str, Field(description="What the new run will be called.", examples=[RUN_ID])]
    restart_of: Annotated[str, Field(examples=[RUN_ID])]
    project_id: Annotated[str, Field(examples=[PROJECT_ID])]
    cause: Annotated[RestartCause, Field(description="A request, the project's policy, or its rule for silent runs.")]
    why: Annotated[str, Field(description="A sentence for people.")]
    due_at: Annotated[datetime | None, Field(description="Null: as soon as the run before has ended.")]
    scheduled_at: datetime
    scheduled_by: Annotated[str, Field(examples=["key:ci"])]


class ScheduledRestartList(Answer):
    """Restarts that are to come, those that are due first."""

    items: list[ScheduledRestartBody]


class ObstacleBody(Answer):
    """Why a run would not be restarted now."""

    code: Obstacle
    sentence: Annotated[str, Field(examples=["It has not ended yet."])]


class RunBody(Answer):
    """One execution of a project: at most one process tree, ever. Times are UTC."""

    run_id: Annotated[str, Field(examples=[RUN_ID])]
    project_id: Annotated[str, Field(examples=[PROJECT_ID])]
    project_name: Annotated[str, Field(examples=["nightly"])]
    number: Annotated[int, Field(description="Counts the project's runs from 1.", examples=[1])]
    host_name: Annotated[str, Field(description="The machine that it is for.", examples=["worker-1"])]
    state: RunState
    execution_status: Annotated[RunState, Field(description="The same as `state`.")]
    outcome: Annotated[Outcome | None, Field(description="Of a completed or failed run; unknown is not failure.")]
    reason: Annotated[Reason | None, Field(description="Why it ended; of a final run.")]
    message: Annotated[str | None, Field(description="The reason as a sentence with its facts.")]
    next_step: Annotated[str | None, Field(description="What to try next.")]
    exit_code: Annotated[int | None, Field(description="0 to 255; null if a signal ended it.", examples=[3])]
    signal: Annotated[int | None, Field(description="The number of the signal that ended it.", examples=[None])]
    signal_name: Annotated[str | None, Field(examples=[None])]
    health: Annotated[Health | None, Field(description="Of an active run: the first of `health_all`.")]
    health_all: Annotated[list[Health], Field(description="All that holds, most important first.")]
    observed_at: Annotated[datetime | None, Field(description="When what is said of an active run was last checked.")]
    waiting_for: Annotated[str | None, Field(description="What a pending run waits for.")]
    queue_position: Annotated[int | None, Field(description="Among the tenant's own pending runs of its host, from 1.")]
    requested_at: datetime
    requested_by: Annotated[str, Field(examples=["key:ci"])]
    trigger: Annotated[
        Literal["request", "schedule", "restart_policy"], Field(description="What made it: somebody, or the project.")
    ]
    claimed_at: datetime | None
    started_at: datetime | None
    ended_at: Annotated[
        datetime | None,
        Field(
            description=(
                "When the program ended. Null where nobody saw the moment, also where its code was learnt from the "
                "kernel afterwards: it had ended by `finished_at`. Null as well where no program was started."
            )
        ),
    ]
    finished_at: Annotated[
        datetime | None, Field(description="When the run became final in the books: later than `ended_at`, if at all.")
    ]
    execution_error: Annotated[str | None, Field(description="The message of a run that did not succeed.")]
    definition_version: Annotated[int, Field(examples=[1])]
    parameters: Annotated[dict[str, JsonValue], Field(description="Those of this run, all of them.")]
    note: str | None
    workspace: Annotated[str | None, Field(description="Below the workspaces; null where the project names its own.")]
    restart_of: str | None
    restarted_by: str | None
    root_run: Annotated[str | None, Field(description="The first run of the chain of restarts.")]
    restart_count: Annotated[int, Field(examples=[0])]
    stop_requested_at: datetime | None
    stop_requested_by: str | None
    stop_deadline_at: Annotated[datetime | None, Field(description="When the kill follows the polite signal.")]
    tree: Annotated[
        Literal["proven", "assumed"] | None, Field(description="Whether everything it started is proven gone.")
    ]
    progress: Annotated[float | None, Field(description="What the program says: from 0 to 1.", examples=[0.42])]
    status_text: Annotated[str | None, Field(description="What the program says it does.", examples=["loading"])]
    last_heartbeat_at: Annotated[datetime | None, Field(description="When the program last said anything of itself.")]
    silent_since: Annotated[
        datetime | None, Field(description="Of a silent run: when the last sign of life came that its project counts.")
    ]
    restartable: Annotated[bool, Field(description="Whether a restart of its project would be accepted now.")]
    not_restartable_because: Annotated[
        ObstacleBody | None, Field(description="What stands against it; null where it would be accepted.")
    ]
    needs_confirmation: Annotated[
        bool, Field(description="Whether a restart has to say `confirm`, since leftovers of it may still be alive.")
    ]
    scheduled_restart: Annotated[ScheduledRestartBody | None, Field(description="The restart that is to follow it.")]
    condition_detail: Annotated[
        str | None, Field(description="What stands behind its health, or why it has not started yet.")
    ]


class RunPage(Answer):
    """Runs, newest first."""

    items: list[RunBody]
    next_cursor: Annotated[str | None, Field(description="For the next page; null on the last.")]


def run_body(shown: ShownRun) -> dict[str, object]:
    """The Run object of a run."""
    run = shown.run
    return {
        "run_id": run.id,
        "project_id": run.project_id,
        "project_name": shown.project_name,
        "number": run.number,
        "host_name": shown.host_name,
        "state": run.state,
        "execution_status": run.state,
        "outcome": run.outcome,
        "reason": run.reason,
        "message": run.message,
        "next_step": run.next_step,
        "exit_code": run.exit_code,
        "signal": run.signal,
        "signal_name": signal_name(run.signal) if run.signal else None,
        "health": shown.health[0] if shown.health else None,
        "health_all": list(shown.health or ()),
        "observed_at": time_or_null(shown.observed_at),
        "waiting_for": shown.waiting_for,
        "queue_position": shown.queue_position,
        "requested_at": to_text(run.requested_at),
        "requested_by": run.requested_by,
        "trigger": _TRIGGERS.get(run.requested_by, "request"),
        "claimed_at": time_or_null(run.claimed_at),
        "started_at": time_or_null(run.started_at),
        "ended_at": time_or_null(run.ended_at),
        "finished_at": time_or_null(run.finished_at),
        "execution_error": execution_error(shown),
        "definition_version": run.definition_version,
        "parameters": run.parameters,
        "note": run.note,
        "workspace": run.workspace or None,
        "restart_of": run.restart_of,
        "restarted_by": run.restarted_by,
        "root_run": run.root_run,
        "restart_count": run.restart_count,
        "stop_requested_at": time_or_null(run.stop_requested_at),
        "stop_requested_by": run.stop_requested_by,
        "stop_deadline_at": time_or_null(run.stop_deadline_at),
        "tree": run.tree,
        **_said_body(run),
        "restartable": shown.obstacle is None,
        "not_restartable_because": _obstacle_body(shown),
        "needs_confirmation": needs_confirmation(run.tree),
        "scheduled_restart": scheduled_restart_body(shown.scheduled_restart),
        "condition_detail": run.condition_detail,
    }


def _obstacle_body(shown: ShownRun) -> dict[str, object] | None:
    if shown.obstacle is None:
        return None
    return {"code": shown.obstacle, "sentence": shown.obstacle.explain(shown.run)}


def _said_body(run: Run) -> dict[str, object]:
    """What the program says of itself, and since when it says nothing."""
    return {
        "progress": run.progress,
        "status_text": run.status_text,
        "last_heartbeat_at": time_or_null(run.last_heartbeat_at),
        "silent_since": time_or_null(run.silent_since),
    }


def scheduled_restart_body(scheduled: ScheduledRestart | None) -> dict[str, object] | None:
    """The ScheduledRestart object."""
    if scheduled is None:
        return None
    return {
        "run_id": scheduled.run_id,
        "restart_of": scheduled.restart_of,
        "project_id": scheduled.project_id,
        "cause": scheduled.cause,
        "why": scheduled.why,
        "due_at": time_or_null(scheduled.due_at),
        "scheduled_at": to_text(scheduled.scheduled_at),
        "scheduled_by": scheduled.scheduled_by,
    }


def execution_error(shown: ShownRun | None) -> str | None:
    """Why the run did not succeed; null while it may and when it did."""
    if shown is None or shown.run.outcome is Outcome.SUCCESS:
        return None
    return shown.run.message


def time_or_null(moment: datetime | None) -> str | None:
    """A time as text."""
    return None if moment is None else to_text(moment)
