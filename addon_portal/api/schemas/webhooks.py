"""Webhooks and their deliveries, as they are asked for and shown."""

import json
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, ValidationInfo

from addon_portal.api.schemas.fields import Answer, Name, Request, refuse
from addon_portal.api.schemas.runs import PROJECT_ID, RUN_ID, time_or_null
from addon_portal.api.services.webhook_service import IssuedWebhook, WebhookDraft
from addon_portal.domain.clock import to_text
from addon_portal.domain.facts import BY_DEFAULT, FACTS, Fact
from addon_portal.domain.ids import ProjectId, has_form
from addon_portal.domain.webhook_addresses import LONGEST_URL, expected_instead, shown
from addon_portal.domain.webhooks import ChannelKind, Delivery, DeliveryState, Webhook

WEBHOOK_ID = "whk_01k7qz9t3v5x8y2m4n6p0r1s2a"
DELIVERY_ID = "msg_01k7qz9t3v5x8y2m4n6p0r1s2a"


def _check_url(url: str, info: ValidationInfo) -> str:
    """By the channel, which stands before it; a wrong one is told of by itself."""
    expected = expected_instead(info.data.get("channel", ChannelKind.WEBHOOK), url)
    if expected is not None:
        raise refuse(expected, f"{len(url)} characters" if len(url) > LONGEST_URL else "another text")
    return url


def _channel(word: object) -> object:
    """Strictly a word of the list, as JSON has it."""
    if word not in list(ChannelKind):
        raise refuse(f"one of {', '.join(ChannelKind)}")
    return ChannelKind(str(word))


def _check_fact(word: str) -> str:
    if word not in FACTS:
        raise refuse(f"one of {', '.join(FACTS)}", repr(word[:60]))
    return word


def _check_project_id(text: str) -> str:
    if not has_form("prj_", text):
        raise refuse("prj_ and 26 characters")
    return text


Address = Annotated[
    str,
    Field(
        description="Where messages are posted; for `apprise` an address of Apprise, of which only the kind is shown.",
        examples=["https://hooks.example.com/portal"],
    ),
]
ChannelWord = Annotated[
    ChannelKind,
    BeforeValidator(_channel),
    Field(
        description="`webhook`: signed posts. `apprise`: e-mail or a chat, where the operator has Apprise installed."
    ),
]
Events = Annotated[
    list[Annotated[str, AfterValidator(_check_fact)]],
    Field(min_length=1, description="What to tell.", examples=[[fact.value for fact in BY_DEFAULT]]),
]
OfProject = Annotated[
    str, AfterValidator(_check_project_id), Field(description="Tell of this project only.", examples=[PROJECT_ID])
]


def _usual_events() -> list[str]:
    return [fact.value for fact in BY_DEFAULT]


class WebhookRequest(Request):
    """A new webhook."""

    name: Annotated[Name, Field(examples=["on call"])]
    channel: ChannelWord = ChannelKind.WEBHOOK
    url: Annotated[Address, AfterValidator(_check_url)]
    project_id: OfProject | None = None
    events: Events = Field(default_factory=_usual_events)

    def to_draft(self) -> WebhookDraft:
        """The request as the service takes it."""
        return _draft(self.name, self.url, self.project_id, self.events)


class WebhookChange(Request):
    """A webhook as it is to be from now on."""

    name: Annotated[Name, Field(examples=["on call"])]
    url: Annotated[Address | None, Field(description="Null, or left out: the one it has.")] = None
    project_id: OfProject | None = None
    events: Events = Field(default_factory=_usual_events)

    def to_draft(self) -> WebhookDraft:
        """The request as the service takes it."""
        return _draft(self.name, self.url, self.project_id, self.events)


def _draft(name: str, url: str | None, project_id: str | None, events: list[str]) -> WebhookDraft:
    project = None if project_id is None else ProjectId(project_id)
    return WebhookDraft(name, url, project, frozenset(map(Fact, events)))


