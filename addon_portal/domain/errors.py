"""Refusals: what a caller asked for that may not or cannot be done.

Each has a stable `code`, a sentence that says what to do, and `fields` for machines. HTTP statuses are given only in
`api.errors`. What happened to a program is never an error but data (`endings`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from addon_portal.domain.clock import to_text
from addon_portal.domain.ids import BulkRestartId, ProjectId, RunId
from addon_portal.domain.states import RunState


class DomainError(Exception):
    """A refusal. `code` is public API."""

    code = "refused"

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields


class NotFound(DomainError):
    """No such thing in the caller's tenant, whether or not another tenant has it."""

    code = "not_found"

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"There is no {kind} {identifier!r} here.", kind=kind, id=identifier)


class AlreadyRunning(DomainError):
    """The project has an active run."""

    code = "already_running"

    def __init__(self, run_id: RunId, state: RunState) -> None:
        super().__init__(
            f"The project already has run {run_id}, which is {state}. Stop it first, or wait for its end.",
            run_id=run_id,
            state=state,
        )


class NeverRun(DomainError):
    """A restart of a project that has no run."""

    code = "never_run"

    def __init__(self) -> None:
        super().__init__("The project has never run, so there is nothing to restart. Use run.")


class NotRestartable(DomainError):
    """The newest run is in a state that may not be restarted."""

    code = "not_restartable"

    def __init__(self, run_id: RunId, state: RunState, restartable: Sequence[RunState]) -> None:
        allowed = " or ".join(restartable)
        super().__init__(
            f"Run {run_id} is {state}; only a run that is {allowed} can be restarted. Stop it, or wait for its end.",
            run_id=run_id,
            state=state,
            restartable=list(restartable),
        )


class AlreadyRestarted(DomainError):
    """The run that the caller means has a successor."""

    code = "already_restarted"

    def __init__(self, run_id: RunId, new_run_id: RunId) -> None:
        super().__init__(
            f"Run {run_id} has already been followed by run {new_run_id}. Restart that one if you want another.",
            run_id=run_id,
            new_run_id=new_run_id,
        )


class NotSeen(DomainError):
    """The newest run of a project is none of those that whoever restarts many has seen."""

    code = "not_seen"

    def __init__(self, run_id: RunId) -> None:
        super().__init__(
            f"Run {run_id} is newer than what was looked at when this was asked for. Look at it first.",
            run_id=run_id,
        )


class RestartScheduled(DomainError):
    """A second restart of a run that is being stopped for one."""

    code = "restart_scheduled"

    def __init__(self, run_id: RunId, new_run_id: RunId) -> None:
        super().__init__(
            f"Run {run_id} is already to be followed by run {new_run_id} as soon as it has ended. "
            "Wait for it, or call that restart off first.",
            run_id=run_id,
            new_run_id=new_run_id,
        )


class NothingScheduled(DomainError):
    """There is no restart to be called off or brought forward."""

    code = "nothing_scheduled"

    def __init__(self, project_id: ProjectId) -> None:
        super().__init__(
            f"No restart of project {project_id} is to come: it was made, or called off, or never scheduled.",
            project_id=project_id,
        )


class ConfirmationRequired(DomainError):
    """Leftovers of the run could not be proven gone."""

    code = "confirmation_required"

    def __init__(self, run_id: RunId) -> None:
        super().__init__(
            f"It is not proven that everything run {run_id} started is gone. "
            "Look for leftovers, then repeat with confirm=true.",
            run_id=run_id,
        )


class UnknownOutcome(DomainError):
    """Nobody knows how the run ended; where many are restarted at once that has to be confirmed."""

    code = "outcome_unknown"

    def __init__(self, run_id: RunId) -> None:
        super().__init__(
            f"Nobody knows how run {run_id} ended; it may have done its work. Look, then repeat with confirm=true.",
            run_id=run_id,
        )


class BulkRestartFinished(DomainError):
    """An abort of a bulk restart that has come to its end."""

    code = "bulk_restart_finished"

    def __init__(self, bulk_restart_id: BulkRestartId) -> None:
        super().__init__(
            f"Bulk restart {bulk_restart_id} is finished: every project has had its turn. Stop runs one by one.",
            bulk_restart_id=bulk_restart_id,
        )


class NotStoppable(DomainError):
    """A stop of a project without an active run."""

    code = "not_running"

    def __init__(self, run_id: RunId | None, state: RunState | None) -> None:
        what = f"Run {run_id} is already {state}." if run_id else "The project has never run."
        super().__init__(f"{what} There is nothing to stop.", run_id=run_id, state=state)


