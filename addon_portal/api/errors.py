"""The one table from refusal to HTTP, and the problem documents (RFC 9457) that every error is.

Promises that every error has a stable `code` that `docs/reference/errors.md` lists, and that what nobody foresaw is
logged and answered without its innards. Whether it can be logged does not decide the answer: disks are full when
things go wrong. Nothing else in the product names an HTTP status for an error.
"""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from addon_portal.domain import errors, file_refusals
from addon_portal.domain.clock import to_text
from addon_portal.domain.errors import DomainError, FieldProblem, InvalidRequest
from addon_portal.evidence.output import OutputRemoved, OutputUnreadable
from addon_portal.storage.errors import StorageError
from addon_portal.validation import name_of_field, problem_of

PROBLEM_TYPE = "urn:addon-portal:problem:"
MEDIA_TYPE = "application/problem+json"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """What a code means over HTTP."""

    status: int
    title: str


ERRORS: Mapping[str, ErrorInfo] = {
    errors.InvalidRequest.code: ErrorInfo(422, "The request cannot be carried out as it stands"),
    "malformed_body": ErrorInfo(400, "The body could not be read"),
    errors.Unauthenticated.code: ErrorInfo(401, "Who is calling is not known"),
    errors.Forbidden.code: ErrorInfo(403, "The credential does not allow this"),
    errors.LoginLinkRefused.code: ErrorInfo(401, "The log-in link lets nobody in"),
    errors.CsrfRefused.code: ErrorInfo(403, "The request did not come from the page"),
    errors.OwnCommandForbidden.code: ErrorInfo(403, "The tenant may not run commands of its own"),
    errors.NotFound.code: ErrorInfo(404, "There is no such thing here"),
    "method_not_allowed": ErrorInfo(405, "This address knows no such method"),
    errors.AlreadyRunning.code: ErrorInfo(409, "The project is already running"),
    errors.NeverRun.code: ErrorInfo(409, "The project has never run"),
    errors.NotRestartable.code: ErrorInfo(409, "The newest run cannot be restarted in its state"),
    errors.AlreadyRestarted.code: ErrorInfo(409, "The run that is meant has been followed by another"),
    errors.RestartScheduled.code: ErrorInfo(409, "The run is being stopped for a restart already"),
    errors.NothingScheduled.code: ErrorInfo(409, "No restart is to come"),
    errors.BulkRestartFinished.code: ErrorInfo(409, "The bulk restart is finished"),
    errors.ConfirmationRequired.code: ErrorInfo(409, "The restart has to be confirmed"),
    errors.NotStoppable.code: ErrorInfo(409, "Nothing is running"),
    errors.ActiveRun.code: ErrorInfo(409, "The project has an active run"),
    errors.WebhookDisabled.code: ErrorInfo(409, "The webhook is disabled"),
    errors.ChangedMeanwhile.code: ErrorInfo(409, "The project has changed meanwhile"),
    errors.TenantChanged.code: ErrorInfo(409, "The session looks at another tenant"),
    errors.OwnKey.code: ErrorInfo(409, "The portal needs this key itself"),
    errors.NameTaken.code: ErrorInfo(409, "The name is taken"),
    file_refusals.NoWorkspace.code: ErrorInfo(409, "There is no workspace of the portal's here"),
    file_refusals.NotAFile.code: ErrorInfo(409, "This is no file"),
    "output_removed": ErrorInfo(410, "The output has been removed"),
    file_refusals.WorkspaceRemoved.code: ErrorInfo(410, "The workspace has been removed"),
    file_refusals.ArchiveTooLarge.code: ErrorInfo(413, "The archive is too large"),
    file_refusals.ArchiveUnreadable.code: ErrorInfo(422, "The archive cannot be read"),
    file_refusals.CodeNotFetched.code: ErrorInfo(422, "The code could not be fetched"),
    file_refusals.ArchiveUnsafe.code: ErrorInfo(422, "The archive holds what must not be unpacked"),
    "body_too_large": ErrorInfo(413, "The body is too large"),
    "range_not_satisfiable": ErrorInfo(416, "The range lies outside of the output"),
    errors.IdempotencyMismatch.code: ErrorInfo(422, "The Idempotency-Key belongs to another request"),
    errors.TooManyAttempts.code: ErrorInfo(429, "Too many attempts to log in"),
    "internal_error": ErrorInfo(500, "Something is wrong with the portal"),
    errors.StorageBusy.code: ErrorInfo(503, "The database is busy"),
    "output_unreadable": ErrorInfo(503, "The output cannot be read now"),
    file_refusals.FilesUnreadable.code: ErrorInfo(503, "The files cannot be read now"),
    "storage_trouble": ErrorInfo(503, "The database cannot be used"),
    file_refusals.DiskFull.code: ErrorInfo(507, "The disk is full"),
}

