"""What a project wants done about runs that have ended."""

from typing import Annotated, Literal

from pydantic import Field

from addon_portal.api.schemas.fields import Answer, Request
from addon_portal.domain.models import JsonObject
from addon_portal.domain.reasons import REASONS, Reason
from addon_portal.domain.restart_policy import RestartMode, RestartPolicy, policy_to_json
from addon_portal.domain.states import Outcome

FAILURES = tuple(reason.value for reason, info in REASONS.items() if info.outcome is Outcome.FAILURE)
Seconds = Annotated[float, Field(ge=0, le=30 * 86400, allow_inf_nan=False)]


class RestartPolicyRequest(Request):
    """When runs of the project are restarted without being asked for; with `mode: never` they are not."""

    mode: Annotated[
        Literal["never", "on-failure", "always"],
        Field(description="After which endings. A run that was stopped or withdrawn is never restarted."),
    ]
    max_restarts: Annotated[
        int, Field(ge=1, le=1000, description="Restarts in a row; a run or restart that is asked for begins anew.")
    ] = 3
    window_seconds: Annotated[
        float | None,
        Field(gt=0, le=366 * 86400, allow_inf_nan=False, description="Only those within so long count; null: all."),
    ] = None
    initial_seconds: Annotated[Seconds, Field(description="The first pause.")] = 1.0
    factor: Annotated[float, Field(ge=1, le=10, allow_inf_nan=False, description="Each pause is so much longer.")] = 2.0
    max_seconds: Annotated[Seconds, Field(description="No pause is longer.")] = 300.0
    jitter: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="The part of a pause that chance may take away.")
    ] = 0.2
    reasons: Annotated[
        list[Literal[FAILURES]] | None,  # type: ignore[valid-type] # a closed list that the domain keeps
        Field(min_length=1, description="Only failures for these reasons; null: all.", examples=[None]),
    ] = None
    unknown: Annotated[bool, Field(description="Also where nobody knows how the run ended.")] = False

    def to_policy(self) -> JsonObject | None:
        """The policy as it is stored; None for never."""
        return policy_to_json(
            RestartPolicy(
                mode=RestartMode(self.mode),
                max_restarts=self.max_restarts,
                window_seconds=self.window_seconds,
                initial_seconds=self.initial_seconds,
                factor=self.factor,
                max_seconds=self.max_seconds,
                jitter=self.jitter,
                reasons=None if self.reasons is None else frozenset(Reason(each) for each in self.reasons),
                unknown=self.unknown,
            )
        )


class RestartPolicyBody(Answer):
    """When runs of the project are restarted without being asked for."""

    mode: Annotated[RestartMode, Field(examples=["on-failure"])]
    max_restarts: Annotated[int, Field(examples=[3])]
    window_seconds: float | None
    initial_seconds: float
    factor: float
    max_seconds: float
    jitter: float
    reasons: list[Reason] | None
    unknown: bool
