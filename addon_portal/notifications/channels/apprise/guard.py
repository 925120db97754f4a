"""What plug-ins of Apprise may not do, whatever an address asks of them.

Whoever may set an address could otherwise have the portal connect to its own network, send files of its host, or start
programs there: plug-ins read templates and keys from paths that stand in an address. The interpreter asks us before
each such step (audit hooks, PEP 578). That is a rule for honest plug-ins and hostile addresses, and no sandbox.
"""

import os
import ssl
import sys
import sysconfig
from typing import Any

from addon_portal.notifications.addresses import AddressRefused, refuse_unless_allowed

_CONNECTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_STARTS = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "pty.", "syslog.")
_HARMLESS = ("/dev/null", "/dev/urandom", "/etc/localtime", "/etc/mime.types", "/usr/share/zoneinfo")
_NAMED = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class NotOffered(OSError):
    """Something that no address may ask for."""


class Guard:
    """An audit hook; `refused` is what it has refused, in words without the address."""

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.refused: str | None = None
        self._readable = tuple(sorted(_readable_places()))

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Asked before it happens. Raises OSError for what may not."""
        try:
            if event in _CONNECTS:
                self._check_address(arguments[1])
            elif event == "open":
                self._check_file(arguments[0], arguments[2])
            elif event.startswith(_STARTS):
                raise NotOffered("Apprise's ways to tell somebody on this machine are not offered")
        except (AddressRefused, NotOffered) as refusal:
            self.refused = self.refused or str(refusal)
            raise

    def _check_address(self, address: object) -> None:
        if address is None:  # where it was connected to
            return
        if not isinstance(address, tuple) or not isinstance(address[0], str):
            raise NotOffered("Apprise's ways to tell somebody on this machine are not offered")
        try:
            refuse_unless_allowed(address[0], allow_private=self.allow_private)
        except ValueError:
            raise AddressRefused("a name was connected to and not an address") from None

    def _check_file(self, path: object, flags: object) -> None:
        if not isinstance(path, str | bytes | os.PathLike):  # a descriptor
            return
        place = os.path.realpath(os.fsdecode(path))
        is_written = isinstance(flags, int) and flags & _WRITES
        if is_written or not any(place == each or place.startswith(each + "/") for each in self._readable):
            raise NotOffered("Apprise may not use files of this machine")


def _readable_places() -> set[str]:
    """Code, certificates, time zones."""
    found = ssl.get_default_verify_paths()
    certificates = [
        found.cafile,
        found.capath,
        found.openssl_cafile,
        found.openssl_capath,
        *map(os.environ.get, _NAMED),
    ]
    places: list[str | None] = [*sys.path, *sysconfig.get_paths().values(), *_HARMLESS, *certificates]
    return {os.path.realpath(place) for place in places if place}
