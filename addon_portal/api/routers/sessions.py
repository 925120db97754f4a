"""Logging in at the page, saying who is logged in, and logging out."""

from fastapi import Request, Response

from addon_portal.api.deps import CallerDep
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import sessions
from addon_portal.api.services import session_service
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.session_service import Standing
from addon_portal.api.session_cookie import SessionCookie, headers_of
from addon_portal.auth.sessions import csrf_token_of, refuse_other_sites
from addon_portal.domain.models import Role

router = new_router("session", "/api/session")

_BODY = ("invalid_request", "malformed_body", "body_too_large")
_NOT_KEPT = {"Cache-Control": "no-store"}


@router.post(
    "",
    **says(
        "Log in",
        sessions.SessionBody,
        sessions.SESSION,
        status=201,
        asked=sessions.ASKED,
        errors=("login_link_refused", "csrf_refused", "too_many_attempts", *_BODY),
        needs_credential=False,
    ),
)
def log_in(request: Request, body: sessions.LogInRequest) -> Response:
    """Begins a session with a log-in link, which is used up by it, and sets its cookie. A session that the browser had
    before ends.
    """
    headers, cookie, portal = headers_of(request.scope), _cookie_of(request), request.app.state.portal
    assert isinstance(portal, Portal)
    refuse_other_sites(headers)
    address = request.client.host if request.client else ""
    made = session_service.log_in(portal, body.token, address, cookie.read(headers))
    given = cookie.make(request.scope, made.text, int(portal.session_terms.longest.total_seconds()))
    content = sessions.session_body(made.standing, csrf_token_of(made.text))
    return answer(content, 201, {**_NOT_KEPT, "Set-Cookie": given})


@router.get("", **says("Get who is logged in", sessions.SessionBody, sessions.SESSION))
def get_session(request: Request, caller: CallerDep) -> Response:
    """Who is calling, by a session or by a key, whose things they see, and the token for requests that change
    something.
    """
    return _tell(request, session_service.get_standing(caller.portal, caller.enter_any_tenant(Role.VIEWER)))


@router.delete("", **says("Log out", None, None, status=204))
def log_out(request: Request, caller: CallerDep) -> Response:
    """Ends the session at once, streams of events included, and takes the cookie back."""
    session_service.log_out(caller.portal, caller.credential)
    return Response(status_code=204, headers={"Set-Cookie": _cookie_of(request).make(request.scope, "", 0)})


@router.post(
    "/tenant",
    **says(
        "Switch to another tenant",
        sessions.SessionBody,
        sessions.SESSION,
        asked=sessions.TENANT_ASKED,
        errors=("not_found", *_BODY),
    ),
)
def switch_tenant(request: Request, caller: CallerDep, body: sessions.TenantChoice) -> Response:
    """From now on an operator's session sees this tenant; streams of events of the one before end."""
    standing = session_service.switch_tenant(caller.portal, caller.enter_any_tenant(Role.OPERATOR), body.tenant)
    return _tell(request, standing)


def _tell(request: Request, standing: Standing) -> Response:
    text = _cookie_of(request).read(headers_of(request.scope)) if standing.principal.session else None
    return answer(sessions.session_body(standing, csrf_token_of(text) if text else None), headers=_NOT_KEPT)


def _cookie_of(request: Request) -> SessionCookie:
    cookie = request.app.state.session_cookie
    assert isinstance(cookie, SessionCookie)
    return cookie
