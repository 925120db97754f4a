"""Which addresses are those of the public internet. Pure: names are not looked up."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import inet_aton

_NAT64 = IPv6Network("64:ff9b::/96")
_THIS_HOST = "localhost"


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet, whatever else is wrapped into it."""
    address = ip_address(text.partition("%")[0])
    inner = _embedded(address)
    if inner is not None and not is_public(str(inner)):
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def is_plainly_private(host: str) -> bool:
    """Whether a host, as it stands in an address, is known not to be public before it is looked up."""
    name = host.rstrip(".").lower()
    if name == _THIS_HOST or name.endswith(f".{_THIS_HOST}"):
        return True
    address = _unusual_ipv4(name) or name
    try:
        return not is_public(address)
    except ValueError:  # a name, which may mean any address
        return False


def _unusual_ipv4(name: str) -> str | None:
    """The address that a resolver takes `127.1`, `2130706433` or `0x7f.1` for, without asking anybody: inet_aton(3)."""
    try:
        return str(IPv4Address(inet_aton(name)))
    except OSError:
        return None
