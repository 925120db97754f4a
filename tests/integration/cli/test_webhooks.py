"""`webhook …` and the sender under `up`: there when somebody is to be told, and not otherwise."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, find_processes
from tests.support.receiver import Receiver
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver().start()
    yield made
    made.stop()


@pytest.fixture
def told(own_portal: Portal) -> Portal:
    """A portal that may send to this machine."""
    own_portal.start("--no-samples", ADDON_PORTAL_NOTIFY_PRIVATE_ADDRESSES="1")
    return own_portal


def senders(portal: Portal) -> list[int]:
    """The senders that live."""
    return [pid for pid, line in find_processes(portal.data).items() if line.startswith("addon-portal notifier")]


def wait_delivered(portal: Portal, webhook: str, count: int) -> list[dict[str, Any]]:
    """Wait until so many messages have arrived; what the command lists then."""

    def delivered() -> list[dict[str, Any]]:
        found = portal.ask("webhook", "deliveries", webhook)
        return found if [each["state"] for each in found] == ["delivered"] * count else []

    return wait_until(delivered, f"{count} deliveries", 60)


def test_a_failure_and_a_recovery_are_told_and_can_be_told_again(told: Portal, receiver: Receiver) -> None:
    assert senders(told) == []
    made = told.ask("webhook", "create", "on-call", receiver.url)
    for code in (3, 0):
        told.call("run", "--name", "nightly", "--", "sh", "-c", f"exit {code}")
    recovered, failed = wait_delivered(told, "on-call", 2)
    assert (failed["event"], recovered["event"]) == ("run.failed", "run.recovered")
    # In order for each run; those of two runs may pass one another.
    messages = sorted((each.verified(made["secret"]) for each in receiver.accepted), key=lambda each: each["timestamp"])
    assert [message["data"]["title"] for message in messages] == [
        "nightly failed (run 1)",
        "nightly works again (run 2)",
    ]
    assert told.call("webhook", "redeliver", "on-call", failed["id"]).returncode == 0
    wait_until(lambda: len(receiver.accepted) == 3, "the message to come again", 60)
    assert receiver.accepted[2].id == failed["id"]
    shown = wait_until(
        lambda: told.ask("webhook", "deliveries", "on-call", failed["id"])["log"][1:], "two attempts", 60
    )
    assert [attempt["status"] for attempt in shown] == [204]


def test_a_sender_that_is_killed_is_started_again_and_leaves_with_the_last_webhook(
    told: Portal, receiver: Receiver
) -> None:
    made = told.ask("webhook", "create", "on-call", receiver.url)
    (first,) = wait_until(lambda: senders(told), "a sender", 60)
    os.kill(first, signal.SIGKILL)
    (second,) = wait_until(lambda: [pid for pid in senders(told) if pid != first], "another sender", 60)
    test = told.ask("webhook", "test", made["id"])
    assert [each["id"] for each in wait_delivered(told, "on-call", 1)] == [test["id"]]
    told.end()
    assert senders(told) == []
    told.start(ADDON_PORTAL_NOTIFY_PRIVATE_ADDRESSES="1")
    wait_until(lambda: senders(told), "the sender of the next start", 60)
    assert told.call("webhook", "remove", "on-call").stdout == "Removed webhook on-call.\n"
    wait_until(lambda: not senders(told), "the sender to leave", 60)
    assert second not in senders(told)
    told.ask("webhook", "create", "again", receiver.url)
    wait_until(lambda: senders(told), "a sender once more", 60)


def test_a_webhook_is_made_for_a_project_shown_disabled_and_its_secret_replaced(told: Portal) -> None:
    project = told.ask("project", "create", "nightly", "--", "true")
    options = ("--project", "nightly", "--event", "run.failed", "--event", "run.completed")
    done = told.call("webhook", "create", "on-call", "https://hooks.example.com/x", *options)
    assert done.stdout.startswith("Made webhook on-call (whk_")
    assert done.stdout.splitlines()[1].startswith("whsec_")
    assert "not shown again" in done.stderr
    shown = told.ask("webhook", "show", "on-call")
    assert (shown["project_id"], shown["events"]) == (project["id"], ["run.failed", "run.completed"])
    assert "secret" not in shown
    assert told.call("webhook", "rotate", "on-call").stdout.startswith("whsec_")
    assert told.ask("webhook", "disable", "on-call")["enabled"] is False
    refused = told.call("webhook", "test", "on-call")
    assert (refused.returncode, "Enable it first" in refused.stderr) == (65, True)
    assert told.ask("webhook", "enable", "on-call")["enabled"] is True
    table = told.call("webhook", "list").stdout
    assert "on-call" in table
    assert project["id"] in table
    assert "run.completed" in told.call("webhook", "show", "on-call").stdout
    missing = told.call("webhook", "show", "nobody")
    assert (missing.returncode, "webhook list" in missing.stderr) == (65, True)
    wrong = told.call("webhook", "create", "x", "ftp://x")
    assert (wrong.returncode, "url: expected" in wrong.stderr) == (65, True)


def test_a_chat_is_told_by_an_address_that_nobody_is_shown(told: Portal, receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "address").write_text(f"json://someone:secret@127.0.0.1:{receiver.port}/\n")
    made = told.call("webhook", "create", "chat", f"@{tmp_path / 'address'}", "--channel", "apprise")
    assert made.returncode == 0, made.stderr
    assert told.ask("webhook", "show", "chat")["url"] == "json://***"
    told.call("run", "--name", "nightly", "--", "sh", "-c", "exit 3")
    wait_delivered(told, "chat", 1)
    assert json.loads(receiver.received[0].body)["title"] == "nightly failed (run 1)"
    missing = told.call("webhook", "create", "other", f"@{tmp_path / 'nothing'}", "--channel", "apprise")
    assert missing.returncode == ExitCode.USAGE
    assert "cannot be read" in missing.stderr
