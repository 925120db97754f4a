"""Who gets into a tenant: keys for programs, links and sessions of people. For a tenant's admins."""

from fastapi import Response

from addon_portal.api.deps import CallerDep, KeyIdPath, SessionIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import access, admin, examples
from addon_portal.api.services import access_service
from addon_portal.domain.models import Role

router = new_router("access", "/api/tenant")

_BODY = ("invalid_request", "malformed_body", "body_too_large")
_NOT_KEPT = {"Cache-Control": "no-store"}


@router.get("/keys", **says("List the tenant's keys", admin.KeyList, {"items": [examples.KEY]}))
def list_own_keys(caller: CallerDep) -> Response:
    """The keys of the caller's tenant, without their secrets, revoked ones too, oldest first."""
    keys = access_service.list_keys(caller.portal, caller.enter(Role.ADMIN))
    return answer(admin.key_list_body(keys))


@router.post(
    "/keys",
    **says(
        "Create a key of the tenant",
        admin.IssuedKeyBody,
        examples.ISSUED_KEY,
        status=201,
        asked=access.KEY_ASKED,
        errors=_BODY,
    ),
)
def create_own_key(caller: CallerDep, body: access.OwnKeyRequest) -> Response:
    """Makes a key with at most the caller's role. Its text is in this answer and nowhere else."""
    issued = access_service.create_key(caller.portal, caller.enter(Role.ADMIN), body.name, Role(body.role))
    return answer(admin.issued_key_body(issued), 201, _NOT_KEPT)


@router.delete(
    "/keys/{key_id}",
    **says("Revoke a key of the tenant", None, None, status=204, errors=("not_found", "own_key")),
)
def revoke_own_key(key_id: KeyIdPath, caller: CallerDep) -> Response:
    """From now on the key opens nothing, and streams of events that it opened end. What it started goes on."""
    access_service.revoke_key(caller.portal, caller.enter(Role.ADMIN), key_id)
    return Response(status_code=204)


@router.post(
    "/login-links",
    **says(
        "Invite somebody",
        access.LoginLinkBody,
        access.LINK,
        status=201,
        asked=access.LINK_ASKED,
        errors=_BODY,
    ),
)
def create_login_link(caller: CallerDep, body: access.LoginLinkRequest) -> Response:
    """Makes a link that lets one person into the caller's tenant, once, with at most the caller's role."""
    principal = caller.enter(Role.ADMIN)
    link, text = access_service.create_link(caller.portal, principal, body.name, Role(body.role), body.minutes)
    return answer(access.link_body(link, text), 201, _NOT_KEPT)


@router.get("/sessions", **says("List who is logged in", access.PersonList, {"items": [access.PERSON]}))
def list_sessions(caller: CallerDep) -> Response:
    """Those who are logged in at the page and see the caller's tenant now, operators who look at it too."""
    principal = caller.enter(Role.ADMIN)
    people = access_service.list_sessions(caller.portal, principal)
    return answer({"items": [access.person_body(each, principal) for each in people]})


@router.delete(
    "/sessions/{session_id}",
    **says("Log somebody out", None, None, status=204, errors=("not_found",)),
)
def end_session(session_id: SessionIdPath, caller: CallerDep) -> Response:
    """Ends a session at once, and within two seconds the streams of events that it has open."""
    access_service.end_session(caller.portal, caller.enter(Role.ADMIN), session_id)
    return Response(status_code=204)


@router.delete("/sessions", **says("Log all others out", access.EndedBody, {"ended": 2}))
def end_other_sessions(caller: CallerDep) -> Response:
    """Ends every session that sees the caller's tenant but the caller's own and those of a greater role."""
    return answer({"ended": access_service.end_other_sessions(caller.portal, caller.enter(Role.ADMIN))})