class WebhookBody(Answer):
    """A webhook without its secret."""

    id: Annotated[str, Field(examples=[WEBHOOK_ID])]
    name: str
    channel: ChannelKind
    url: str
    project_id: Annotated[str | None, Field(description="Null: every project of the tenant.")]
    events: list[Fact]
    enabled: bool
    disabled_at: datetime | None
    disabled_why: Annotated[str | None, Field(examples=["It answered 410 Gone."])]
    created_at: datetime
    created_by: Annotated[str, Field(examples=["key:ci"])]
    previous_secret_until: Annotated[
        datetime | None, Field(description="Until then messages are signed with the secret before this one too.")
    ]


class IssuedWebhookBody(WebhookBody):
    """A webhook with the secret that is shown this once; null for a channel that has none."""

    secret: str | None


class AttemptBody(Answer):
    """One try to deliver."""

    number: int
    started_at: datetime
    seconds: float
    status: Annotated[int | None, Field(description="What was answered over HTTP.")]
    error: Annotated[str | None, Field(description="Null when it arrived.", examples=["answered 503 Unavailable"])]
    response: Annotated[str | None, Field(description="The beginning of the answer.")]


class DeliveryBody(Answer):
    """A message about one fact to one webhook."""

    id: Annotated[str, Field(description="Its `webhook-id` on the wire.", examples=[DELIVERY_ID])]
    webhook_id: str
    event: Fact
    run_id: Annotated[str | None, Field(examples=[RUN_ID])]
    state: DeliveryState
    attempts: int
    next_attempt_at: Annotated[datetime | None, Field(description="Null also while the webhook is disabled.")]
    happened_at: datetime
    created_at: datetime
    finished_at: datetime | None


class DeliveryDetailBody(DeliveryBody):
    """A message with what is sent and every attempt."""

    payload: dict[str, JsonValue]
    log: list[AttemptBody]


class WebhookPage(Answer):
    """A page of webhooks."""

    items: list[WebhookBody]
    next_cursor: str | None


class DeliveryPage(Answer):
    """A page of deliveries."""

    items: list[DeliveryBody]
    next_cursor: str | None


def webhook_body(webhook: Webhook) -> dict[str, object]:
    """The Webhook object."""
    return {
        "id": webhook.id,
        "name": webhook.name,
        "channel": webhook.channel,
        "url": shown(webhook.channel, webhook.url),
        "project_id": webhook.project_id,
        "events": [fact for fact in FACTS if fact in webhook.facts],
        "enabled": webhook.disabled_at is None,
        "disabled_at": time_or_null(webhook.disabled_at),
        "disabled_why": webhook.disabled_why,
        "created_at": to_text(webhook.created_at),
        "created_by": webhook.created_by,
        "previous_secret_until": time_or_null(webhook.previous_secret_until),
    }


def issued_webhook_body(issued: IssuedWebhook) -> dict[str, object]:
    """The Webhook object with its secret."""
    return {**webhook_body(issued.webhook), "secret": issued.secret}


def delivery_body(delivery: Delivery) -> dict[str, object]:
    """The Delivery object."""
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "event": delivery.fact,
        "run_id": delivery.run_id,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_attempt_at": time_or_null(delivery.next_attempt_at),
        "happened_at": to_text(delivery.happened_at),
        "created_at": to_text(delivery.created_at),
        "finished_at": time_or_null(delivery.finished_at),
    }


def delivery_detail_body(delivery: Delivery) -> dict[str, object]:
    """The Delivery object with payload and attempts."""
    log = [
        {
            "number": attempt.number,
            "started_at": to_text(attempt.started_at),
            "seconds": attempt.seconds,
            "status": attempt.status,
            "error": attempt.error,
            "response": attempt.response,
        }
        for attempt in delivery.log
    ]
    return {**delivery_body(delivery), "payload": json.loads(delivery.body), "log": log}
