"""Signatures of the Standard Webhooks specification: HMAC-SHA256 over identifier, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from addon_portal.auth.webhook_secrets import key_of


def headers(message_id: str, sent_at: datetime, body: str, secrets: Iterable[str]) -> dict[str, str]:
    """What tells a receiver that a message is ours; one signature for each secret that is good now."""
    timestamp = str(int(sent_at.timestamp()))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_sign(secret, signed)}" for secret in secrets),
    }


def _sign(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()
