"""Which repositories and references are let near git."""

import pytest

from addon_portal.domain.git_sources import GitSource

COMMIT = "5e" * 20


@pytest.mark.parametrize("url", ["https://git.example/etl.git", "https://git.example:8443/~a/b", "https://[::1]/x"])
@pytest.mark.parametrize("ref", ["HEAD", "main", "feature/a-b_c", "v1.2", COMMIT])
def test_plain_addresses_and_references_are_let_in(url: str, ref: str) -> None:
    assert GitSource(url, ref).problems({"https"}) == []


def test_only_the_operators_transports_are_let_in() -> None:
    for url in ("http://x/y", "git://x/y", "ssh://git@x/y", "file:///srv/x"):
        assert [each.field for each in GitSource(url, "main").problems({"https"})] == ["git"]
        assert GitSource(url, "main").problems({url.partition(":")[0]}) == []
    assert "no transport" in GitSource("https://x/y", "main").problems(set())[0].expected


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ext::sh -c id",
            "ext::sh%20-c%20id",
            "fd::7",
            "/srv/repository",
            "../x",
            "git@github.example:a/b",
            "https:/x/y",
        ),
        *(
            "--upload-pack=id",
            "-oProxyCommand=id",
            "https://-oProxyCommand=id/x",
            "ssh://-oProxyCommand=id/x",
            "https://",
        ),
        *(
            "https::https://x/y",
            "HTTPS://x/y",
            "https://x/y z",
            "https://x/\ny",
            "https://x/\0",
            "https://ü.example/x",
            "",
        ),
        *("ssh://-a@x/y", "https://[x/y", "file://x"),
    ],
)
def test_whatever_git_could_take_for_something_else_is_refused(url: str) -> None:
    found = GitSource(url, "main").problems({"https", "ssh"})
    assert [each.field for each in found] == ["git"]


@pytest.mark.parametrize("url", ["https://user:secret@x/y", "https://token@x/y", "ssh://git:secret@x/y"])
def test_an_address_with_a_secret_is_refused_and_not_repeated(url: str) -> None:
    (problem,) = GitSource(url, "main").problems({"https", "ssh"})
    assert "without a user" in problem.expected
    assert "secret" not in problem.got
    assert "token" not in problem.got


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "-x",
        "--upload-pack=id",
        "a b",
        "a..b",
        "a/",
        "a.lock",
        "a~1",
        "a^",
        "a:b",
        "+a",
        "refs/*",
        "@{1}",
        "a\n",
        "ü",
        "a.",
    ],
)
def test_a_reference_that_is_no_name_is_refused(ref: str) -> None:
    assert [each.field for each in GitSource("https://x/y", ref).problems({"https"})] == ["ref"]