class ActiveRun(DomainError):
    """A project cannot be deleted under its run."""

    code = "active_run"

    def __init__(self, run_id: RunId) -> None:
        super().__init__(f"The project has active run {run_id}. Stop it before you delete the project.", run_id=run_id)


class WebhookDisabled(DomainError):
    """Nothing is sent to a webhook that is disabled."""

    code = "webhook_disabled"

    def __init__(self, webhook_id: str, why: str) -> None:
        super().__init__(
            f"Webhook {webhook_id} is disabled ({why.rstrip('.')}), so nothing is sent to it. Enable it first.",
            webhook_id=webhook_id,
            why=why,
        )


class NameTaken(DomainError):
    """Another of the same kind has the name."""

    code = "name_taken"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There is already a {kind} named {name!r}. Choose another name.", kind=kind, name=name)


class ChangedMeanwhile(DomainError):
    """The project is not any more what was seen when its change began."""

    code = "changed_meanwhile"

    def __init__(self, project_id: str, updated_at: datetime) -> None:
        super().__init__(
            "The project was changed by somebody else meanwhile, and nothing was stored. Look at it as it is now, then "
            "change that.",
            project_id=project_id,
            updated_at=to_text(updated_at),
        )


class IdempotencyMismatch(DomainError):
    """The same Idempotency-Key with another request."""

    code = "idempotency_mismatch"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"Idempotency-Key {key!r} was used for another request in the last 24 hours. Use a new key.",
            key=key,
        )


class Unauthenticated(DomainError):
    """No credential, or one that is not valid."""

    code = "unauthenticated"


class Forbidden(DomainError):
    """The credential is valid and does not allow this."""

    code = "forbidden"


class OwnKey(DomainError):
    """The portal's own key is not revoked from afar: the commands on its machine would be refused."""

    code = "own_key"

    def __init__(self, key_id: str) -> None:
        super().__init__(
            "This is the portal's own key: without it the commands on its machine are refused until the portal is "
            f"started again, which makes another. Revoke it there: addon-portal key revoke {key_id} --yes",
            key_id=key_id,
        )


class LoginLinkRefused(DomainError):
    """A log-in link that lets nobody in: used, over, or never made here."""

    code = "login_link_refused"

    def __init__(self, why: str) -> None:
        super().__init__(f"The log-in link {why}. Make another one with: addon-portal login-link")


class TooManyAttempts(DomainError):
    """Somebody has tried too many log-in links that let nobody in."""

    code = "too_many_attempts"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(
            f"Too many log-in links from this address let nobody in. Try again in {retry_after_seconds} s.",
            retry_after_seconds=retry_after_seconds,
        )


class CsrfRefused(DomainError):
    """A request with a session's cookie that the page has not sent, or has sent with the token of another session."""

    code = "csrf_refused"


class TenantChanged(DomainError):
    """The page that asks shows one tenant, and its session looks at another by now."""

    code = "tenant_changed"

    def __init__(self, tenant_id: str, name: str) -> None:
        super().__init__(
            f"The session looks at tenant {name!r} now, and this was asked for in another one. Nothing was done. "
            "Switch back, or load the page anew.",
            tenant_id=tenant_id,
            tenant_name=name,
        )


class OwnCommandForbidden(DomainError):
    """The tenant may run the operator's programs only, and what is asked for has its own command."""

    code = "own_command_forbidden"

    def __init__(self) -> None:
        super().__init__("This tenant may run the operator's programs only, and the definition has its own command.")


class NothingToClean(DomainError):
    """A clean workspace for a project that has none: its runs begin in a directory of its own."""

    code = "nothing_to_clean"

    def __init__(self) -> None:
        super().__init__("The project starts in a directory of its own, which is never replaced. Use workspace=keep.")


class StorageBusy(DomainError):
    """The database did not answer in time; nothing was changed; worth retrying."""

    code = "storage_busy"

    def __init__(self, detail: str) -> None:
        super().__init__(f"The database did not answer in time ({detail}). Nothing was changed; try again.")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with a request: where, what was expected and what came."""

    field: str
    expected: str
    got: str


class InvalidRequest(DomainError):
    """The request is well formed and means nothing we can do; names every problem at once."""

    code = "invalid_request"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        said = "; ".join(f"{p.field}: expected {p.expected}, got {p.got}" for p in problems)
        super().__init__(said, problems=[{"field": p.field, "expected": p.expected, "got": p.got} for p in problems])
        self.problems = tuple(problems)
