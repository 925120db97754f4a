"""Filling argv templates."""

import pytest

from addon_portal.domain.programs import fill_argv, placeholders


def test_texts_are_filled_in_as_they_are_and_stay_one_argument() -> None:
    assert fill_argv(["sh", "-c", "echo {what}"], {"what": "a b; rm -rf /"}) == (
        "sh",
        "-c",
        "echo a b; rm -rf /",
    )


def test_everything_else_is_filled_in_as_json() -> None:
    parameters = {"n": 7, "f": 2.5, "yes": True, "none": None, "list": [1, "ü"]}
    argv = ["{n}", "{f}", "--yes={yes}", "{none}", "{list}"]
    assert fill_argv(argv, parameters) == ("7", "2.5", "--yes=true", "null", '[1, "ü"]')


def test_what_was_filled_in_is_not_filled_again() -> None:
    assert fill_argv(["{a}"], {"a": "{b}", "b": "secret"}) == ("{b}",)


@pytest.mark.parametrize("part", ["{}", "{ a }", "{1}", "${a-b}", '{"json": 1}', "{a.b}", "{{"])
def test_other_braces_are_left_alone(part: str) -> None:
    assert fill_argv([part], {"a": "x"}) == (part,)


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="day"):
        fill_argv(["--day={day}"], {})


def test_names_are_listed_once_in_order() -> None:
    assert placeholders(["{b}{a}", "x", "{a}{b}"]) == ("b", "a")
