"""Addresses to which messages go: what a channel takes, and what may be shown of one.

Pure. Whether somebody is there, and whether the operator allows what a name means, shows when something is sent.
"""

import re
from urllib.parse import urlsplit

from addon_portal.domain.errors import FieldProblem
from addon_portal.domain.public_addresses import is_plainly_private
from addon_portal.domain.webhooks import ChannelKind

LONGEST_URL = 2000
HIDDEN = "***"
_PRINTABLE = re.compile(r"[!-~]+")
_APPRISE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[!-~]+")
_EXPECTED = {
    ChannelKind.WEBHOOK: "an address http://HOST/… or https://HOST/…, without user and password",
    ChannelKind.APPRISE: "an address of Apprise, such as mailto://… or slack://…, without spaces",
}


def expected_instead(channel: ChannelKind, url: str) -> str | None:
    """What an address of this channel looks like, if this is none."""
    if len(url) > LONGEST_URL:
        return f"at most {LONGEST_URL} characters"
    is_good = _is_http(url) if channel is ChannelKind.WEBHOOK else _APPRISE.fullmatch(url) is not None
    return None if is_good else _EXPECTED[channel]


def private_problem(channel: ChannelKind, url: str) -> FieldProblem | None:
    """What is wrong with an address where only public ones are allowed, as far as it shows before it is looked up.

    Those of Apprise are no URLs whose host is the one that is talked to.
    """
    host = urlsplit(url).hostname if channel is ChannelKind.WEBHOOK else None
    if host is None or not is_plainly_private(host):
        return None
    expected = "a public address, unless the operator sets ADDON_PORTAL_NOTIFY_PRIVATE_ADDRESSES=1"
    return FieldProblem("url", expected, f"{host}, which is not public")


def shown(channel: ChannelKind, url: str) -> str:
    """The address, or of one that holds keys and passwords which service it is."""
    return url if channel is ChannelKind.WEBHOOK else f"{url.partition('://')[0]}://{HIDDEN}"


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, half an IPv6 address
        return False
    return is_good and "@" not in parts.netloc and not parts.fragment and _PRINTABLE.fullmatch(url) is not None
