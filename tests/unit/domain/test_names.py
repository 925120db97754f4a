"""One form for each name."""

import pytest

from addon_portal.domain.names import LONGEST_NAME, UnfitName, fit_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" nightly ", "nightly"),
        ("A\u0308rger", "\u00c4rger"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
    ],
    ids=["space", "composed", "joined", "longest"],
)
def test_a_name_has_one_form(text: str, name: str) -> None:
    assert fit_name(text) == name
    assert fit_name(name) == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  ", "expected 1 to 200 characters, got 0 characters"),
        ("x" * 201, "expected 1 to 200 characters, got 201 characters"),
        ("a\nb", r"expected a name without control characters and line breaks, got 'a\\nb'"),
        ("a\u2028b", "without control characters and line breaks"),
        ("\udce9", "expected text that can be written as UTF-8, got a text that cannot"),
    ],
    ids=["blank", "long", "line feed", "line separator", "surrogate"],
)
def test_what_is_no_name_is_refused_with_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(UnfitName, match=said.replace("(", ".")):
        fit_name(text)
