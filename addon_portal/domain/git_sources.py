"""Where code comes from that is fetched with git: which addresses and references are let near it.

Pure. What could be taken for an option, for another transport, or holds a secret that would be stored and shown, is
refused before anything is started. Which transports may be used is the operator's.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from addon_portal.domain.errors import FieldProblem

TRANSPORTS = ("https", "http", "ssh", "git", "file")
"""What an operator may allow; `ext` and other helpers run commands and are not among them."""
LONGEST_URL = 1000
LONGEST_REF = 200

_URL = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
_REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


@dataclass(frozen=True, slots=True)
class GitSource:
    """A repository and what is wanted of it: a branch, a tag or a whole commit id."""

    url: str
    ref: str

    def problems(self, transports: Collection[str]) -> list[FieldProblem]:
        """What is wrong with it."""
        found = []
        if (expected := _wrong_with_url(self.url, transports)) is not None:
            found.append(FieldProblem("git", expected, repr(_without_secret(self.url)[:80])))
        if not _REF.fullmatch(self.ref) or ".." in self.ref or self.ref.endswith(("/", ".", ".lock")):
            found.append(FieldProblem("ref", "a branch, a tag or a whole commit id", repr(self.ref[:80])))
        return found


def _wrong_with_url(url: str, transports: Collection[str]) -> str | None:
    if not transports:
        return "nothing: the operator allows no transport of git (ADDON_PORTAL_GIT_TRANSPORTS)"
    allowed = f"an address that begins with {' or '.join(f'{each}://' for each in sorted(transports))}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return allowed
    if parts.scheme not in transports or not url.startswith(f"{parts.scheme}://") or not _URL.fullmatch(url):
        return allowed
    if parts.scheme != "file" and (not parts.hostname or parts.hostname.startswith("-")):
        return allowed
    if parts.password is not None or (parts.username is not None and parts.scheme != "ssh"):
        return "an address without a user and password, which would be stored and shown"
    if parts.username is not None and parts.username.startswith("-"):
        return allowed
    return None


def _without_secret(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//***@", url)
