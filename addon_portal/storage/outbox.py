"""What is to be sent to webhooks, as the sender sees it: for all tenants at once.

Promises that one fact is stored once for one webhook, that messages about one run are given out in the order in which
they were stored, one after the other, and that what a sender had taken when it died is given out again. Made by those
who need it, not by every unit of work.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from addon_portal.domain.ids import HostId, ProjectId, RunId, TenantId, WebhookId
from addon_portal.domain.states import CLAIMED, Outcome
from addon_portal.domain.webhooks import Attempt, Delivery, DeliveryState, NewDelivery, Webhook
from addon_portal.storage.connection import quoted
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import columns, from_json, from_micros, storable, to_micros, to_micros_or_none
from addon_portal.storage.webhooks import DELIVERY_COLUMNS, WEBHOOK_COLUMNS, delivery_from_row, webhook_from_row

_WEBHOOK = f"SELECT {columns('w', WEBHOOK_COLUMNS)} FROM webhooks AS w"  # noqa: S608 - made of constants
_LISTENING = f"{_WEBHOOK} WHERE w.disabled_at IS NULL ORDER BY w.seq"
_FIND = f"{_WEBHOOK} WHERE w.id = :id"
_ANY = "SELECT 1 FROM webhooks LIMIT 1"

_POSITION = "SELECT seq FROM notifier WHERE one = 1"
_MOVE = """
    INSERT INTO notifier (one, seq) VALUES (1, :seq)
    ON CONFLICT (one) DO UPDATE SET seq = excluded.seq WHERE notifier.seq < excluded.seq
"""
_BEFORE = """
    SELECT earlier.outcome FROM runs AS earlier
    JOIN runs AS r ON r.id = :run_id AND earlier.project_id = r.project_id AND earlier.number < r.number
    WHERE earlier.outcome IS NOT NULL ORDER BY earlier.number DESC LIMIT 1
"""
_CONDITIONS = """
    SELECT detail FROM journal WHERE run_id = :run_id AND seq < :seq AND kind = 'condition' ORDER BY seq DESC LIMIT 1
"""
_OVERDUE = f"""
    SELECT r.id, r.tenant_id, r.project_id, r.started_at FROM runs AS r
    WHERE r.host_id IN (SELECT id FROM hosts) AND r.finished_at IS NULL AND r.state IN ({quoted(CLAIMED)})
      AND r.started_at < :before
    ORDER BY r.seq
"""  # noqa: S608 - made of constants
_ADD = """
    INSERT INTO deliveries (id, webhook_id, tenant_id, run_id, fact, fact_key, body, happened_at, created_at, state,
                            attempts, tries, next_attempt_at)
    SELECT :id, w.id, :tenant_id, :run_id, :fact, :fact_key, :body, :happened_at, :created_at, 'pending', 0, 0,
           CASE WHEN w.disabled_at IS NULL THEN :created_at END
    FROM webhooks AS w WHERE w.id = :webhook_id
    ON CONFLICT (webhook_id, fact_key) DO NOTHING
"""
_DUE = """
    d.state = 'pending' AND d.next_attempt_at IS NOT NULL AND d.next_attempt_at <= :now
    AND (d.claimed_until IS NULL OR d.claimed_until <= :now)
"""
_FIRST_DUE = f"""
    SELECT d.seq FROM deliveries AS d
    WHERE {_DUE} AND NOT d.webhook_id IN (:busy...)
      AND NOT EXISTS (
          SELECT 1 FROM deliveries AS e
          WHERE e.state = 'pending' AND e.webhook_id = d.webhook_id AND e.run_id = d.run_id AND e.seq < d.seq
      )
    ORDER BY d.next_attempt_at, d.seq LIMIT 1
"""  # noqa: S608 - made of constants
_CLAIM = f"""
    UPDATE deliveries AS d SET claimed_by = :holder, claimed_until = :until
    WHERE d.seq = :seq AND {_DUE}
    RETURNING {", ".join(DELIVERY_COLUMNS.split())}
