"""What a request of the page has to show beside its cookie, so that no other site can send it.

Browsers send cookies with requests that other sites make. Promises that a request which changes something is believed
only with a token that just the page can know, and never where the browser itself says that another site made it.
"""

import hashlib
import hmac
from collections.abc import Mapping

from addon_portal.domain.errors import CsrfRefused

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"


def csrf_token_of(session_text: str) -> str:
    """The token that belongs to a session: made from its secret, so that nothing has to be stored."""
    return hmac.new(session_text.encode(), b"csrf", hashlib.sha256).hexdigest()


def refuse_forgery(method: str, session_text: str, headers: Mapping[str, str]) -> None:
    """Raises CsrfRefused unless the page itself has sent this; what changes nothing is always believed."""
    if method in SAFE_METHODS:
        return
    refuse_other_sites(headers)
    sent = headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), csrf_token_of(session_text).encode()):
        what = "is wrong" if sent else "is missing"
        raise CsrfRefused(f"The header X-CSRF-Token {what}: send the csrf_token that GET /api/session answers with.")


def refuse_other_sites(headers: Mapping[str, str]) -> None:
    """Raises CsrfRefused where the browser says that another site has made the request.

    Programs are no browsers and say nothing of it; they need the token all the same. The name under which a proxy was
    asked counts as ours: no other site can have a browser send it.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise CsrfRefused(f"The browser says that this request comes from elsewhere (Sec-Fetch-Site: {site[:20]}).")
        return
    origin = headers.get("origin")
    if origin is None:
        return
    ours = {headers.get("host"), headers.get("x-forwarded-host", "").partition(",")[0].strip()}
    if origin.partition("://")[2].lower() not in {name.lower() for name in ours if name}:
        raise CsrfRefused(f"The browser says that this request comes from another site ({origin[:100]}).")


def is_https(headers: Mapping[str, str], scheme: str) -> bool:
    """Whether the browser speaks https to us, or to the proxy in front of us."""
    return (
        scheme == "https"
        or headers.get("x-forwarded-proto", "").partition(",")[0].strip() == "https"
        or headers.get("origin", "").startswith("https://")
    )
