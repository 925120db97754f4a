"""The sender: a loop that stores what is to be told, and sends what is due until it has arrived.

All it knows is in the database, so it may be killed at any instruction: the next one sends again, under the same
identifier, whatever it does not find recorded. One thread talks to the database; each message is handed over by a
thread of its own, so that a slow receiver delays its own messages only. Leaves what a fact is to `outbox`.
"""

import os
import random
import select
import selectors
import signal
import threading
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import StorageBusy
from addon_portal.domain.facts import Fact
from addon_portal.domain.ids import WebhookId
from addon_portal.domain.messages import Composer
from addon_portal.domain.webhooks import Attempt, ChannelKind, Delivery, DeliveryState, Webhook
from addon_portal.notifications.channels.base import Answer, Channel, Outgoing
from addon_portal.notifications.options import NotifierOptions
from addon_portal.notifications.outbox import Collector
from addon_portal.notifications.retries import seconds_to_next
from addon_portal.storage import Storage, StorageError, UnitOfWork, wakeups
from addon_portal.storage.outbox import Outbox

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""What the clock makes due is looked for this often; also the safety net for a lost wake."""
GATHER_SECONDS = 0.05
"""After a wake, others are waited for: one look at the journal costs as much as a hundred entries."""
AT_ONCE = 8
AT_ONCE_PER_WEBHOOK = 2
"""How many messages are being handed over: a receiver that is slow never takes the place of another."""
TIDY_EVERY_SECONDS = 3600.0
FINISH_SECONDS = 3.0
_FORGET_AT_ONCE = 500
_SLACK = timedelta(seconds=60)
"""How much longer than its time-out a message is kept from other senders; a resolver may take that long."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of one attempt."""

    delivery: Delivery
    webhook: Webhook
    started_at: datetime
    seconds: float
    answer: Answer