"""  # noqa: S608 - made of constants
_RELEASE = """
    UPDATE deliveries SET claimed_by = NULL, claimed_until = NULL WHERE state = 'pending' AND claimed_by = :holder
"""
_ATTEMPTED = """
    UPDATE deliveries SET attempts = attempts + 1, tries = tries + 1, claimed_by = NULL, claimed_until = NULL,
        state = :state, finished_at = :finished_at,
        next_attempt_at = CASE WHEN EXISTS (
            SELECT 1 FROM webhooks AS w WHERE w.id = deliveries.webhook_id AND w.disabled_at IS NULL
        ) THEN CAST(:next_attempt_at AS bigint) END
    WHERE seq = :seq AND state = 'pending' AND claimed_by = :holder
    RETURNING attempts
"""
_LOG = """
    INSERT INTO delivery_attempts (delivery_seq, number, started_at, seconds, status, error, response)
    VALUES (:seq, :number, :started_at, :seconds, :status, :error, :response)
"""
_DISABLE = """
    UPDATE webhooks SET disabled_at = :at, disabled_why = :why WHERE id = :id AND disabled_at IS NULL
"""
_HOLD = "UPDATE deliveries SET next_attempt_at = NULL WHERE webhook_id = :id AND state = 'pending'"
_DELIVERED_SINCE = """
    SELECT 1 FROM deliveries WHERE webhook_id = :id AND state = 'delivered' AND finished_at >= :since LIMIT 1
"""
# While a run is active its messages stay, so that the clock cannot make the same fact of it again.
_OLD = """
    SELECT d.seq FROM deliveries AS d
    WHERE d.finished_at IS NOT NULL AND d.finished_at < :before
      AND NOT EXISTS (SELECT 1 FROM runs AS r WHERE r.id = d.run_id AND r.finished_at IS NULL)
    ORDER BY d.finished_at LIMIT :limit
"""
_FORGET_ATTEMPTS = "DELETE FROM delivery_attempts WHERE delivery_seq IN (:seqs...)"
_FORGET = "DELETE FROM deliveries WHERE seq IN (:seqs...)"


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run whose program has been executing for long."""

    id: RunId
    tenant_id: TenantId
    project_id: ProjectId
    started_at: datetime


