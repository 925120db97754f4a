"""Which facts are told to whom, and in what words."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from addon_portal.domain import transitions
from addon_portal.domain.facts import Fact
from addon_portal.domain.ids import RunId
from addon_portal.domain.verdict import Tree
from addon_portal.storage import NewProject
from addon_portal.storage.webhooks import Webhooks
from tests.contract.storage.world import CODE_3, SUCCESS, SUPERVISOR, definition_of
from tests.integration.notifications.told_world import ToldWorld
from tests.support.notifier import Notifier
from tests.support.receiver import Receiver

pytestmark = pytest.mark.slow


def messages(receiver: Receiver) -> list[dict[str, Any]]:
    """What was said."""
    return [json.loads(each.body) for each in receiver.accepted]


def test_a_success_after_a_failure_is_a_recovery_and_any_other_a_completion(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url, [Fact.FAILED, Fact.RECOVERED, Fact.COMPLETED])
    quiet = told.add_webhook(receiver.url, [Fact.RECOVERED])
    project = told.world.add_project()
    for end in (SUCCESS, CODE_3, CODE_3, SUCCESS, SUCCESS):
        told.world.add_final(project.id, end)
    told.world.apply(told.world.withdrawn(told.world.add_run(project.id).id))
    notifier.start()
    delivered = told.wait_for(webhook, "delivered", 5)
    assert [each.fact for each in delivered] == [
        Fact.COMPLETED,
        Fact.FAILED,
        Fact.FAILED,
        Fact.RECOVERED,
        Fact.COMPLETED,
    ]
    (recovered,) = told.wait_for(quiet, "delivered", 1)
    assert recovered.run_id == delivered[3].run_id


def test_a_cancelled_run_between_failure_and_success_does_not_hide_the_recovery(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url, [Fact.RECOVERED])
    project = told.world.add_project()
    told.world.add_final(project.id, CODE_3)
    told.world.apply(told.world.withdrawn(told.world.add_run(project.id).id))
    told.world.add_final(project.id, SUCCESS)
    notifier.start()
    told.wait_for(webhook, "delivered", 1)


def test_an_unknown_outcome_is_no_failure_and_its_amendment_is_told(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url)
    run = told.world.add_running()
    told.world.apply(told.world.lost(run.id))
    told.world.apply(told.world.amended(run.id, CODE_3))
    failed_only = told.add_webhook(receiver.url, [Fact.FAILED])
    other = told.world.add_running()
    told.world.apply(told.world.lost(other.id))
    told.world.apply(told.world.amended(other.id, CODE_3))
    notifier.start()
    delivered = told.wait_for(webhook, "delivered", 4)
    assert [each.fact for each in delivered] == [Fact.OUTCOME_UNKNOWN, Fact.OUTCOME_AMENDED] * 2
    unknown, amended = (json.loads(each.body)["data"] for each in delivered[:2])
    assert (unknown["outcome"], unknown["reason"], unknown["exit_code"]) == ("unknown", "outcome_unknown", None)
    assert "nobody was there to see how" in unknown["message"]
    assert (amended["outcome"], amended["exit_code"]) == ("failure", 3)
    (failed,) = told.wait_for(failed_only, "delivered", 1)
    assert json.loads(failed.body)["type"] == "run.failed"


def test_a_policy_that_gives_up_says_why_after_the_failure(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url)
    run = told.world.add_final(exit=CODE_3)
    with told.storage.write() as uow:
        uow.scheduled_restarts.give_up(run, told.world.now(), "policy", "it failed three times in a row")
    notifier.start()
    assert [each.fact for each in told.wait_for(webhook, "delivered", 2)] == [Fact.FAILED, Fact.GAVE_UP]
    data = messages(receiver)[1]["data"]
    assert data["message"] == "The project is not restarted any more: it failed three times in a row."
    assert (data["run_id"], data["state"]) == (run.id, "failed")


def test_a_live_run_becomes_overdue_once_however_many_senders_there_are(
    any_told: ToldWorld, any_notifier: Notifier, receiver: Receiver
) -> None:
    webhook = any_told.add_webhook(receiver.url, [Fact.OVERDUE, Fact.FAILED])
    run = any_told.world.add_running()
    for _ in range(2):
        any_notifier.start()
        any_told.wait_for(webhook, "delivered", 1)
        any_notifier.kill()
    later = any_told.add_webhook(receiver.url, [Fact.OVERDUE])
    any_told.world.apply(any_told.world.ended(run.id, CODE_3))
    any_notifier.start()
    overdue, failed = any_told.wait_for(webhook, "delivered", 2)
    assert (overdue.fact, failed.fact) == (Fact.OVERDUE, Fact.FAILED)
    said = json.loads(overdue.body)["data"]
    assert said["message"] == "The run has taken longer than 24 h and goes on."
    assert any_told.deliveries(later) == []


def test_a_run_is_not_overdue_before_its_time(told: ToldWorld, notifier: Notifier, receiver: Receiver) -> None:
    webhook = told.add_webhook(receiver.url, [Fact.OVERDUE, Fact.SILENT])
    run = told.world.add_running()
    told.set_conditions(run.id, "silent")
    notifier.start(overdue_after_seconds=1e9)
    (delivery,) = told.wait_for(webhook, "delivered", 1)
    assert delivery.fact is Fact.SILENT


def test_a_webhook_of_a_project_and_one_of_another_tenant_hear_of_nothing_else(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    project = told.world.add_project()
    of_project = told.add_webhook(receiver.url, project_id=project.id)
    of_tenant = told.add_webhook(receiver.url)
    of_charlie = told.add_webhook(receiver.url, scope=told.world.other_scope)
    mine, other = told.world.add_final(project.id, CODE_3), told.world.add_final(exit=CODE_3)
    notifier.start()
    assert [each.run_id for each in told.wait_for(of_tenant, "delivered", 2)] == [mine.id, other.id]
    assert [each.run_id for each in told.wait_for(of_project, "delivered", 1)] == [mine.id]
    assert told.deliveries(of_charlie) == []


def test_a_message_says_what_happened_and_what_to_try_and_holds_no_value_of_an_environment(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url)
    now = told.world.now()
    definition = definition_of(at=now, env={"TOKEN": "hunter2-secret", "SHORT": "run"})
    with told.storage.write() as uow:
        new: NewProject = told.world.new_project("nightly", definition)
        uow.projects.insert(told.world.scope, new)
    run = told.world.add_running(new.id)
    ending = replace(told.world.ending(CODE_3), notes=("It said hunter2-secret.",))
    told.world.apply(transitions.ended(run.id, ending, Tree.PROVEN_EMPTY, now, SUPERVISOR))
    notifier.start(public_url="https://portal.example.com")
    told.wait_for(webhook, "delivered", 1)
    (message,) = messages(receiver)
    data = message["data"]
    assert message["type"] == "run.failed"
    assert message["timestamp"].endswith("Z")
    assert data["title"] == "nightly failed (run 1)"
    assert data["message"] == "The program ended with exit code 3. It said ***."
    assert data["next_step"] == "Read the last lines of the output, mend what they name, then restart."
    assert data["url"] == f"https://portal.example.com/api/tenant/runs/{run.id}"
    assert (data["run_id"], data["project_name"], data["exit_code"]) == (run.id, "nightly", 3)
    assert "hunter2" not in receiver.accepted[0].body


def test_a_webhook_that_is_disabled_keeps_what_waits_and_misses_what_happens(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url, [Fact.FAILED])
    receiver.stop()
    notifier.start()
    kept = told.add_troubled()
    told.wait_for(webhook, "pending", 1)
    with told.storage.write() as uow:
        Webhooks(uow).disable(told.world.scope, webhook.id, told.world.now(), "Disabled by alice.")
    witness = told.add_webhook(Receiver().start().url, [Fact.FAILED])
    missed = told.add_troubled()
    told.wait_for(witness, "delivered", 1)
    with told.storage.write() as uow:
        Webhooks(uow).enable(told.world.scope, webhook.id, told.world.now())
    after = told.add_troubled()
    receiver.start()
    found: Counter[RunId | None] = Counter(each.run_id for each in told.wait_for(webhook, "delivered", 2))
    assert found == Counter([kept, after])
    assert missed not in found
