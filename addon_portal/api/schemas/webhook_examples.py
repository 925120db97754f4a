"""The examples of the documents about webhooks, made by the functions that make the answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from addon_portal.api.schemas.runs import RUN_ID
from addon_portal.api.schemas.webhooks import (
    DELIVERY_ID,
    WEBHOOK_ID,
    delivery_body,
    delivery_detail_body,
    issued_webhook_body,
    webhook_body,
)
from addon_portal.api.services.webhook_service import IssuedWebhook
from addon_portal.domain.facts import BY_DEFAULT, Fact
from addon_portal.domain.ids import DeliveryId, RunId, TenantId, WebhookId
from addon_portal.domain.messages import trial_message
from addon_portal.domain.webhooks import Attempt, ChannelKind, Delivery, DeliveryState, Webhook

_AT = datetime(2026, 5, 4, 9, 0, 0, tzinfo=UTC)
_WEBHOOK = Webhook(
    id=WebhookId(WEBHOOK_ID),
    tenant_id=TenantId("ten_01k7qz8a1b2c3d4e5f6g7h8j9k"),
    project_id=None,
    name="on call",
    channel=ChannelKind.WEBHOOK,
    url="https://hooks.example.com/portal",
    facts=frozenset(BY_DEFAULT),
    created_at=_AT,
    created_by="key:ops",
)
_MESSAGE = {
    "type": "run.failed",
    "timestamp": "2026-05-04T15:00:00.000000Z",
    "data": {
        "title": "nightly failed (run 1)",
        "state": "failed",
        "outcome": "failure",
        "reason": "exit_code",
        "message": "The program ended with exit code 3.",
        "next_step": "Read the last lines of the output, mend what they name, then restart.",
        "run_id": RUN_ID,
    },
}
_DELIVERY = Delivery(
    seq=1,
    id=DeliveryId(DELIVERY_ID),
    webhook_id=WebhookId(WEBHOOK_ID),
    run_id=RunId(RUN_ID),
    fact=Fact.FAILED,
    body=json.dumps(_MESSAGE),
    happened_at=_AT + timedelta(hours=6),
    created_at=_AT + timedelta(hours=6, milliseconds=90),
    state=DeliveryState.DELIVERED,
    attempts=1,
    tries=1,
    next_attempt_at=None,
    finished_at=_AT + timedelta(hours=6, milliseconds=150),
    log=(Attempt(1, _AT + timedelta(hours=6, milliseconds=95), 0.05, 204),),
)
_TEST = replace(
    _DELIVERY,
    run_id=None,
    fact=Fact.TEST,
    body=json.dumps(trial_message(_AT, "on call")),
    state=DeliveryState.PENDING,
    attempts=0,
    finished_at=None,
    next_attempt_at=_AT,
    log=(),
)

WEBHOOK = webhook_body(_WEBHOOK)
DISABLED_WEBHOOK = webhook_body(replace(_WEBHOOK, disabled_at=_AT, disabled_why="Disabled by key:ops."))
ISSUED_WEBHOOK = issued_webhook_body(IssuedWebhook(_WEBHOOK, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw…"))
WEBHOOK_PAGE: dict[str, object] = {"items": [WEBHOOK], "next_cursor": None}
WEBHOOK_ASKED: dict[str, object] = {
    "name": "on call",
    "url": "https://hooks.example.com/portal",
    "events": [fact.value for fact in BY_DEFAULT],
}
DELIVERY = delivery_detail_body(_DELIVERY)
TEST_DELIVERY = delivery_detail_body(_TEST)
DELIVERY_PAGE: dict[str, object] = {"items": [delivery_body(_DELIVERY)], "next_cursor": None}
