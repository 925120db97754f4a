"""E-mail and chats through the real Apprise: what arrives, what is refused, and what is told of it."""

import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from typing_extensions import override

from addon_portal.domain.facts import Fact
from addon_portal.domain.webhooks import ChannelKind, Webhook
from addon_portal.notifications.channels.apprise.channel import AppriseChannel
from addon_portal.notifications.channels.apprise.child import NOT_INSTALLED
from addon_portal.notifications.channels.base import Answer, Outgoing
from addon_portal.storage.webhooks import Webhooks
from tests.integration.notifications.told_world import ToldWorld
from tests.support.notifier import Notifier
from tests.support.receiver import Receiver, answering
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BODY = {
    "type": "run.failed",
    "data": {
        "title": "nightly failed (run 3)",
        "message": "It ended with code 3.",
        "next_step": "Read on.",
        "url": None,
    },
}
MESSAGE = Outgoing("msg_1", "", json.dumps(BODY), datetime(2026, 5, 4, 9, tzinfo=UTC))
PATIENT_SECONDS = 60.0


class MailServer(socketserver.ThreadingTCPServer):
    """Takes every mail, and keeps it with who it is from and for."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailSession)
        self.envelopes: list[str] = []
        self.mails: list[bytes] = []


class _MailSession(socketserver.StreamRequestHandler):
    @override
    def handle(self) -> None:
        assert isinstance(self.server, MailServer)
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            match line.split(" ")[0].upper():
                case "DATA":
                    self._say("354 go on")
                    self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self.server.envelopes.append(line)
                    self._say("250 good")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """One on this machine."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def send(url: str, *, allow_private: bool = True) -> Answer:
    """Hand one message over."""
    return AppriseChannel(PATIENT_SECONDS, allow_private).send(replace(MESSAGE, url=url))


def address_of(receiver: Receiver) -> str:
    """The receiver in the words of Apprise."""
    return f"json://someone:secret@127.0.0.1:{receiver.port}/hook"


def add(told: ToldWorld, url: str) -> Webhook:
    """Somebody who is told through Apprise."""
    webhook = replace(told.world.new_webhook(told.world.scope, {Fact.FAILED}), url=url)
    webhook = replace(webhook, channel=ChannelKind.APPRISE, secret=None)
    with told.storage.write() as uow:
        Webhooks(uow).insert(told.world.scope, webhook)
    return webhook


def test_title_and_text_arrive(receiver: Receiver) -> None:
    assert send(address_of(receiver)) == Answer()
    (got,) = receiver.received
    told = json.loads(got.body)
    assert told["title"] == "nightly failed (run 3)"
    assert told["message"] == "It ended with code 3.\n\nRead on."


def test_a_mail_arrives(mail_server: MailServer) -> None:
    port = mail_server.server_address[1]
    assert send(f"mailto://127.0.0.1:{port}?mode=insecure&from=portal@example.com&to=ops@example.com") == Answer()
    assert "rcpt to:<ops@example.com>" in {line.lower() for line in mail_server.envelopes}
    mail = message_from_bytes(mail_server.mails[0])
    assert str(mail["Subject"]) == "nightly failed (run 3)"


def test_a_fact_is_told_once_however_often_the_receiver_refuses(
    told: ToldWorld, notifier: Notifier, receiver: Receiver
) -> None:
    receiver.reaction = answering(500)
    webhook = add(told, address_of(receiver))
    notifier.start(timeout_seconds=60.0)
    run_id = told.add_troubled()
    wait_until(lambda: len(receiver.received) >= 2, "two attempts", 120)
    receiver.reaction = answering(200)
    (delivery,) = told.wait_for(webhook, "delivered", 1)
    assert (delivery.fact, delivery.run_id) == (Fact.FAILED, run_id)
    assert delivery.log[0].error == "Apprise could not deliver it"
    assert delivery.log[-1].error is None
    assert [each.status for each in receiver.received].count(200) == 1
    assert "secret" not in notifier.log_file.read_text()


def test_addresses_of_this_machine_are_refused_unless_they_are_allowed(receiver: Receiver) -> None:
    answer = send(address_of(receiver), allow_private=False)
    assert answer.error == "the address 127.0.0.1 is not public, and the operator allows public ones only"
    assert not receiver.received


def test_files_of_this_machine_are_not_sent(tmp_path: Path) -> None:
    (tmp_path / "template.json").write_text('{"text": "{{ body }}"}')
    hook = "workflow://prod-1.example.com/643e69f83c8944438d68119179a10a64/KODuebWbDGYFr0z0eu"
    answer = send(f"{hook}?template={tmp_path / 'template.json'}")
    assert answer.error == "Apprise may not use files of this machine"


@pytest.mark.parametrize("address", ["nonsense://x", "syslog://", "mailto://"])
def test_what_is_no_address_of_a_service_is_said_without_it(address: str) -> None:
    answer = send(address)
    assert answer.error
    assert address not in answer.error


def test_a_service_that_takes_too_long_is_given_up(receiver: Receiver) -> None:
    channel = AppriseChannel(0.01, allow_private=True)
    answer = channel.send(replace(MESSAGE, url=address_of(receiver)))
    assert answer.error == "no answer within 0.01 s"


def test_a_portal_without_apprise_says_what_to_install() -> None:
    code = "import sys; sys.modules['apprise'] = None; "
    code += "from addon_portal.notifications.channels.apprise.child import main; main()"
    told = {"url": "json://x", "title": "", "text": "", "allow_private": True, "seconds": 60}
    done = subprocess.run([sys.executable, "-c", code], input=json.dumps(told), capture_output=True, text=True)
    assert json.loads(done.stdout) == {"error": NOT_INSTALLED}
