"""Hiding the values of an environment in output."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon_portal.evidence.masking import LONGEST_PIECE, SHORTEST_SECRET, Mask

SECRET = "correct-horse"
LETTERS = st.text("ab", max_size=60)
SECRETS = st.lists(st.text("ab", min_size=SHORTEST_SECRET, max_size=12), max_size=3)


def hidden(data: bytes, secrets: list[str]) -> bytes:
    """What is to come out, place by place."""
    covered = {
        at + offset
        for secret in secrets
        for at in range(len(data))
        if data.startswith(secret.encode(), at)
        for offset in range(len(secret.encode()))
    }
    return bytes(ord("*") if at in covered else byte for at, byte in enumerate(data))


def test_every_byte_of_a_secret_becomes_a_star() -> None:
    mask = Mask([SECRET, "pässwörter"])
    data = f"key={SECRET}; {SECRET}{SECRET}\nund pässwörter".encode()
    assert mask.hide(data) == b"key=*************; " + b"*" * 26 + b"\nund " + b"*" * 12
    assert Mask(["x" * (SHORTEST_SECRET - 1), "", " \n "]).hide(data) == data
    assert not Mask(["prod"])


def test_each_line_of_a_secret_is_hidden_for_itself() -> None:
    key = "-----BEGIN KEY-----\r\nabcdefghijkl\n  mnopqrstuvwx \nshort\n"
    shown = Mask([key]).hide(b"> abcdefghijkl\n> mnopqrstuvwx\n> short\n")
    assert shown == b"> ************\n> ************\n> short\n"


@pytest.mark.parametrize("length", [LONGEST_PIECE - 1, LONGEST_PIECE, LONGEST_PIECE + 1, 3 * LONGEST_PIECE + 7])
def test_a_long_secret_is_hidden_whole(length: int) -> None:
    secret = "".join(chr(97 + (number * number) % 23) for number in range(length))
    mask = Mask([secret])
    assert mask.reach < LONGEST_PIECE
    assert mask.hide(f"<{secret}>".encode()) == b"<" + b"*" * length + b">"


@given(LETTERS, SECRETS)
def test_places_that_overlap_are_hidden_together(text: str, secrets: list[str]) -> None:
    assert Mask(secrets).hide(text.encode()) == hidden(text.encode(), secrets)


@given(LETTERS, LETTERS, SECRETS)
def test_what_is_decided_at_the_end_does_not_change_with_what_follows(text: str, more: str, secrets: list[str]) -> None:
    mask, data = Mask(secrets), text.encode()
    decided = len(data) - mask.count_undecided(data)
    assert mask.hide(data + more.encode())[:decided] == mask.hide(data)[:decided]


def test_only_what_may_become_a_secret_is_undecided() -> None:
    mask = Mask([SECRET])
    assert mask.count_undecided(b"and the cor") == 3
    assert mask.count_undecided(b"correct-hors") == 12
    assert mask.count_undecided(b"correct-horse") == 0
    assert mask.count_undecided(b"core\n") == 0
    assert Mask().count_undecided(b"c") == 0
