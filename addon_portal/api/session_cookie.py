"""The cookie of those who are logged in: how it is read, made and taken back.

Promises that scripts and other sites never get it, and that two portals under one host name, whose ports browsers do
not tell apart, do not log each other's people out: its name has the installation in it.
"""

from starlette.types import Scope

from addon_portal.auth.policies import Credential
from addon_portal.auth.sessions import is_https, refuse_forgery
from addon_portal.auth.tokens import SESSION, has_key_form, hash_key

_PREFIX = "addon_portal_session_"
_TENANT_HEADER = "x-portal-tenant"
"""Which tenant the page shows that sends a request. Two tabs have one session, and either can move it."""


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers of a request by their names in small letters; several cookies as one."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}; {text}" if key == "cookie" and key in headers else text
    return headers


class SessionCookie:
    """The cookie of one installation."""

    def __init__(self, installation_id: str) -> None:
        self.name = _PREFIX + installation_id[-6:]

    def read(self, headers: dict[str, str]) -> str | None:
        """The text of the session, if there is one that can be ours."""
        for pair in headers.get("cookie", "").split(";"):
            name, _, text = pair.strip().partition("=")
            if name == self.name and has_key_form(text, SESSION):
                return text
        return None

    def credential_of(self, scope: Scope) -> Credential | None:
        """The session that a request shows. Raises CsrfRefused where another site may have made it."""
        headers = headers_of(scope)
        text = self.read(headers)
        if text is None:
            return None
        refuse_forgery(scope["method"], text, headers)
        return Credential(hash_key(text), is_session=True, shown_tenant=headers.get(_TENANT_HEADER))

    def make(self, scope: Scope, text: str, seconds: int) -> str:
        """The header that gives it; `seconds` of 0 takes it back."""
        secure = "; Secure" if is_https(headers_of(scope), scope["scheme"]) else ""
        return f"{self.name}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