_OF_STATUS = {400: "malformed_body", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}
_SENTENCES = {
    "malformed_body": "The body is no JSON that can be read.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "This address exists, but not with this method; the Allow header lists those it has.",
    "body_too_large": "A body may have at most 2 MiB.",
}
_UNREADABLE: Mapping[type, str] = {
    RecursionError: "The JSON of the body is nested too deeply to be read.",
    UnicodeDecodeError: "The body is not UTF-8, in which JSON has to be sent.",
    ValueError: "The JSON of the body has a number with too many digits to be read.",
}
"""By what Python's JSON reader raised, beside saying that the JSON is not well formed."""


_TOLD_ANYBODY = "The database cannot be used; the portal's log and `addon-portal doctor` say why."
"""Where no credential is asked for: which file or server it is concerns nobody else."""


def problem(code: str, detail: str, fields: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    """The problem document of a code."""
    info = ERRORS[code]
    content = {"type": PROBLEM_TYPE + code, "title": info.title, "status": info.status, "detail": detail, "code": code}
    return JSONResponse({**content, **fields}, info.status, dict(headers or {}), MEDIA_TYPE)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    for kind, handler in _HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def answer_error(request: Request, error: Exception) -> Response:
    """The problem document of an error outside of the framework; raises it again if nobody foresaw it."""
    for kind in type(error).__mro__:
        if kind is not Exception and kind in _HANDLERS:
            return await _HANDLERS[kind](request, error)
    raise error


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    headers = {}
    if ERRORS[error.code].status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="addon-portal"'
    if isinstance(error, errors.TooManyAttempts):
        headers["Retry-After"] = str(error.fields["retry_after_seconds"])
    if error.code == errors.StorageBusy.code:
        headers["Retry-After"] = "1"
    return problem(error.code, error.message, error.fields, headers)


async def _invalid(request: Request, error: Exception) -> Response:
    """All problems of a request at once; the first part of a location (body, query, path) is left out."""
    assert isinstance(error, RequestValidationError)
    for found in error.errors():
        if found["type"] == "json_invalid":
            detail = f"The body is not well-formed JSON: {found['ctx']['error']} at character {found['loc'][1]}."
            return problem("malformed_body", detail, {})
    return await _refused(request, InvalidRequest([_problem_of(found) for found in error.errors()]))


def _problem_of(found: Mapping[str, object]) -> FieldProblem:
    location = found["loc"]
    assert isinstance(location, tuple)
    location = location[1:]
    if not location and found["type"] == "missing":
        return FieldProblem(name_of_field(location), "a JSON object", "nothing")
    told = problem_of(found, location)
    context = found.get("ctx")
    if (
        location[:1] == ("env",)
        and found["type"] != "missing"
        and not (isinstance(context, Mapping) and "got" in context)
    ):
        # A value of an environment is often a secret, and a wrong one that is sent in place of it too.
        return replace(told, got=f"a value of type {type(found.get('input')).__name__}")
    return told


async def answer_status(request: Request, error: Exception) -> Response:
    """The problem document for what the framework refuses by status."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, InvalidRequest):  # raised while the framework read the body
        return await _refused(request, error.__cause__)
    code = _OF_STATUS.get(error.status_code, "internal_error")
    fields = {"path": request.url.path} if code == "not_found" else {}
    sentence = _UNREADABLE.get(type(error.__cause__)) if code == "malformed_body" else None
    return problem(code, sentence or _SENTENCES.get(code, str(error.detail)), fields, error.headers)


async def _storage_trouble(request: Request, error: Exception) -> Response:
    assert isinstance(error, StorageError)
    with contextlib.suppress(Exception):
        log.error("storage_trouble", method=request.method, path=request.url.path, problem=error.message)
    headers = {"Retry-After": "1"} if error.worth_retrying else {}
    said = _TOLD_ANYBODY if request.url.path == "/readyz" else error.message
    return problem("storage_trouble", said, {"cause": error.code}, headers)


async def _output_unreadable(_: Request, error: Exception) -> Response:
    return problem("output_unreadable", str(error), {})


async def _output_removed(_: Request, error: Exception) -> Response:
    assert isinstance(error, OutputRemoved)
    fields = {"removed_at": to_text(error.removal.at), "why": error.removal.why}
    return problem("output_removed", str(error), fields)


async def _unforeseen(request: Request, error: Exception) -> Response:
    with contextlib.suppress(Exception):
        log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    return problem("internal_error", "The portal failed to answer; its log says why. Nothing is known of effects.", {})


_HANDLERS: Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    DomainError: _refused,
    RequestValidationError: _invalid,
    HTTPException: answer_status,
    StorageError: _storage_trouble,
    OutputRemoved: _output_removed,
    OutputUnreadable: _output_unreadable,
    Exception: _unforeseen,
}
