"""Identifiers: one type per kind of thing, and how a new one is made.

An identifier is a prefix that names its kind and 26 characters of Crockford base32 (48 bits of
milliseconds, 80 random bits, the layout of a ULID), so that it sorts roughly by age and can be told from any other
kind by sight. Nothing ever orders by it where order matters; the storage's sequence numbers do that.
"""

import re
import secrets
from datetime import datetime
from typing import NewType

TenantId = NewType("TenantId", str)
ProjectId = NewType("ProjectId", str)
ProgramId = NewType("ProgramId", str)
RunId = NewType("RunId", str)
HostId = NewType("HostId", str)
KeyId = NewType("KeyId", str)
CleanupId = NewType("CleanupId", str)
CodeRequestId = NewType("CodeRequestId", str)
RetentionId = NewType("RetentionId", str)
WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)
BulkRestartId = NewType("BulkRestartId", str)
SessionId = NewType("SessionId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_BODY = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")


def _mint(prefix: str, now: datetime) -> str:
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    return prefix + "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def new_tenant_id(now: datetime) -> TenantId:
    """Make the identifier of a new tenant."""
    return TenantId(_mint("ten_", now))


def new_project_id(now: datetime) -> ProjectId:
    """Make the identifier of a new project."""
    return ProjectId(_mint("prj_", now))


def new_program_id(now: datetime) -> ProgramId:
    """Make the identifier of a new program."""
    return ProgramId(_mint("prg_", now))


def new_run_id(now: datetime) -> RunId:
    """Make the identifier of a new run."""
    return RunId(_mint("run_", now))


def new_host_id(now: datetime) -> HostId:
    """Make the identifier of a host."""
    return HostId(_mint("hst_", now))


def new_key_id(now: datetime) -> KeyId:
    """Make the identifier of an API key."""
    return KeyId(_mint("key_", now))


def new_cleanup_id(now: datetime) -> CleanupId:
    """Make the identifier of a clean-up request."""
    return CleanupId(_mint("cln_", now))


def new_retention_id(now: datetime) -> RetentionId:
    """Make the identifier of a request to remove what is no longer kept."""
    return RetentionId(_mint("ret_", now))


def new_code_request_id(now: datetime) -> CodeRequestId:
    """Make the identifier of a request for code."""
    return CodeRequestId(_mint("cdr_", now))


def new_webhook_id(now: datetime) -> WebhookId:
    """Make the identifier of a new webhook."""
    return WebhookId(_mint("whk_", now))


def new_delivery_id(now: datetime) -> DeliveryId:
    """Make the identifier of a message to one webhook; receivers see it as `webhook-id`."""
    return DeliveryId(_mint("msg_", now))


def new_bulk_restart_id(now: datetime) -> BulkRestartId:
    """Make the identifier of a restart of many projects."""
    return BulkRestartId(_mint("blk_", now))


def new_session_id(now: datetime) -> SessionId:
    """Make the identifier of somebody's session at the page."""
    return SessionId(_mint("ses_", now))


def new_installation_id(now: datetime) -> str:
    """Make the identifier of an installation, written into its database and its run root's marker."""
    return _mint("ins_", now)


def has_form(prefix: str, text: str) -> bool:
    """Whether a text has the form of an identifier with this prefix (`run_`, `prj_`, …)."""
    return text.startswith(prefix) and _BODY.fullmatch(text, len(prefix)) is not None
