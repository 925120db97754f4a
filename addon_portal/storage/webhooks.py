"""A tenant's webhooks and the log of what was sent to them, for whoever holds the tenant's scope.

Made by those who need it, not by every unit of work. What the sender does without a scope stands in `outbox`.
"""

from dataclasses import replace
from datetime import datetime

from addon_portal.domain.errors import NameTaken, NotFound
from addon_portal.domain.facts import Fact
from addon_portal.domain.ids import DeliveryId, WebhookId
from addon_portal.domain.models import TenantScope
from addon_portal.domain.webhooks import Attempt, ChannelKind, Delivery, DeliveryState, Webhook
from addon_portal.storage import cursors
from addon_portal.storage.connection import Row
from addon_portal.storage.errors import DuplicateValue
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import (
    columns,
    from_micros,
    from_micros_or_none,
    from_words,
    storable,
    to_micros,
    to_micros_or_none,
    to_words,
)
from addon_portal.storage.values import Page

WEBHOOK_COLUMNS = (
    "id tenant_id project_id name channel url facts created_at created_by secret previous_secret "
    "previous_secret_until after_seq listening_since disabled_at disabled_why"
)
DELIVERY_COLUMNS = (
    "seq id webhook_id run_id fact body happened_at created_at state attempts tries next_attempt_at finished_at"
)
_WEBHOOK_NAMES = WEBHOOK_COLUMNS.split()
_SELECT = f"SELECT {columns('w', WEBHOOK_COLUMNS)}, w.seq FROM webhooks AS w WHERE w.tenant_id = :tenant_id"  # noqa: S608
_INSERT = f"""
    INSERT INTO webhooks ({", ".join(_WEBHOOK_NAMES)}) VALUES ({", ".join(f":{name}" for name in _WEBHOOK_NAMES)})
    ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id
"""  # noqa: S608 - made of constants
_CHANGEABLE = [name for name in _WEBHOOK_NAMES if name not in {"id", "tenant_id", "created_at", "created_by"}]
_UPDATE = f"""
    UPDATE webhooks SET {", ".join(f"{name} = :{name}" for name in _CHANGEABLE)}
    WHERE id = :id AND tenant_id = :tenant_id
"""  # noqa: S608 - made of constants
_NAMESAKE = "SELECT 1 FROM webhooks WHERE tenant_id = :tenant_id AND name = :name AND id <> :id"
_DELETE_ATTEMPTS = """
    DELETE FROM delivery_attempts WHERE delivery_seq IN (SELECT seq FROM deliveries WHERE webhook_id = :id)
"""
_DELETE_DELIVERIES = "DELETE FROM deliveries WHERE webhook_id = :id"
_DELETE = "DELETE FROM webhooks WHERE id = :id AND tenant_id = :tenant_id"
_HOLD = "UPDATE deliveries SET next_attempt_at = NULL WHERE webhook_id = :id AND state = 'pending'"
_LET_GO = """
    UPDATE deliveries SET next_attempt_at = :at WHERE webhook_id = :id AND state = 'pending' AND next_attempt_at IS NULL
"""

_DELIVERIES = f"""
    SELECT {columns("d", DELIVERY_COLUMNS)} FROM deliveries AS d
    WHERE d.tenant_id = :tenant_id AND d.webhook_id = :webhook_id
"""  # noqa: S608 - made of constants
_ATTEMPTS = """
    SELECT number, started_at, seconds, status, error, response FROM delivery_attempts
    WHERE delivery_seq = :seq ORDER BY number
"""
_AGAIN = """
    UPDATE deliveries SET state = 'pending', tries = 0, next_attempt_at = :at, finished_at = NULL
    WHERE id = :id AND tenant_id = :tenant_id AND webhook_id = :webhook_id
"""


