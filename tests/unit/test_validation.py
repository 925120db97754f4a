"""What pydantic says, in our words."""

import pytest
from pydantic import ValidationError

from addon_portal.api.schemas.fields import Request
from addon_portal.api.schemas.runs import RestartRequest, StopRequest
from addon_portal.validation import describe, name_of_field, problem_of, without_password


def problems_of(model: type[Request], value: object) -> list[tuple[str, str, str]]:
    with pytest.raises(ValidationError) as refusal:
        model.model_validate(value)
    problems = [problem_of(dict(error)) for error in refusal.value.errors()]
    return [(problem.field, problem.expected, problem.got) for problem in problems]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"grace_seconds": -1}, ("grace_seconds", "a number greater than or equal to 0", "-1")),
        ({"grace_seconds": "x"}, ("grace_seconds", "a number", "'x'")),
        ({"grace_seconds": float("inf")}, ("grace_seconds", "a finite number", "inf")),
        ({"colour": [1, 2]}, ("colour", "no such field", "an array of 2")),
        ({"note": {}}, ("note", "a string", "an object")),
        ([], ("(body)", "an object", "an array of 0")),
        (None, ("(body)", "an object", "null")),
    ],
)
def test_a_problem_says_where_what_was_expected_and_what_came(value: object, expected: tuple[str, str, str]) -> None:
    assert problems_of(StopRequest, value) == [expected]


def test_allowed_words_are_listed() -> None:
    assert problems_of(RestartRequest, {"workspace": "new"}) == [("workspace", "'keep' or 'clean'", "'new'")]


def test_fields_are_named_as_people_write_them() -> None:
    assert name_of_field(("command", 0, "x", "y")) == "command[0].x.y"
    assert name_of_field(()) == "(body)"


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "true"), (False, "false"), (1.5, "1.5"), ("x" * 100, repr("x" * 57 + "…")), (b"{}", "a body that was not")],
)
def test_what_came_is_told_shortly(value: object, text: str) -> None:
    assert describe(value).startswith(text)
    assert len(describe(10**5000 if value is True else value)) < 70


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://me:se:cret@db:5432/portal", "postgresql://me:...@db:5432/portal"),
        ("postgresql://me:se@cret@db/portal", "postgresql://me:...@db/portal"),
        ("postgresql://db/portal?user=me&password=secret&x=1", "postgresql://db/portal?user=me&password=...&x=1"),
        ("postgresql://db/portal?sslpassword=secret", "postgresql://db/portal?sslpassword=..."),
        ("sqlite:////srv/portal.db", "sqlite:////srv/portal.db"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown
