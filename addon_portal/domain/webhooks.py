"""Webhooks and what is sent to them, as immutable values: who wants to be told what, and how far that has come."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from addon_portal.domain.facts import Fact
from addon_portal.domain.ids import DeliveryId, ProjectId, RunId, TenantId, WebhookId


class ChannelKind(StrEnum):
    """A way to tell somebody."""

    WEBHOOK = "webhook"
    """A signed POST, after the Standard Webhooks specification."""
    APPRISE = "apprise"
    """E-mail or a chat, by the address forms of Apprise."""


class DeliveryState(StrEnum):
    """How far the telling of one fact to one webhook is. `delivered` and `failed` stay until somebody asks again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody who wants to be told: of a whole tenant, or of one project. `secrets` are never shown again."""

    id: WebhookId
    tenant_id: TenantId
    project_id: ProjectId | None
    name: str
    channel: ChannelKind
    url: str
    facts: frozenset[Fact]
    created_at: datetime
    created_by: str
    secret: str | None = None
    previous_secret: str | None = None
    previous_secret_until: datetime | None = None
    after_seq: int = 0
    """Journal entries up to this one do not concern it."""
    listening_since: datetime | None = None
    """Nor does what the clock has made true before this."""
    disabled_at: datetime | None = None
    disabled_why: str | None = None

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """What messages are signed with: the secret, and the one before it for some time after it was replaced."""
        previous = self.previous_secret if self.previous_secret_until and now < self.previous_secret_until else None
        return tuple(secret for secret in (self.secret, previous) if secret)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A message that is to be stored; `key` names its fact, so that it is stored once for one webhook."""

    id: DeliveryId
    webhook_id: WebhookId
    tenant_id: TenantId
    run_id: RunId | None
    fact: Fact
    key: str
    body: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver, and what came of it."""

    number: int
    started_at: datetime
    seconds: float
    status: int | None = None
    error: str | None = None
    response: str | None = None
    """The beginning of what was answered."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A stored message to one webhook."""

    seq: int
    id: DeliveryId
    webhook_id: WebhookId
    run_id: RunId | None
    fact: Fact
    body: str
    happened_at: datetime
    created_at: datetime
    state: DeliveryState
    attempts: int
    tries: int
    """Attempts since it was stored, or since somebody asked for it again."""
    next_attempt_at: datetime | None
    finished_at: datetime | None
    log: tuple[Attempt, ...] = field(default=())
