"""Sending: receivers that are down, slow, broken, gone, and senders that are killed; every fact arrives in the end."""

import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from addon_portal.domain.facts import Fact
from addon_portal.domain.webhooks import Webhook
from tests.integration.notifications.told_world import ToldWorld, wait_for_messages
from tests.support.notifier import Notifier
from tests.support.receiver import Received, Receiver, answering
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


def first_of_each(received: list[Received]) -> list[Received]:
    """Messages without their repetitions, in the order in which they first came."""
    return list({each.id: each for each in reversed(received)}.values())[::-1]


def facts_by_run(received: list[Received], secret: str) -> dict[str, list[str]]:
    """The types of the messages of each run, in order; every signature is verified."""
    found: dict[str, list[str]] = {}
    for each in first_of_each(received):
        message = each.verified(secret)
        found.setdefault(message["data"]["run_id"], []).append(message["type"])
    return found


def test_every_fact_arrives_once_and_in_order_from_a_receiver_that_was_down_then_slow_then_broken(
    any_told: ToldWorld, any_notifier: Notifier, receiver: Receiver
) -> None:
    receiver.stop()
    webhook = any_told.add_webhook(receiver.url)
    any_notifier.start(timeout_seconds=0.3)
    runs = [any_told.add_troubled() for _ in range(3)]
    wait_until(lambda: any(each.log for each in any_told.deliveries(webhook)), "attempts that are refused", 60)
    assert not receiver.received
    release, slow = threading.Event(), threading.Event()

    def wait_too_long(handler: BaseHTTPRequestHandler) -> int:
        slow.set()
        release.wait(30)
        return 0

    receiver.reaction = wait_too_long
    receiver.start()
    assert slow.wait(30)
    wait_until(lambda: "no answer within" in errors(any_told, webhook), "an answer that comes too late", 60)
    receiver.reaction = answering(500, "out of order")
    release.set()
    wait_until(lambda: "answered 500" in errors(any_told, webhook), "an answer that is no success", 60)
    receiver.reaction = answering(204)
    delivered = any_told.wait_for(webhook, "delivered", 9)
    assert webhook.secret
    wanted = [Fact.SILENT, Fact.SILENT, Fact.FAILED]
    assert facts_by_run(receiver.accepted, webhook.secret) == dict.fromkeys(runs, wanted)
    assert {each.id for each in delivered} == {each.id for each in receiver.accepted}
    assert len(receiver.accepted) == 9


def errors(told: ToldWorld, webhook: Webhook) -> str:
    """All that went wrong so far."""
    return " ".join(attempt.error or "" for each in told.deliveries(webhook) for attempt in each.log)


def test_a_sender_that_dies_between_sending_and_recording_sends_the_same_message_again(
    any_told: ToldWorld, any_notifier: Notifier, receiver: Receiver, tmp_path: Path
) -> None:
    webhook = any_told.add_webhook(receiver.url)
    any_notifier.start({"notifier.sent": f"pause:{tmp_path / 'go'}"})
    run_id = any_told.add_troubled()
    wait_until((tmp_path / "go.reached").exists, "a message that was sent and not recorded", 60)
    assert any_told.deliveries(webhook)[0].state == "pending"
    any_notifier.kill()
    any_notifier.start()
    any_told.wait_for(webhook, "delivered", 3)
    assert webhook.secret
    assert facts_by_run(receiver.accepted, webhook.secret) == {run_id: [Fact.SILENT, Fact.SILENT, Fact.FAILED]}
    first, again = receiver.accepted[:2]
    assert (first.id, first.body) == (again.id, again.body)
    assert len(receiver.accepted) == 4


def test_nothing_is_lost_or_made_twice_over_kills_of_the_sender(
    any_told: ToldWorld, any_notifier: Notifier, receiver: Receiver
) -> None:
    webhook = any_told.add_webhook(receiver.url)
    runs = []
    for kills in range(1, 5):
        any_notifier.start()
        runs += [any_told.add_troubled() for _ in range(2)]
        wait_for_messages(receiver, 3 * kills)
        any_notifier.kill()
    any_notifier.start()
    any_told.wait_for(webhook, "delivered", 24)
    assert webhook.secret
    wanted = [Fact.SILENT, Fact.SILENT, Fact.FAILED]
    assert facts_by_run(receiver.accepted, webhook.secret) == dict.fromkeys(runs, wanted)


