"""What the page has to show beside its cookie."""

import pytest

from addon_portal.auth.sessions import csrf_token_of, is_https, refuse_forgery, refuse_other_sites
from addon_portal.auth.tokens import KEY, LINK, SESSION, has_key_form, make_key
from addon_portal.domain.errors import CsrfRefused

TEXT = make_key(SESSION).text
HOST = {"host": "portal.example:8470"}


@pytest.mark.parametrize("kind", [KEY, LINK, SESSION])
def test_a_text_is_of_one_kind_only(kind: str) -> None:
    text = make_key(kind).text
    assert [other for other in (KEY, LINK, SESSION) if has_key_form(text, other)] == [kind]


def test_the_token_of_a_session_is_its_own() -> None:
    assert csrf_token_of(TEXT) == csrf_token_of(TEXT)
    assert csrf_token_of(TEXT) != csrf_token_of(make_key(SESSION).text)
    assert TEXT not in csrf_token_of(TEXT)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_changes_nothing_needs_no_token(method: str) -> None:
    refuse_forgery(method, TEXT, {**HOST, "sec-fetch-site": "cross-site"})


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "ANYTHING"])
def test_what_changes_something_needs_the_token_of_the_session(method: str) -> None:
    refuse_forgery(method, TEXT, {**HOST, "x-csrf-token": csrf_token_of(TEXT)})
    with pytest.raises(CsrfRefused, match="is missing"):
        refuse_forgery(method, TEXT, HOST)
    for wrong in (csrf_token_of(make_key(SESSION).text), csrf_token_of(TEXT)[:-1], "ü"):
        with pytest.raises(CsrfRefused, match="is wrong"):
            refuse_forgery(method, TEXT, {**HOST, "x-csrf-token": wrong})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "http://rewritten.example"},
        {"origin": "http://portal.example:8470"},
        {"origin": "https://Portal.example:8470"},
        {"origin": "https://public.example", "x-forwarded-host": "public.example, inner"},
    ],
)
def test_the_page_itself_is_believed(headers: dict[str, str]) -> None:
    refuse_other_sites(HOST | headers)
    refuse_forgery("POST", TEXT, HOST | headers | {"x-csrf-token": csrf_token_of(TEXT)})


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://portal.example:8470"},
        {"sec-fetch-site": "none"},
        {"origin": "http://portal.example"},
        {"origin": "http://portal.example:8470.evil.example"},
        {"origin": "null"},
        {"origin": ""},
    ],
)
def test_another_site_is_refused_even_with_the_token(headers: dict[str, str]) -> None:
    with pytest.raises(CsrfRefused):
        refuse_other_sites(HOST | headers)
    with pytest.raises(CsrfRefused, match="comes from"):
        refuse_forgery("POST", TEXT, HOST | headers | {"x-csrf-token": csrf_token_of(TEXT)})


@pytest.mark.parametrize(
    ("headers", "scheme", "expected"),
    [
        ({}, "http", False),
        ({}, "https", True),
        ({"x-forwarded-proto": "https, http"}, "http", True),
        ({"x-forwarded-proto": "http"}, "http", False),
        ({"origin": "https://portal.example"}, "http", True),
        ({"origin": "http://portal.example"}, "http", False),
    ],
)
def test_https_is_known_also_behind_a_proxy(headers: dict[str, str], scheme: str, expected: bool) -> None:
    assert is_https(headers, scheme) is expected
