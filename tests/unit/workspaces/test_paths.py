"""Which paths and links of an archive are let in."""

import pytest

from addon_portal.domain.errors import DomainError
from addon_portal.domain.file_refusals import ArchiveTooLarge, ArchiveUnsafe
from addon_portal.workspaces.paths import check_links, check_path


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a", ("a",)),
        ("./a//b/", ("a", "b")),
        ("", ()),
        ("./", ()),
        ("...", ("...",)),
        ("..a/b..", ("..a", "b..")),
        ("grüße/日本/😀", ("grüße", "日本", "😀")),
        ("a" * 255, ("a" * 255,)),
        ("/".join("d" * 64), tuple("d" * 64)),
    ],
)
def test_a_harmless_path_is_its_parts(name: str, parts: tuple[str, ...]) -> None:
    assert check_path(name) == parts


@pytest.mark.parametrize(
    ("name", "kind", "rule"),
    [
        ("/etc/passwd", ArchiveUnsafe, "absolute_path"),
        ("//a", ArchiveUnsafe, "absolute_path"),
        ("..", ArchiveUnsafe, "path_escape"),
        ("a/../../b", ArchiveUnsafe, "path_escape"),
        ("a/..", ArchiveUnsafe, "path_escape"),
        ("..\\..\\a", ArchiveUnsafe, "name"),
        ("a\0b", ArchiveUnsafe, "name"),
        ("a\nb", ArchiveUnsafe, "name"),
        ("a\udcff", ArchiveUnsafe, "name"),
        ("/".join("d" * 65), ArchiveTooLarge, "depth"),
        ("ü" * 128, ArchiveTooLarge, "name_bytes"),
        ("/".join(["d" * 100] * 11), ArchiveTooLarge, "path_bytes"),
    ],
)
def test_any_other_path_is_refused_by_a_rule(name: str, kind: type[DomainError], rule: str) -> None:
    with pytest.raises(kind) as refused:
        check_path(name)
    assert rule in {refused.value.fields.get("rule"), refused.value.fields.get("limit")}


@pytest.mark.parametrize(
    "links",
    [
        {("a",): "b"},
        {("d", "a"): "../b"},
        {("d", "a"): "./e//f"},
        {("current",): "versions/1", ("versions", "1", "back"): "../.."},
        {("a",): "b", ("b",): "c/d"},
    ],
)
def test_links_that_stay_inside_are_let_in(links: dict[tuple[str, ...], str]) -> None:
    check_links(links)


@pytest.mark.parametrize(
    "links",
    [
        {("a",): "/etc"},
        {("a",): ".."},
        {("d", "a"): "../.."},
        {("d", "a"): "../../tree/b"},  # out and in again, where the directory happens to be called so
        {("a",): "", ("b",): "a"},
        # Each alone looks harmless: `d/up` is the root, so `d/up/..` is what is above it.
        {("d", "up"): "..", ("b",): "d/up/../x"},
        {("here",): ".", ("b",): "here/here/here/../x"},
        {("a",): "b", ("b",): "a"},
        {("a",): "a/a"},
    ],
)
def test_links_that_lead_out_or_in_circles_are_refused(links: dict[tuple[str, ...], str]) -> None:
    with pytest.raises(ArchiveUnsafe):
        check_links(links)
