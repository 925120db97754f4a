"""Which addresses are public."""

import pytest

from addon_portal.domain.public_addresses import is_plainly_private, is_public
from addon_portal.notifications.addresses import AddressRefused, refuse_unless_allowed

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "224.0.0.1", "ff02::1", "255.255.255.255"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:0:0:0:0:80ff:fffe"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused_unless_it_is_allowed(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(AddressRefused, match="not public"):
        refuse_unless_allowed(address, allow_private=False)
    refuse_unless_allowed(address, allow_private=True)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9", "64:ff9b::909:909"])
def test_what_is_public_is_allowed(address: str) -> None:
    refuse_unless_allowed(address, allow_private=False)


@pytest.mark.parametrize("host", [*PRIVATE, "localhost", "LOCALHOST.", "portal.localhost"])
def test_a_host_that_is_not_public_whatever_a_name_means_is_known_as_such(host: str) -> None:
    assert is_plainly_private(host)


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "0X7f.1", "017700000001", "0177.0.0.01", "10.1", "0", "127.0.0.1."]
)
def test_unusual_spellings_are_known_as_those_of_addresses_that_are_not_public(host: str) -> None:
    assert is_plainly_private(host)


@pytest.mark.parametrize(
    "host",
    [
        *("9.9.9.9", "2620:fe::fe", "hooks.example.com", "localhost.example.com", "intranet"),
        *("151587081", "9.9.2313", "0x9090909", "127.1.example.com", "1e100.net", "10.0.0.0.1", "256.1.1.1"),
    ],
)
def test_what_is_public_or_has_to_be_looked_up_is_not(host: str) -> None:
    assert not is_plainly_private(host)
