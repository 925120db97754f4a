"""The secrets with which messages to webhooks are signed: how one is made, and the key in it.

The form is that of the Standard Webhooks specification: `whsec_` and base64. Unlike API keys they are stored as they
are, because signing takes the secret itself.
"""

import base64
import secrets

PREFIX = "whsec_"
_SECRET_BYTES = 32


def make_secret() -> str:
    """A secret of 256 random bits, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises ValueError for a text that is no secret."""
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