def test_what_happens_while_no_sender_is_there_is_told_by_the_next_one(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    before = told.add_troubled()
    webhook = told.add_webhook(receiver.url, [Fact.FAILED])
    after = told.add_troubled()
    notifier.start()
    (delivery,) = told.wait_for(webhook, "delivered", 1)
    assert delivery.run_id == after != before


def test_a_receiver_that_is_slow_delays_nobody_else(told: ToldWorld, notifier: Notifier, receiver: Receiver) -> None:
    release = threading.Event()

    def hang(_: BaseHTTPRequestHandler) -> int:
        release.wait(60)
        return 0

    slow = Receiver(hang).start()
    try:
        slow_one, quick_one = told.add_webhook(slow.url), told.add_webhook(receiver.url)
        notifier.start(timeout_seconds=60)
        for _ in range(12):
            told.add_troubled()
        told.wait_for(quick_one, "delivered", 36)
        assert not any(each.log for each in told.deliveries(slow_one))
    finally:
        release.set()
        slow.stop()
        notifier.kill()


def test_a_receiver_that_trickles_its_answer_is_given_up_in_time(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    over = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> int:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
        while not over.wait(0.02):
            handler.wfile.write(b"x")
        return 0

    receiver.reaction = trickle
    webhook = told.add_webhook(receiver.url, [Fact.FAILED])
    notifier.start(timeout_seconds=0.4)
    told.add_troubled()
    wait_until(lambda: "no answer within 0.4 s" in errors(told, webhook), "the time to be over", 60)
    over.set()
    receiver.reaction = answering(200)
    told.wait_for(webhook, "delivered", 1)


def test_a_receiver_that_is_gone_is_told_nothing_more(told: ToldWorld, notifier: Notifier, receiver: Receiver) -> None:
    receiver.reaction = answering(410)
    webhook = told.add_webhook(receiver.url, [Fact.FAILED])
    notifier.start()
    told.add_troubled()
    (failed,) = told.wait_for(webhook, "failed", 1)
    assert [attempt.status for attempt in failed.log] == [410]
    assert told.get_webhook(webhook).disabled_why == "It answered 410 Gone."
    told.add_troubled()
    other = told.add_webhook(receiver.url, [Fact.FAILED])
    told.add_troubled()
    told.wait_for(other, "failed", 1)
    assert len(told.deliveries(webhook)) == 1


def test_after_the_last_attempt_a_message_has_failed_and_a_receiver_that_took_nothing_is_disabled(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    receiver.reaction = answering(503, "no room", Retry_After="0")
    webhook = told.add_webhook(receiver.url, [Fact.FAILED])
    notifier.start(retry_seconds=[0.05, 0.05])
    told.add_troubled()
    (failed,) = told.wait_for(webhook, "failed", 1)
    assert [(attempt.number, attempt.status, attempt.response) for attempt in failed.log] == [
        (1, 503, "no room"),
        (2, 503, "no room"),
        (3, 503, "no room"),
    ]
    why = told.get_webhook(webhook).disabled_why
    assert why
    assert why.startswith("Nothing has reached it since")


def test_a_redelivery_is_the_same_message(told: ToldWorld, notifier: Notifier, receiver: Receiver) -> None:
    webhook = told.add_webhook(receiver.url, [Fact.FAILED])
    notifier.start()
    told.add_troubled()
    (delivery,) = told.wait_for(webhook, "delivered", 1)
    told.redeliver(webhook, delivery.id)
    wait_until(lambda: len(receiver.accepted) == 2, "it to come again", 60)
    assert {each.id for each in receiver.accepted} == {delivery.id}
    assert len({each.body for each in receiver.accepted}) == 1
    wait_until(lambda: told.deliveries(webhook)[0].attempts == 2, "the second attempt to be recorded", 60)


def test_a_redirect_is_not_followed(told: ToldWorld, notifier: Notifier, receiver: Receiver) -> None:
    elsewhere = Receiver().start()
    try:
        receiver.reaction = answering(307, Location=elsewhere.url)
        webhook = told.add_webhook(receiver.url, [Fact.FAILED])
        notifier.start(retry_seconds=[0.05])
        told.add_troubled()
        (failed,) = told.wait_for(webhook, "failed", 1)
        assert [attempt.status for attempt in failed.log] == [307, 307]
        assert not elsewhere.received
    finally:
        elsewhere.stop()


def test_an_address_that_is_not_public_is_refused_unless_the_operator_allows_it(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url.replace("127.0.0.1", "localhost"), [Fact.FAILED])
    notifier.start(allow_private=False, retry_seconds=[])
    told.add_troubled()
    (failed,) = told.wait_for(webhook, "failed", 1)
    assert failed.log[0].error
    assert "not public" in failed.log[0].error
    assert not receiver.received


def test_old_messages_are_forgotten_but_not_those_of_active_runs(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    webhook = told.add_webhook(receiver.url, [Fact.FAILED, Fact.SILENT])
    notifier.start()
    told.add_troubled()
    run = told.world.add_running()
    told.set_conditions(run.id, "silent")
    told.wait_for(webhook, "delivered", 4)
    notifier.end()
    notifier.start(log_days=1e-9)
    wait_until(lambda: len(told.deliveries(webhook)) == 1, "the log to be cut", 60)
    assert told.deliveries(webhook)[0].run_id == run.id


def test_a_second_sender_of_a_data_directory_is_refused(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    notifier.start()
    wait_until(lambda: "notifier_started" in notifier.log_file.read_text(), "the first one", 60)
    second = Notifier(notifier.data, notifier.database_url, notifier.host_id)
    second.start()
    assert second.wait() == 78
    assert "already sends" in notifier.log_file.read_text()


def test_it_logs_neither_addresses_nor_secrets(told: ToldWorld, notifier: Notifier, receiver: Receiver) -> None:
    receiver.reaction = answering(500)
    webhook = told.add_webhook(f"{receiver.url}&token=very-private", [Fact.FAILED])
    notifier.start(retry_seconds=[0.05], log_level="debug")
    told.add_troubled()
    told.wait_for(webhook, "failed", 1)
    notifier.end()
    log = notifier.log_file.read_text()
    assert "delivery_attempted" in log
    assert webhook.secret
    assert "very-private" not in log
    assert str(receiver.port) not in log
    assert webhook.secret not in log
