"""The storage's small world with webhooks in it."""

from collections.abc import Iterable
from dataclasses import replace

from addon_portal.domain import transitions
from addon_portal.domain.facts import BY_DEFAULT, Fact
from addon_portal.domain.ids import DeliveryId, ProjectId, RunId
from addon_portal.domain.models import TenantScope
from addon_portal.domain.webhooks import Delivery, Webhook
from addon_portal.storage import Storage
from addon_portal.storage.webhooks import Webhooks
from tests.contract.storage.world import CODE_3, SUPERVISOR, SteppedClock, World
from tests.support.receiver import Receiver
from tests.support.waiting import wait_until

PATIENCE_SECONDS = 60.0
EXCEPT_OVERDUE = frozenset(BY_DEFAULT) - {Fact.OVERDUE}
"""Runs of this world were started long ago."""


class ToldWorld:
    """Alice and Bob, Charlie, and who is told of what happens to their runs."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.world = World(storage, SteppedClock()).found()

    def add_webhook(
        self,
        url: str,
        facts: Iterable[Fact] = EXCEPT_OVERDUE,
        project_id: ProjectId | None = None,
        scope: TenantScope | None = None,
    ) -> Webhook:
        """Somebody who is told of Alice's runs, unless said otherwise."""
        scope = scope or self.world.scope
        webhook = replace(self.world.new_webhook(scope, facts), url=url, project_id=project_id)
        with self.storage.write() as uow:
            Webhooks(uow).insert(scope, webhook)
        return webhook

    def set_conditions(self, run_id: RunId, *conditions: str) -> None:
        """What the supervisor finds about an active run."""
        move = transitions.condition_changed(run_id, frozenset(conditions), None, self.world.now(), SUPERVISOR)
        assert self.world.apply(move) == [True]

    def add_troubled(self, project_id: ProjectId | None = None) -> RunId:
        """A run of three facts: it falls silent twice, then fails."""
        run = self.world.add_running(project_id)
        for conditions in (["silent"], ["silent", "unsupervised"], [], ["silent"]):
            self.set_conditions(run.id, *conditions)
        assert self.world.apply(self.world.ended(run.id, CODE_3)) == [True]
        return run.id

    def deliveries(self, webhook: Webhook) -> list[Delivery]:
        """What was or is to be sent, oldest first, with attempts."""
        scope = TenantScope(webhook.tenant_id)
        with self.storage.read() as uow:
            page = Webhooks(uow).list_deliveries(scope, webhook.id, limit=200)
            return [Webhooks(uow).get_delivery(scope, webhook.id, each.id) for each in reversed(page.items)]

    def wait_for(self, webhook: Webhook, state: str, count: int) -> list[Delivery]:
        """Wait until so many deliveries are in this state; those, oldest first."""

        def found() -> list[Delivery]:
            return [each for each in self.deliveries(webhook) if each.state == state]

        wait_until(lambda: len(found()) >= count, f"{count} {state} deliveries", PATIENCE_SECONDS)
        assert len(found()) == count
        return found()

    def get_webhook(self, webhook: Webhook) -> Webhook:
        """The webhook as it is stored now."""
        with self.storage.read() as uow:
            return Webhooks(uow).get(TenantScope(webhook.tenant_id), webhook.id)

    def redeliver(self, webhook: Webhook, delivery_id: DeliveryId) -> None:
        """Ask for a message once more."""
        with self.storage.write() as uow:
            Webhooks(uow).redeliver(TenantScope(webhook.tenant_id), webhook.id, delivery_id, self.world.now())


def wait_for_messages(receiver: Receiver, count: int) -> None:
    """Wait until so many different messages were accepted."""
    wait_until(lambda: len({each.id for each in receiver.accepted}) >= count, f"{count} messages", PATIENCE_SECONDS)
