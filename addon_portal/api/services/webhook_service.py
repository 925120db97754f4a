"""A tenant's webhooks: who is told what, the log of what was sent, and sending again.

Stores what is wanted and wakes the sender; sends nothing itself. Everything here is for a tenant's admins.
"""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

from addon_portal.api.services.portal import Portal
from addon_portal.auth.policies import Principal
from addon_portal.auth.webhook_secrets import make_secret
from addon_portal.domain.errors import FieldProblem, InvalidRequest, NotFound, WebhookDisabled
from addon_portal.domain.facts import Fact
from addon_portal.domain.ids import DeliveryId, ProjectId, WebhookId, new_delivery_id, new_webhook_id
from addon_portal.domain.messages import trial_message
from addon_portal.domain.models import TenantScope
from addon_portal.domain.webhook_addresses import expected_instead, private_problem
from addon_portal.domain.webhooks import ChannelKind, Delivery, NewDelivery, Webhook
from addon_portal.storage import UnitOfWork
from addon_portal.storage.outbox import Outbox
from addon_portal.storage.values import Page
from addon_portal.storage.webhooks import Webhooks

SECRET_OVERLAP = timedelta(hours=24)
"""So long after a secret was replaced messages are signed with both: receivers can be changed at leisure."""


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """A webhook as it was asked for; `url` None leaves the one that is there."""

    name: str
    url: str | None
    project_id: ProjectId | None
    facts: frozenset[Fact]


@dataclass(frozen=True, slots=True)
class IssuedWebhook:
    """A webhook with its secret, which is shown this once."""

    webhook: Webhook
    secret: str | None


def create_webhook(portal: Portal, principal: Principal, draft: WebhookDraft, channel: ChannelKind) -> IssuedWebhook:
    """Add a webhook, which is told of what happens from now on.

    Raises NameTaken, NotFound for its project, InvalidRequest for an address that the operator's rule forbids.
    """
    assert draft.url is not None
    _check_public(portal, channel, draft.url)
    now = portal.clock.now()
    secret = make_secret() if channel is ChannelKind.WEBHOOK else None
    webhook = Webhook(
        id=new_webhook_id(now),
        tenant_id=principal.tenant.id,
        project_id=draft.project_id,
        name=draft.name,
        channel=channel,
        url=draft.url,
        facts=draft.facts,
        created_at=now,
        created_by=principal.actor,
        secret=secret,
    )
    with portal.storage.write() as uow:
        _check_project(uow, principal.scope, draft.project_id)
        Webhooks(uow).insert(principal.scope, webhook)
        _want_sender(portal)
    _want_sender(portal)  # a sender that left meanwhile has taken the first one away
    return IssuedWebhook(webhook, secret)


def list_webhooks(portal: Portal, principal: Principal, *, limit: int, cursor: str | None) -> Page[Webhook]:
    """A page of webhooks, newest first. Raises InvalidRequest."""
    with portal.storage.read() as uow:
        return Webhooks(uow).list_page(principal.scope, limit=limit, cursor=cursor)


def get_webhook(portal: Portal, principal: Principal, webhook_id: WebhookId) -> Webhook:
    """One webhook. Raises NotFound."""
    with portal.storage.read() as uow:
        return Webhooks(uow).get(principal.scope, webhook_id)


def update_webhook(portal: Portal, principal: Principal, webhook_id: WebhookId, draft: WebhookDraft) -> Webhook:
    """Replace all but the secret; what waits to be sent is sent to the new address.

    Raises NotFound, NameTaken, InvalidRequest for an address that is none of its channel's or that the operator's rule
    forbids; one that it has already stays, so that the rest can be changed.
    """
    with portal.storage.write() as uow:
        webhooks = Webhooks(uow)
        before = webhooks.get(principal.scope, webhook_id)
        if draft.url is not None and draft.url != before.url:
            _check_address(portal, before.channel, draft.url)
        _check_project(uow, principal.scope, draft.project_id)
        changed = replace(
            before, name=draft.name, url=draft.url or before.url, project_id=draft.project_id, facts=draft.facts
        )
        webhooks.update(principal.scope, changed)
    return changed


def delete_webhook(portal: Portal, principal: Principal, webhook_id: WebhookId) -> None:
    """Remove a webhook, what waits to be sent to it, and its log. Raises NotFound."""
    with portal.storage.write() as uow:
        Webhooks(uow).delete(principal.scope, webhook_id)
        uow.wake_api()


