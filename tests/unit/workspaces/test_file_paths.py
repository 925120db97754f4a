"""Paths inside of workspaces, as people ask for them."""

import pytest

from addon_portal.workspaces.browsing import parts_of


@pytest.mark.parametrize(
    ("path", "parts"),
    [("", ()), ("/", ()), ("a", (b"a",)), ("a/b/", (b"a", b"b")), ("/a", (b"a",)), ("ü/...", ("ü".encode(), b"..."))],
)
def test_a_path_is_its_parts(path: str, parts: tuple[bytes, ...]) -> None:
    assert parts_of(path) == parts


@pytest.mark.parametrize("path", ["..", "a/../b", "a//b", "./a", "a\0", "a/."])
def test_what_could_mean_another_place_is_no_path(path: str) -> None:
    assert parts_of(path) is None