class Dispatcher:
    """One sender. `run` once."""

    def __init__(
        self, options: NotifierOptions, storage: Storage, channels: Mapping[ChannelKind, Channel], clock: Clock
    ) -> None:
        self._options = options
        self._storage = storage
        self._channels = channels
        self._clock = clock
        self._chance = random.Random()
        self._collector = Collector(storage, Composer(options.public_url, options.overdue_after), clock)
        self._in_flight: dict[int, WebhookId] = {}
        self._results: deque[_Result] = deque()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._everything, self._urgent = selectors.DefaultSelector(), selectors.DefaultSelector()
        self._tidy_at = 0.0
        self._is_begun = False
        self._said_away = False
        self._leaving = False

    def run(self) -> None:
        """Send until SIGTERM, SIGINT, the end of our parent, or, if so told, until there is nobody to send to."""
        listener = self._storage.listen(wakeups.API)
        self._everything.register(listener.fileno(), selectors.EVENT_READ, listener.drain)
        self._listen(self._bell, lambda: os.eventfd_read(self._bell))
        if self._options.parent_fd is not None:
            self._listen(self._options.parent_fd, self.leave)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.leave())
        try:
            while not self._leaving:
                self._take_turn()
                self._wait()
            self._finish()
        finally:
            listener.close()

    def leave(self) -> None:
        """End with this turn, and soon: what is not handed over by then is sent again by the next sender."""
        self._leaving = True
        os.eventfd_write(self._bell, 1)

    def _finish(self) -> None:
        """Take nothing new, and give what is being handed over a moment to arrive."""
        deadline = self._clock.monotonic() + FINISH_SECONDS
        while self._in_flight and self._clock.monotonic() < deadline:
            select.select([self._bell], [], [], deadline - self._clock.monotonic())
            with suppress(BlockingIOError):
                os.eventfd_read(self._bell)
            with suppress(StorageError, StorageBusy):
                self._record()

    def _listen(self, descriptor: int, callback: object) -> None:
        for selector in (self._everything, self._urgent):
            selector.register(descriptor, selectors.EVENT_READ, callback)

    def _wait(self) -> None:
        ready = self._everything.select(0 if self._leaving else POLL_SECONDS)
        if ready and not self._results:
            ready += self._urgent.select(GATHER_SECONDS)
        for key, _ in ready:
            with suppress(BlockingIOError):
                key.data()

    def _take_turn(self) -> None:
        """Everything that there is to do now. Trouble with the database is waited out, and nothing is forgotten."""
        try:
            if not self._is_begun:
                self._begin()
            self._record()
            while self._collector.collect():
                pass
            self._send_due()
            self._tidy()
            self._leave_if_idle()
            self._said_away = False
        except (StorageError, StorageBusy) as error:
            if not self._said_away:
                log.warning("database_away", error=str(error))
            self._said_away = True

    def _begin(self) -> None:
        """Nobody else sends for this host: what its last sender had taken is to be sent again."""
        with self._storage.write() as uow:
            left = Outbox(uow).release(self._options.host_id)
        self._collector.start()
        self._is_begun = True
        log.info("notifier_started", pid=os.getpid(), left_by_the_last=left)

    # Sending

    def _send_due(self) -> None:
        if len(self._in_flight) >= AT_ONCE:
            return
        now = self._clock.now()
        with self._storage.glance() as uow:
            if Outbox(uow).find_due(now, self._busy()) is None:
                return
        with self._storage.write() as uow:
            taken = self._claim(uow, now)
        for delivery, webhook in taken:
            thread = threading.Thread(target=self._hand_over, args=(delivery, webhook), daemon=True)
            thread.start()

    def _claim(self, uow: UnitOfWork, now: datetime) -> list[tuple[Delivery, Webhook]]:
        outbox = Outbox(uow)
        until = now + timedelta(seconds=self._options.timeout_seconds) + _SLACK
        taken: list[tuple[Delivery, Webhook]] = []
        while len(self._in_flight) < AT_ONCE:
            seq = outbox.find_due(now, self._busy())
            if seq is None or seq in self._in_flight:
                break
            delivery = outbox.claim(seq, self._options.host_id, now, until)
            webhook = None if delivery is None else outbox.find_webhook(delivery.webhook_id)
            if delivery is None or webhook is None:
                break
            self._in_flight[seq] = webhook.id
            taken.append((delivery, webhook))
        return taken

    def _busy(self) -> list[WebhookId]:
        counts = Counter(self._in_flight.values())
        return [webhook_id for webhook_id, count in counts.items() if count >= AT_ONCE_PER_WEBHOOK]

    def _hand_over(self, delivery: Delivery, webhook: Webhook) -> None:
        """In a thread of its own: nothing of the database here."""
        started_at, started = self._clock.now(), self._clock.monotonic()
        secrets = webhook.secrets_at(started_at)
        try:
            answer = self._channels[webhook.channel].send(
                Outgoing(delivery.id, webhook.url, delivery.body, started_at, secrets)
            )
        except Exception as error:  # noqa: BLE001 - a bug in a channel must not keep a message in flight for ever
            # By its kind alone: what it says may hold the address.
            log.error("channel_failed", delivery_id=delivery.id, channel=webhook.channel, kind=type(error).__name__)  # noqa: TRY400
            answer = Answer(error="the channel failed; the sender's log says why")
        faultpoints.reach("notifier.sent", delivery.run_id or "")
        seconds = self._clock.monotonic() - started
        self._results.append(_Result(delivery, webhook, started_at, seconds, answer))
        os.eventfd_write(self._bell, 1)

    # What came of it

    def _record(self) -> None:
        results = list(self._results)
        if not results:
            return
        with self._storage.write() as uow:
            for result in results:
                self._record_one(uow, result)
        for result in results:
            self._results.popleft()
            self._in_flight.pop(result.delivery.seq, None)

    def _record_one(self, uow: UnitOfWork, it: _Result) -> None:
        outbox, now, delivery, answer = Outbox(uow), self._clock.now(), it.delivery, it.answer
        attempt = Attempt(0, it.started_at, it.seconds, answer.status, answer.error, answer.response)
        state, next_attempt_at = self._follows(it, now)
        finished_at = None if state is DeliveryState.PENDING else now
        kept = outbox.record_attempt(delivery.seq, self._options.host_id, attempt, state, next_attempt_at, finished_at)
        log.info(
            "delivery_attempted",
            delivery_id=delivery.id,
            webhook_id=it.webhook.id,
            state=state.value,
            status=answer.status,
            error=answer.error,
            seconds=round(it.seconds, 3),
        )
        why = self._why_to_disable(outbox, it) if kept and state is DeliveryState.FAILED else None
        if why is not None and outbox.disable(it.webhook.id, now, why):
            log.warning("webhook_disabled", webhook_id=it.webhook.id, why=why)

    def _follows(self, it: _Result, now: datetime) -> tuple[DeliveryState, datetime | None]:
        if it.answer.error is None:
            return DeliveryState.DELIVERED, None
        if it.answer.is_gone or it.delivery.fact is Fact.TEST:
            return DeliveryState.FAILED, None
        tries, asked_for = it.delivery.tries + 1, it.answer.retry_after_seconds
        seconds = seconds_to_next(tries, asked_for, self._options.retry_seconds, self._chance)
        if seconds is None:
            return DeliveryState.FAILED, None
        return DeliveryState.PENDING, now + timedelta(seconds=seconds)

    def _why_to_disable(self, outbox: Outbox, it: _Result) -> str | None:
        """A receiver that wants nothing more, or that nothing has reached for as long as this message was tried."""
        if it.answer.is_gone:
            return "It answered 410 Gone."
        since = it.delivery.created_at
        if it.delivery.fact is Fact.TEST or outbox.has_delivered_since(it.webhook.id, since):
            return None
        return f"Nothing has reached it since {since:%Y-%m-%d %H:%M} UTC, after {it.delivery.tries + 1} attempts."

    # Housekeeping

    def _tidy(self) -> None:
        if self._clock.monotonic() < self._tidy_at:
            return
        before = self._clock.now() - timedelta(days=self._options.log_days)
        with self._storage.write() as uow:
            forgotten = Outbox(uow).forget(before, _FORGET_AT_ONCE)
        if forgotten < _FORGET_AT_ONCE:
            self._tidy_at = self._clock.monotonic() + TIDY_EVERY_SECONDS

    def _leave_if_idle(self) -> None:
        """Leave when nobody wants to be told anything.

        The marker goes first: whoever adds a webhook makes it again after that is committed, so that either we see the
        webhook or `up` sees the marker.
        """
        if not self._options.leaves_when_idle or self._has_webhooks():
            return
        self._options.data.notifier_marker.unlink(missing_ok=True)
        if self._has_webhooks():
            self._options.data.notifier_marker.touch()
            return
        log.info("notifier_idle")
        self._leaving = True

    def _has_webhooks(self) -> bool:
        with self._storage.glance() as uow:
            return Outbox(uow).has_webhooks()