class Webhooks(Repository):
    """One tenant's webhooks, with their deliveries."""

    __slots__ = ()

    def insert(self, scope: TenantScope, webhook: Webhook) -> None:
        """Add a webhook of the scope's tenant; it is told of what is recorded from now on. Raises NameTaken."""
        assert webhook.tenant_id == scope.tenant_id
        listening = replace(webhook, after_seq=self._uow.journal.last_seq(), listening_since=webhook.created_at)
        if self._connection.one(_INSERT, _to_row(listening)) is None:
            raise NameTaken("webhook", webhook.name)
        self._uow.wake_api()

    def get(self, scope: TenantScope, webhook_id: WebhookId) -> Webhook:
        """One webhook. Raises NotFound."""
        row = self._connection.one(f"{_SELECT} AND w.id = :id", _of(scope, webhook_id))
        if row is None:
            raise NotFound("webhook", webhook_id)
        return webhook_from_row(row)

    def list_page(self, scope: TenantScope, *, limit: int, cursor: str | None = None) -> Page[Webhook]:
        """Webhooks, newest first. Raises InvalidRequest for a malformed cursor."""
        place = cursors.decode("webhooks", cursor)
        parameters: dict[str, object] = {"tenant_id": scope.tenant_id, "limit": limit + 1}
        before = ""
        if place is not None:
            (parameters["before"],) = place
            before = " AND w.seq < :before"
        rows = self._connection.all(f"{_SELECT}{before} ORDER BY w.seq DESC LIMIT :limit", parameters)
        items = tuple(webhook_from_row(row) for row in rows[:limit])
        return Page(items, cursors.encode("webhooks", (rows[limit - 1][-1],)) if len(rows) > limit else None)

    def update(self, scope: TenantScope, webhook: Webhook) -> None:
        """Store the webhook as it is now. Raises NotFound, NameTaken."""
        parameters = _to_row(webhook) | {"tenant_id": scope.tenant_id}
        if self._connection.one(_NAMESAKE, {name: parameters[name] for name in ("tenant_id", "name", "id")}):
            raise NameTaken("webhook", webhook.name)
        del parameters["created_at"], parameters["created_by"]
        try:
            changed = self._connection.change(_UPDATE, parameters)
        except DuplicateValue as error:
            # Somebody else took the name between the look and the change.
            raise NameTaken("webhook", webhook.name) from error
        if not changed:
            raise NotFound("webhook", webhook.id)

    def disable(self, scope: TenantScope, webhook_id: WebhookId, at: datetime, why: str) -> None:
        """Send nothing more, and store nothing new to be sent; what waits is kept. Raises NotFound."""
        webhook = self.get(scope, webhook_id)
        if webhook.disabled_at is None:
            self.update(scope, replace(webhook, disabled_at=at, disabled_why=why))
            self._connection.change(_HOLD, {"id": webhook.id})

    def enable(self, scope: TenantScope, webhook_id: WebhookId, at: datetime) -> None:
        """Send what waits, and what is recorded from now on. Raises NotFound."""
        webhook = self.get(scope, webhook_id)
        if webhook.disabled_at is not None:
            seq = self._uow.journal.last_seq()
            again = replace(webhook, disabled_at=None, disabled_why=None, after_seq=seq, listening_since=at)
            self.update(scope, again)
            self._connection.change(_LET_GO, {"id": webhook.id, "at": to_micros(at)})
            self._uow.wake_api()

    def delete(self, scope: TenantScope, webhook_id: WebhookId) -> None:
        """Remove the webhook with all that was sent to it and all that waits. Raises NotFound."""
        self.get(scope, webhook_id)
        for sql in (_DELETE_ATTEMPTS, _DELETE_DELIVERIES):
            self._connection.change(sql, {"id": storable(webhook_id)})
        self._connection.change(_DELETE, _of(scope, webhook_id))

    def list_deliveries(
        self,
        scope: TenantScope,
        webhook_id: WebhookId,
        *,
        limit: int,
        cursor: str | None = None,
    ) -> Page[Delivery]:
        """What was or is to be sent to a webhook, newest first, without attempts. Raises NotFound, InvalidRequest."""
        self.get(scope, webhook_id)
        place = cursors.decode("deliveries", cursor)
        parameters: dict[str, object] = {
            "tenant_id": scope.tenant_id,
            "webhook_id": storable(webhook_id),
            "limit": limit + 1,
        }
        before = ""
        if place is not None:
            (parameters["before"],) = place
            before = " AND d.seq < :before"
        rows = self._connection.all(f"{_DELIVERIES}{before} ORDER BY d.seq DESC LIMIT :limit", parameters)
        items = tuple(delivery_from_row(row) for row in rows[:limit])
        return Page(items, cursors.encode("deliveries", (items[-1].seq,)) if len(rows) > limit else None)

    def get_delivery(self, scope: TenantScope, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
        """One message to a webhook, with every attempt. Raises NotFound."""
        parameters = {
            "tenant_id": scope.tenant_id,
            "webhook_id": storable(webhook_id),
            "id": storable(delivery_id),
        }
        row = self._connection.one(f"{_DELIVERIES} AND d.id = :id", parameters)
        if row is None:
            raise NotFound("delivery", delivery_id)
        delivery = delivery_from_row(row)
        rows = self._connection.all(_ATTEMPTS, {"seq": delivery.seq})
        log = tuple(Attempt(number, from_micros(at), *rest) for number, at, *rest in rows)
        return replace(delivery, log=log)

    def redeliver(self, scope: TenantScope, webhook_id: WebhookId, delivery_id: DeliveryId, at: datetime) -> None:
        """Have a message sent now, the same under the same identifier, however it stands. Raises NotFound."""
        parameters = {
            "tenant_id": scope.tenant_id,
            "webhook_id": storable(webhook_id),
            "id": storable(delivery_id),
            "at": to_micros(at),
        }
        if not self._connection.change(_AGAIN, parameters):
            raise NotFound("delivery", delivery_id)
        self._uow.wake_api()


def _of(scope: TenantScope, webhook_id: WebhookId) -> dict[str, object]:
    return {"tenant_id": scope.tenant_id, "id": storable(webhook_id)}


def _to_row(webhook: Webhook) -> dict[str, object]:
    return {
        "id": webhook.id,
        "tenant_id": webhook.tenant_id,
        "project_id": webhook.project_id,
        "name": storable(webhook.name),
        "channel": webhook.channel.value,
        "url": storable(webhook.url),
        "facts": to_words(frozenset(fact.value for fact in webhook.facts)),
        "created_at": to_micros(webhook.created_at),
        "created_by": storable(webhook.created_by),
        "secret": webhook.secret,
        "previous_secret": webhook.previous_secret,
        "previous_secret_until": to_micros_or_none(webhook.previous_secret_until),
        "after_seq": webhook.after_seq,
        "listening_since": to_micros(webhook.listening_since or webhook.created_at),
        "disabled_at": to_micros_or_none(webhook.disabled_at),
        "disabled_why": webhook.disabled_why and storable(webhook.disabled_why),
    }


def webhook_from_row(row: Row) -> Webhook:
    """The webhook in `WEBHOOK_COLUMNS`; what follows them is left alone."""
    (
        webhook_id, tenant_id, project_id, name, channel, url, facts, created_at, created_by, secret,
        previous_secret, previous_secret_until, after_seq, listening_since, disabled_at, disabled_why,
    ) = row[: len(_WEBHOOK_NAMES)]  # fmt: skip
    return Webhook(
        webhook_id, tenant_id, project_id, name, ChannelKind(channel), url,
        frozenset(Fact(word) for word in from_words(facts)), from_micros(created_at), created_by, secret,
        previous_secret, from_micros_or_none(previous_secret_until), after_seq, from_micros(listening_since),
        from_micros_or_none(disabled_at), disabled_why,
    )  # fmt: skip


def delivery_from_row(row: Row) -> Delivery:
    """The delivery in `DELIVERY_COLUMNS`."""
    (
        seq, delivery_id, webhook_id, run_id, fact, body, happened_at, created_at, state, attempts, tries,
        next_attempt_at, finished_at,
    ) = row  # fmt: skip
    return Delivery(
        seq, delivery_id, webhook_id, run_id, Fact(fact), body, from_micros(happened_at), from_micros(created_at),
        DeliveryState(state), attempts, tries, from_micros_or_none(next_attempt_at), from_micros_or_none(finished_at),
    )  # fmt: skip
