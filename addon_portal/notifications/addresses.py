"""Which addresses may be talked to.

Whoever may set a webhook could otherwise have the portal talk to what only its host can reach. So addresses that are
not public are refused unless the operator allows them; what is checked is the address that is connected to, not a name
that may mean another one a moment later.
"""

import socket

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.public_addresses import is_public


class AddressRefused(OSError):
    """The operator's rule forbids the address."""


def refuse_unless_allowed(address: str, *, allow_private: bool) -> None:
    """Raises AddressRefused."""
    if not allow_private and not is_public(address):
        raise AddressRefused(f"the address {address} is not public, and the operator allows public ones only")


def connect(host: str, port: int, timeout_seconds: float, *, allow_private: bool) -> socket.socket:
    """A connection to the first address of the host that takes one, all tries together within the time-out.

    Raises OSError, of which AddressRefused is one. Looking the name up takes as long as the system's resolver lets it.
    """
    clock = SystemClock()
    trouble: OSError | None = None
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    deadline = clock.monotonic() + timeout_seconds
    for family, kind, protocol, _, address in found:
        connection = socket.socket(family, kind, protocol)
        try:
            refuse_unless_allowed(str(address[0]), allow_private=allow_private)
            connection.settimeout(max(0.001, deadline - clock.monotonic()))
            connection.connect(address)
        except OSError as error:
            connection.close()
            trouble = error
        else:
            connection.settimeout(timeout_seconds)
            return connection
    raise trouble or OSError(f"{host} has no address")
