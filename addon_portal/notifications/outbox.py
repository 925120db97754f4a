"""From facts to messages that are stored: the journal is read from where reading stopped, the clock is asked.

Promises that each fact which a webhook wants is stored once for it, in the order of the journal, whenever the process
dies: what was read counts as read only in the transaction that stores what came of it. Leaves sending to `dispatcher`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from addon_portal.domain import facts
from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import NotFound
from addon_portal.domain.facts import Fact, Happening
from addon_portal.domain.ids import RunId, TenantId, WebhookId, new_delivery_id
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.messages import Composer
from addon_portal.domain.models import JournalEntry
from addon_portal.domain.states import Health, Outcome
from addon_portal.domain.webhooks import NewDelivery, Webhook
from addon_portal.storage import Storage, UnitOfWork
from addon_portal.storage.outbox import LiveRun, Outbox

PAGE = 500
"""Journal entries that are read at once."""
MOVE_EVERY = 10_000
"""A position that brought nothing is stored this seldom: reading some entries again changes nothing."""


@dataclass
class Collector:
    """The one reader of the journal in a sender."""

    storage: Storage
    composer: Composer
    clock: Clock
    _position: int = 0
    _stored_position: int = 0
    _told_overdue: set[tuple[WebhookId, RunId]] = field(default_factory=set)

    def start(self) -> None:
        """Go on where the last sender stopped."""
        with self.storage.read() as uow:
            self._position = self._stored_position = Outbox(uow).position()

    def collect(self) -> bool:
        """Store the messages of a page of the journal and, at its end, of the clock; whether there may be more."""
        with self.storage.read() as uow:
            webhooks = Outbox(uow).list_listening()
            first = min((webhook.after_seq for webhook in webhooks), default=uow.journal.last_seq())
            self._position = max(self._position, first)
            entries = uow.journal.read_after(self._position, PAGE)
            wanting = _by_tenant(webhooks)
            new = [each for entry in entries for each in self._of_entry(uow, entry, wanting)]
            late = [] if len(entries) == PAGE else list(self._of_clock(uow, webhooks))
        position = entries[-1].seq if entries else self._position
        if new or late or position - self._stored_position >= MOVE_EVERY:
            with self.storage.write() as uow:
                Outbox(uow).add([*new, *late])
                Outbox(uow).move_to(position)
            self._stored_position = position
            self._told_overdue.update((each.webhook_id, each.run_id) for each in late if each.run_id)
        self._position = position
        return len(entries) == PAGE

    def _of_entry(
        self, uow: UnitOfWork, entry: JournalEntry, wanting: Mapping[TenantId, Sequence[Webhook]]
    ) -> Iterator[NewDelivery]:
        concerned = [
            webhook
            for webhook in wanting.get(entry.tenant_id, ())
            if webhook.after_seq < entry.seq and webhook.project_id in {None, entry.project_id}
        ]
        if not concerned or not facts.concerns_somebody(entry):
            return
        happening = _with_the_past(uow, entry)
        around: LaunchFacts | None = None
        for webhook in concerned:
            fact = facts.first_wanted(happening, webhook.facts)
            if fact is not None:
                around = around or _around(uow, entry.run_id)
                if around is None:
                    return
                body = self.composer.of_entry(fact, entry, around)
                yield self._message(webhook, fact, f"journal:{entry.seq}", around, body, entry)

    def _of_clock(self, uow: UnitOfWork, webhooks: Sequence[Webhook]) -> Iterator[NewDelivery]:
        """What follows from the passing of time alone, for those who listened when it came true."""
        wanting = [webhook for webhook in webhooks if Fact.OVERDUE in webhook.facts]
        if not wanting:
            return
        overdue_after = self.composer.overdue_after
        late = Outbox(uow).list_started_before(self.clock.now() - overdue_after)
        still = {run.id for run in late}
        self._told_overdue = {told for told in self._told_overdue if told[1] in still}
        for run in late:
            for webhook in _who_waits_for(run, wanting, overdue_after):
                if (webhook.id, run.id) in self._told_overdue:
                    continue
                around = _around(uow, run.id)
                if around is not None:
                    body = self.composer.of_overdue(run.started_at + overdue_after, around)
                    yield self._message(webhook, Fact.OVERDUE, f"overdue:{run.id}", around, body, run)

    def _message(
        self,
        webhook: Webhook,
        fact: Fact,
        key: str,
        around: LaunchFacts,
        body: Mapping[str, object],
        of: JournalEntry | LiveRun,
    ) -> NewDelivery:
        happened_at = of.happened_at if isinstance(of, JournalEntry) else of.started_at + self.composer.overdue_after
        text = json.dumps(body, separators=(",", ":"))
        new_id = new_delivery_id(self.clock.now())
        return NewDelivery(new_id, webhook.id, webhook.tenant_id, around.run.id, fact, key, text, happened_at)


def _by_tenant(webhooks: Iterable[Webhook]) -> Mapping[TenantId, list[Webhook]]:
    found: dict[TenantId, list[Webhook]] = {}
    for webhook in webhooks:
        found.setdefault(webhook.tenant_id, []).append(webhook)
    return found


def _with_the_past(uow: UnitOfWork, entry: JournalEntry) -> Happening:
    """The entry with what went before; looked up only where it matters."""
    happening = Happening(entry)
    if happening.outcome is Outcome.SUCCESS:
        return Happening(entry, before=Outbox(uow).outcome_before(entry.run_id))
    if entry.kind == "condition":
        was_silent = Health.SILENT in Outbox(uow).conditions_before(entry.run_id, entry.seq)
        return Happening(entry, was_silent=was_silent)
    return happening


def _who_waits_for(run: LiveRun, webhooks: Iterable[Webhook], overdue_after: timedelta) -> Iterator[Webhook]:
    at = run.started_at + overdue_after
    for webhook in webhooks:
        listened = webhook.listening_since is not None and webhook.listening_since <= at
        if listened and webhook.tenant_id == run.tenant_id and webhook.project_id in {None, run.project_id}:
            yield webhook


def _around(uow: UnitOfWork, run_id: RunId) -> LaunchFacts | None:
    """All that is known of a run; None for one whose rows are gone."""
    try:
        return uow.host_runs.launch_order(run_id)
    except NotFound:
        return None