class Outbox(Repository):
    """Messages of all tenants, for their sender."""

    __slots__ = ()

    def has_webhooks(self) -> bool:
        """Whether there is any webhook, enabled or not."""
        return self._connection.one(_ANY) is not None

    def list_listening(self) -> tuple[Webhook, ...]:
        """Every webhook that wants to be told."""
        return tuple(webhook_from_row(row) for row in self._connection.all(_LISTENING))

    def find_webhook(self, webhook_id: WebhookId) -> Webhook | None:
        """The webhook of any tenant."""
        row = self._connection.one(_FIND, {"id": webhook_id})
        return None if row is None else webhook_from_row(row)

    def position(self) -> int:
        """The journal entry up to which everything was looked at."""
        row = self._connection.one(_POSITION)
        return row[0] if row else 0

    def move_to(self, seq: int) -> None:
        """Everything up to this journal entry was looked at; never goes back."""
        self._connection.change(_MOVE, {"seq": seq})

    def outcome_before(self, run_id: RunId) -> Outcome | None:
        """How the newest run of the project ended that came before this one and showed an outcome."""
        row = self._connection.one(_BEFORE, {"run_id": run_id})
        return Outcome(row[0]) if row else None

    def conditions_before(self, run_id: RunId, seq: int) -> Collection[str]:
        """The conditions of the run as they were known before a journal entry."""
        row = self._connection.one(_CONDITIONS, {"run_id": run_id, "seq": seq})
        return from_json(row[0]).get("conditions", ()) if row else ()

    def list_started_before(self, before: datetime) -> tuple[LiveRun, ...]:
        """Runs whose programs were started before a time and have not ended, on every host."""
        rows = self._connection.all(_OVERDUE, {"before": to_micros(before)})
        return tuple(LiveRun(row[0], row[1], row[2], from_micros(row[3])) for row in rows)

    def add(self, new: Iterable[NewDelivery]) -> None:
        """Store messages to be sent, in this order; those whose fact is stored already are left out."""
        created_at = to_micros(self._uow.now())
        rows: list[dict[str, object]] = [
            {
                "id": each.id,
                "webhook_id": each.webhook_id,
                "tenant_id": each.tenant_id,
                "run_id": each.run_id,
                "fact": each.fact.value,
                "fact_key": each.key,
                "body": each.body,
                "happened_at": to_micros(each.happened_at),
                "created_at": created_at,
            }
            for each in new
        ]
        if rows:
            self._connection.change_many(_ADD, rows)

    def find_due(self, now: datetime, busy: Collection[WebhookId]) -> int | None:
        """The place of the message that is to be sent first, of webhooks that are not busy."""
        row = self._connection.one(_FIRST_DUE, {"now": to_micros(now), "busy": [*busy]})
        return row[0] if row else None

    def claim(self, seq: int, holder: HostId, now: datetime, until: datetime) -> Delivery | None:
        """Take a message, so that no other sender sends it before `until`; None when another one was faster."""
        parameters = {"seq": seq, "holder": holder, "now": to_micros(now), "until": to_micros(until)}
        row = self._connection.one(_CLAIM, parameters)
        return None if row is None else delivery_from_row(row)

    def release(self, holder: HostId) -> int:
        """Give back what this holder had taken, of which it knows that nobody sends it any more; how much."""
        return self._connection.change(_RELEASE, {"holder": holder})

    def record_attempt(
        self,
        seq: int,
        holder: HostId,
        attempt: Attempt,
        state: DeliveryState,
        next_attempt_at: datetime | None,
        finished_at: datetime | None,
    ) -> bool:
        """Store what came of a try; False when the message is not the holder's any more, or is gone."""
        row = self._connection.one(
            _ATTEMPTED,
            {
                "seq": seq,
                "holder": holder,
                "state": state.value,
                "next_attempt_at": to_micros_or_none(next_attempt_at),
                "finished_at": to_micros_or_none(finished_at),
            },
        )
        if row is None:
            return False
        self._connection.change(
            _LOG,
            {
                "seq": seq,
                "number": row[0],
                "started_at": to_micros(attempt.started_at),
                "seconds": attempt.seconds,
                "status": attempt.status,
                "error": attempt.error and storable(attempt.error),
                "response": attempt.response and storable(attempt.response),
            },
        )
        return True

    def disable(self, webhook_id: WebhookId, at: datetime, why: str) -> bool:
        """Send nothing more to a webhook; False when it was disabled already."""
        parameters = {"id": webhook_id, "at": to_micros(at), "why": storable(why)}
        if not self._connection.change(_DISABLE, parameters):
            return False
        self._connection.change(_HOLD, {"id": webhook_id})
        return True

    def has_delivered_since(self, webhook_id: WebhookId, since: datetime) -> bool:
        """Whether anything has reached the webhook since then."""
        return self._connection.one(_DELIVERED_SINCE, {"id": webhook_id, "since": to_micros(since)}) is not None

    def forget(self, before: datetime, limit: int) -> int:
        """Remove messages that were finished before a time, and their attempts; how many, at most `limit`."""
        seqs = [row[0] for row in self._connection.all(_OLD, {"before": to_micros(before), "limit": limit})]
        if seqs:
            self._connection.change(_FORGET_ATTEMPTS, {"seqs": seqs})
            self._connection.change(_FORGET, {"seqs": seqs})
        return len(seqs)
