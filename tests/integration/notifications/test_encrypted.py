"""Receivers that encrypt: whose certificate is good is told, who cannot prove who he is gets nothing."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from addon_portal.domain.facts import Fact
from tests.integration.notifications.told_world import ToldWorld
from tests.support.encryption import Authority
from tests.support.notifier import Notifier
from tests.support.receiver import Receiver

pytestmark = pytest.mark.slow


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """One that the sender trusts, as an operator has it trust one of his own."""
    return Authority(tmp_path)


@pytest.fixture
def notifier(notifier: Notifier, authority: Authority) -> Notifier:
    """The sender, not started, that trusts the authority and tries once."""
    notifier.variables["SSL_CERT_FILE"] = str(authority.file)
    notifier.options["retry_seconds"] = []
    return notifier


@pytest.fixture
def receiver(authority: Authority) -> Iterator[Receiver]:
    """A receiver that encrypts."""
    made = Receiver(tls=authority.serving()).start()
    yield made
    made.stop()


def error_of(told: ToldWorld, notifier: Notifier, url: str) -> str:
    """What went wrong with the only attempt to tell somebody there of a failure."""
    webhook = told.add_webhook(url, [Fact.FAILED])
    notifier.start()
    told.add_troubled()
    (failed,) = told.wait_for(webhook, "failed", 1)
    return failed.log[0].error or ""


def test_who_has_a_good_certificate_is_told(told: ToldWorld, notifier: Notifier, receiver: Receiver) -> None:
    webhook = told.add_webhook(receiver.url, [Fact.FAILED])
    notifier.start()
    run_id = told.add_troubled()
    told.wait_for(webhook, "delivered", 1)
    assert webhook.secret
    assert receiver.accepted[0].verified(webhook.secret)["data"]["run_id"] == run_id


def test_a_certificate_by_nobody_who_is_trusted_is_not_accepted(
    told: ToldWorld, notifier: Notifier, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    notifier.variables["SSL_CERT_FILE"] = str(Authority(tmp_path / "other").file)
    error = error_of(told, notifier, receiver.url)
    assert error.startswith("its certificate is not accepted: unable to get local issuer certificate")
    assert not receiver.received


def test_a_certificate_for_another_name_is_not_accepted(
    told: ToldWorld, notifier: Notifier, authority: Authority
) -> None:
    other = Receiver(tls=authority.serving("receiver.example")).start()
    try:
        error = error_of(told, notifier, other.url)
        assert error.startswith("its certificate is not accepted: Hostname mismatch")
        assert not other.received
    finally:
        other.stop()


def test_who_does_not_encrypt_is_not_told_under_https(told: ToldWorld, notifier: Notifier) -> None:
    plain = Receiver().start()
    try:
        error = error_of(told, notifier, plain.url.replace("http://", "https://"))
        assert error.startswith("no encrypted connection: ")
        assert not plain.received
    finally:
        plain.stop()


def test_who_never_shakes_hands_is_given_up_in_time(told: ToldWorld, notifier: Notifier) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        notifier.options["timeout_seconds"] = 0.4
        url = f"https://localhost:{silent.getsockname()[1]}/"
        assert error_of(told, notifier, url) == "no answer within 0.4 s"