def rotate_secret(portal: Portal, principal: Principal, webhook_id: WebhookId) -> IssuedWebhook:
    """Make another secret; for some time messages carry a signature by each. Raises NotFound."""
    with portal.storage.write() as uow:
        webhooks = Webhooks(uow)
        before = webhooks.get(principal.scope, webhook_id)
        if before.channel is not ChannelKind.WEBHOOK:
            raise NotFound("secret of webhook", webhook_id)
        changed = replace(
            before,
            secret=make_secret(),
            previous_secret=before.secret,
            previous_secret_until=portal.clock.now() + SECRET_OVERLAP,
        )
        webhooks.update(principal.scope, changed)
    return IssuedWebhook(changed, changed.secret)


def enable_webhook(portal: Portal, principal: Principal, webhook_id: WebhookId) -> Webhook:
    """Send what waits and what happens from now on. Raises NotFound."""
    with portal.storage.write() as uow:
        Webhooks(uow).enable(principal.scope, webhook_id, portal.clock.now())
        return Webhooks(uow).get(principal.scope, webhook_id)


def disable_webhook(portal: Portal, principal: Principal, webhook_id: WebhookId) -> Webhook:
    """Send nothing more; what happens meanwhile is never told. Raises NotFound."""
    with portal.storage.write() as uow:
        why = f"Disabled by {principal.actor}."
        Webhooks(uow).disable(principal.scope, webhook_id, portal.clock.now(), why)
        return Webhooks(uow).get(principal.scope, webhook_id)


def send_test(portal: Portal, principal: Principal, webhook_id: WebhookId) -> Delivery:
    """Have a test sent, once. Raises NotFound, WebhookDisabled."""
    now = portal.clock.now()
    new_id = new_delivery_id(now)
    with portal.storage.write() as uow:
        webhook = _get_enabled(uow, principal.scope, webhook_id)
        body = json.dumps(trial_message(now, webhook.name), separators=(",", ":"))
        new = NewDelivery(new_id, webhook.id, webhook.tenant_id, None, Fact.TEST, f"test:{new_id}", body, now)
        Outbox(uow).add([new])
        uow.wake_api()
        return Webhooks(uow).get_delivery(principal.scope, webhook_id, new_id)


def list_deliveries(
    portal: Portal, principal: Principal, webhook_id: WebhookId, *, limit: int, cursor: str | None
) -> Page[Delivery]:
    """A page of what was or is to be sent, newest first. Raises NotFound, InvalidRequest."""
    with portal.storage.read() as uow:
        return Webhooks(uow).list_deliveries(principal.scope, webhook_id, limit=limit, cursor=cursor)


def get_delivery(portal: Portal, principal: Principal, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    """One message with every attempt. Raises NotFound."""
    with portal.storage.read() as uow:
        return Webhooks(uow).get_delivery(principal.scope, webhook_id, delivery_id)


def redeliver(portal: Portal, principal: Principal, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    """Have a message sent again, under its identifier. Raises NotFound, WebhookDisabled."""
    with portal.storage.write() as uow:
        webhooks = Webhooks(uow)
        webhooks.get_delivery(principal.scope, webhook_id, delivery_id)
        _get_enabled(uow, principal.scope, webhook_id)
        webhooks.redeliver(principal.scope, webhook_id, delivery_id, portal.clock.now())
        return webhooks.get_delivery(principal.scope, webhook_id, delivery_id)


def _get_enabled(uow: UnitOfWork, scope: TenantScope, webhook_id: WebhookId) -> Webhook:
    webhook = Webhooks(uow).get(scope, webhook_id)
    if webhook.disabled_why is not None:
        raise WebhookDisabled(webhook.id, webhook.disabled_why)
    return webhook


def _check_project(uow: UnitOfWork, scope: TenantScope, project_id: ProjectId | None) -> None:
    if project_id is not None:
        uow.projects.get(scope, project_id)


def _check_address(portal: Portal, channel: ChannelKind, url: str) -> None:
    expected = expected_instead(channel, url)
    if expected is not None:
        raise InvalidRequest([FieldProblem("url", expected, "another text")])
    _check_public(portal, channel, url)


def _check_public(portal: Portal, channel: ChannelKind, url: str) -> None:
    problem = None if portal.allow_private_webhooks else private_problem(channel, url)
    if problem is not None:
        raise InvalidRequest([problem])


def _want_sender(portal: Portal) -> None:
    portal.data.notifier_marker.touch()
