"""Who is calling, and which object the address names.

Promises that a missing or malformed credential is refused before anything else is looked at. Looking it up is
left to the handler's own thread, since it asks the database: `caller.enter(role)`.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Header, Path, Request
from pydantic import AfterValidator, BaseModel
from starlette.types import Scope

from addon_portal.api.services.portal import Portal
from addon_portal.api.services.readiness import Readiness
from addon_portal.api.services.run_changes import RunChanges
from addon_portal.auth.policies import Credential, Principal, read_credential
from addon_portal.domain.errors import FieldProblem, InvalidRequest, NotFound
from addon_portal.domain.ids import (
    BulkRestartId,
    CleanupId,
    CodeRequestId,
    DeliveryId,
    KeyId,
    ProjectId,
    RetentionId,
    RunId,
    SessionId,
    WebhookId,
    has_form,
)
from addon_portal.domain.models import Role
from addon_portal.validation import describe

_MANY = {"state", "reason", "standing", "run"}
"""What a query may name more than once."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown a credential that may be valid."""

    portal: Portal
    changes: RunChanges
    credential: Credential
    path: str

    def enter(self, needed: Role) -> Principal:
        """Who it is, if they may. Asks the database: not for the event loop.

        Raises Unauthenticated, TenantChanged, Forbidden.
        """
        return self.portal.authenticate(self.credential, needed)

    def enter_any_tenant(self, needed: Role) -> Principal:
        """As `enter`, whatever tenant their page shows: to be told where the session is, and to move it."""
        return self.portal.authenticate(replace(self.credential, shown_tenant=None), needed)


async def get_caller(request: Request) -> Caller:
    """Read the credential of a request. Raises Unauthenticated; InvalidRequest for a query that says a thing twice
    or that the operation does not know.
    """
    caller = caller_of(request.scope)
    if request.scope["query_string"]:
        _refuse_unknown(request)
        counts = Counter(name for name, _ in request.query_params.multi_items() if name not in _MANY)
        if repeated := [name for name, count in counts.items() if count > 1]:
            raise InvalidRequest([FieldProblem(name[:80], "one value", f"{counts[name]} values") for name in repeated])
    return caller


def caller_of(scope: Scope) -> Caller:
    """Who sends the request of this scope: with a key, else with a session. Raises Unauthenticated, CsrfRefused."""
    authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    state = scope["app"].state
    session = None if authorization else state.session_cookie.credential_of(scope)
    credential = session or read_credential(authorization.decode("latin-1"))
    return Caller(state.portal, state.changes, credential, scope["path"])


async def get_readiness(request: Request) -> Readiness:
    """What is known of whether this process can do its work."""
    readiness = request.app.state.readiness
    assert isinstance(readiness, Readiness)
    return readiness


def _refuse_unknown(request: Request) -> None:
    """Refuse what the operation does not know, unless its query is a model, which does so itself."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    if dependant is None:
        return
    known = set()
    for field in dependant.query_params:
        if isinstance(field.field_info.annotation, type) and issubclass(field.field_info.annotation, BaseModel):
            return
        known.add(field.alias)
    if unknown := [name for name in dict.fromkeys(request.query_params) if name not in known]:
        raise InvalidRequest(
            [FieldProblem(name[:80], "no such field", describe(request.query_params[name])) for name in unknown]
        )


def _named(kind: str, prefix: str) -> AfterValidator:
    def check(text: str) -> str:
        if not has_form(prefix, text):
            raise NotFound(kind, text[:80].encode("utf-8", "replace").decode())
        return text

    return AfterValidator(check)


CallerDep = Annotated[Caller, Depends(get_caller)]
ProjectIdPath = Annotated[ProjectId, Path(description="Identifier of a project."), _named("project", "prj_")]
RunIdPath = Annotated[RunId, Path(description="Identifier of a run."), _named("run", "run_")]
SessionIdPath = Annotated[SessionId, Path(description="Identifier of a session."), _named("session", "ses_")]
KeyIdPath = Annotated[KeyId, Path(description="Identifier of a key."), _named("key", "key_")]
CleanupIdPath = Annotated[CleanupId, Path(description="Identifier of a clean-up."), _named("cleanup", "cln_")]
RetentionIdPath = Annotated[
    RetentionId, Path(description="Identifier of a pass of retention."), _named("retention", "ret_")
]
CodeRequestIdPath = Annotated[
    CodeRequestId, Path(description="Identifier of a request for code."), _named("code_request", "cdr_")
]
BulkRestartIdPath = Annotated[
    BulkRestartId, Path(description="Identifier of a bulk restart."), _named("bulk_restart", "blk_")
]
WebhookIdPath = Annotated[WebhookId, Path(description="Identifier of a webhook."), _named("webhook", "whk_")]
DeliveryIdPath = Annotated[
    DeliveryId, Path(description="Identifier of a message, its `webhook-id`."), _named("delivery", "msg_")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Repeating the request with the same key within 24 hours has no second effect.",
    ),
]
