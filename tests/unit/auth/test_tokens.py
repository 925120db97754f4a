"""Key texts: what is one of ours, and what is not."""

import pytest

from addon_portal.auth.tokens import has_key_form, hash_key, make_key


def test_a_new_key_has_the_form_and_shows_only_its_beginning() -> None:
    key = make_key()
    assert has_key_form(key.text)
    assert key.text.startswith(key.prefix)
    assert len(key.prefix) < 10
    assert key.secret_hash == hash_key(key.text)
    assert key.text.encode() not in key.secret_hash


def test_no_two_keys_are_alike() -> None:
    assert len({make_key().text for _ in range(100)}) == 100


@pytest.mark.parametrize("position", range(3, 46))
def test_one_wrong_character_is_noticed(position: int) -> None:
    text = make_key().text
    wrong = "A" if text[position] != "A" else "B"
    assert not has_key_form(text[:position] + wrong + text[position + 1 :])


@pytest.mark.parametrize("text", ["", "ap_", "ap_x_000000", "sk-123", "ap_" + "a" * 43, "\0" * 53, "ä" * 53])
def test_what_is_not_a_key_is_refused(text: str) -> None:
    assert not has_key_form(text)


def test_a_key_with_a_newline_behind_it_is_refused() -> None:
    assert not has_key_form(make_key().text + "\n")
