"""Log-in links as they are printed for people at the machine."""

import getpass
from contextlib import suppress


def user_name() -> str:
    """Who works at the machine, as the system names them."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return "operator"  # a uid without a name


def address_of(url: str, text: str) -> str:
    """The link. What follows the # stays in the browser: no server and no proxy gets to log it."""
    return f"{url.rstrip('/')}/login#token={text}"
