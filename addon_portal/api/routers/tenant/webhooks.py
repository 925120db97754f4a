"""Webhooks: who is told what, what was sent, and sending again. For a tenant's admins."""

from typing import Annotated

from fastapi import Query, Response

from addon_portal.api.deps import CallerDep, DeliveryIdPath, WebhookIdPath
from addon_portal.api.openapi import says
from addon_portal.api.routers.answers import answer
from addon_portal.api.routers.routes import new_router
from addon_portal.api.schemas import webhook_examples as examples
from addon_portal.api.schemas.history import ListQuery
from addon_portal.api.schemas.webhooks import (
    DeliveryDetailBody,
    DeliveryPage,
    IssuedWebhookBody,
    WebhookBody,
    WebhookChange,
    WebhookPage,
    WebhookRequest,
    delivery_body,
    delivery_detail_body,
    issued_webhook_body,
    webhook_body,
)
from addon_portal.api.services import webhook_service
from addon_portal.domain.models import Role

router = new_router("webhooks", "/api/tenant")

_BODY = ("invalid_request", "malformed_body", "body_too_large")


@router.get("/webhooks", **says("List webhooks", WebhookPage, examples.WEBHOOK_PAGE, errors=("invalid_request",)))
def list_webhooks(caller: CallerDep, query: Annotated[ListQuery, Query()]) -> Response:
    """The tenant's webhooks, newest first."""
    principal = caller.enter(Role.ADMIN)
    page = webhook_service.list_webhooks(caller.portal, principal, limit=query.limit, cursor=query.cursor)
    return answer({"items": [webhook_body(item) for item in page.items], "next_cursor": page.next_cursor})


@router.post(
    "/webhooks",
    **says(
        "Create a webhook",
        IssuedWebhookBody,
        examples.ISSUED_WEBHOOK,
        status=201,
        asked=examples.WEBHOOK_ASKED,
        errors=("not_found", "name_taken", *_BODY),
    ),
)
def create_webhook(caller: CallerDep, body: WebhookRequest) -> Response:
    """Tells of what happens from now on. The secret that signs messages is shown this once."""
    principal = caller.enter(Role.ADMIN)
    issued = webhook_service.create_webhook(caller.portal, principal, body.to_draft(), body.channel)
    return answer(issued_webhook_body(issued), 201, {"Location": f"/api/tenant/webhooks/{issued.webhook.id}"})


@router.get("/webhooks/{webhook_id}", **says("Get a webhook", WebhookBody, examples.WEBHOOK, errors=("not_found",)))
def get_webhook(webhook_id: WebhookIdPath, caller: CallerDep) -> Response:
    """One webhook."""
    return answer(webhook_body(webhook_service.get_webhook(caller.portal, caller.enter(Role.ADMIN), webhook_id)))


@router.put(
    "/webhooks/{webhook_id}",
    **says(
        "Change a webhook",
        WebhookBody,
        examples.WEBHOOK,
        asked=examples.WEBHOOK_ASKED,
        errors=("not_found", "name_taken", *_BODY),
    ),
)
def update_webhook(webhook_id: WebhookIdPath, caller: CallerDep, body: WebhookChange) -> Response:
    """Replaces all but the secret. What waits to be sent goes to the new address."""
    principal = caller.enter(Role.ADMIN)
    return answer(webhook_body(webhook_service.update_webhook(caller.portal, principal, webhook_id, body.to_draft())))


@router.delete("/webhooks/{webhook_id}", **says("Delete a webhook", None, None, status=204, errors=("not_found",)))
def delete_webhook(webhook_id: WebhookIdPath, caller: CallerDep) -> Response:
    """Removes the webhook, what waits to be sent to it, and its log."""
    webhook_service.delete_webhook(caller.portal, caller.enter(Role.ADMIN), webhook_id)
    return Response(status_code=204)


@router.post(
    "/webhooks/{webhook_id}/rotate",
    **says("Replace a webhook's secret", IssuedWebhookBody, examples.ISSUED_WEBHOOK, errors=("not_found",)),
)
def rotate_secret(webhook_id: WebhookIdPath, caller: CallerDep) -> Response:
    """Makes another secret, shown this once. For 24 hours messages carry a signature by each of the two."""
    principal = caller.enter(Role.ADMIN)
    return answer(issued_webhook_body(webhook_service.rotate_secret(caller.portal, principal, webhook_id)))


@router.post(
    "/webhooks/{webhook_id}/enable",
    **says("Enable a webhook", WebhookBody, examples.WEBHOOK, errors=("not_found",)),
)
def enable_webhook(webhook_id: WebhookIdPath, caller: CallerDep) -> Response:
    """Sends what waits, and tells of what happens from now on."""
    return answer(webhook_body(webhook_service.enable_webhook(caller.portal, caller.enter(Role.ADMIN), webhook_id)))


@router.post(
    "/webhooks/{webhook_id}/disable",
    **says("Disable a webhook", WebhookBody, examples.DISABLED_WEBHOOK, errors=("not_found",)),
)
def disable_webhook(webhook_id: WebhookIdPath, caller: CallerDep) -> Response:
    """Sends nothing more: what waits is kept, what happens meanwhile is never told."""
    return answer(webhook_body(webhook_service.disable_webhook(caller.portal, caller.enter(Role.ADMIN), webhook_id)))


@router.post(
    "/webhooks/{webhook_id}/test",
    **says(
        "Send a test",
        DeliveryDetailBody,
        examples.TEST_DELIVERY,
        status=202,
        errors=("not_found", "webhook_disabled"),
    ),
)
def send_test(webhook_id: WebhookIdPath, caller: CallerDep) -> Response:
    """Has a message sent that says it is a test, once; what came of it is seen at the delivery."""
    delivery = webhook_service.send_test(caller.portal, caller.enter(Role.ADMIN), webhook_id)
    headers = {"Location": f"/api/tenant/webhooks/{webhook_id}/deliveries/{delivery.id}"}
    return answer(delivery_detail_body(delivery), 202, headers)


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    **says("List deliveries", DeliveryPage, examples.DELIVERY_PAGE, errors=("not_found", "invalid_request")),
)
def list_deliveries(webhook_id: WebhookIdPath, caller: CallerDep, query: Annotated[ListQuery, Query()]) -> Response:
    """What was sent to a webhook or waits to be, newest first."""
    page = webhook_service.list_deliveries(
        caller.portal, caller.enter(Role.ADMIN), webhook_id, limit=query.limit, cursor=query.cursor
    )
    return answer({"items": [delivery_body(item) for item in page.items], "next_cursor": page.next_cursor})


@router.get(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}",
    **says("Get a delivery", DeliveryDetailBody, examples.DELIVERY, errors=("not_found",)),
)
def get_delivery(webhook_id: WebhookIdPath, delivery_id: DeliveryIdPath, caller: CallerDep) -> Response:
    """One message: what is sent, and what came of every attempt."""
    principal = caller.enter(Role.ADMIN)
    return answer(delivery_detail_body(webhook_service.get_delivery(caller.portal, principal, webhook_id, delivery_id)))


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    **says(
        "Deliver again",
        DeliveryDetailBody,
        examples.DELIVERY,
        status=202,
        errors=("not_found", "webhook_disabled"),
    ),
)
def deliver_again(webhook_id: WebhookIdPath, delivery_id: DeliveryIdPath, caller: CallerDep) -> Response:
    """Has the same message sent now, under its identifier, and again by the schedule until it has arrived."""
    principal = caller.enter(Role.ADMIN)
    return answer(
        delivery_detail_body(webhook_service.redeliver(caller.portal, principal, webhook_id, delivery_id)), 202
    )
