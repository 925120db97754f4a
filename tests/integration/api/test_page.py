"""The page at every address that is not the API's: a built one of the test's own, served by the real application."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from addon_portal.api.page import Page
from tests.support.served import Served

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX, SCRIPT = b"<!doctype html><title>the page</title>", b"console.log('hello')" * 20


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """What a build leaves."""
    made = tmp_path / "dist"
    (made / "assets").mkdir(parents=True)
    (made / "index.html").write_bytes(INDEX)
    (made / "icon.svg").write_bytes(b"<svg/>")
    (made / "assets" / "index-Ab12_c-d.js").write_bytes(SCRIPT)
    (made / "assets" / "index-Ab12_c-d.js.gz").write_bytes(gzip.compress(SCRIPT))
    (made / "assets" / "index-Ab12_c-d.js.br").write_bytes(b"in brotli")
    (made / "assets" / "style-x.css").write_bytes(b"a{}")
    (made / ".built").touch()
    (made / ".vite").mkdir()
    (made / ".vite" / "manifest.json").write_text("{}")
    (tmp_path / "secret.txt").write_text("not for you")
    return made


@pytest.fixture
def page(sqlite_served: Served, dist: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A browser without a credential."""
    served = sqlite_served.app.router.default
    assert isinstance(served, Page)
    monkeypatch.setattr(served, "_directory", dist)
    with httpx.Client(base_url=sqlite_served.url, headers={"Accept-Encoding": "identity"}, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/login", "/projects/prj_1/runs", "/a.b/c", "/index.html", "/apix"])
def test_every_address_that_a_person_may_open_is_the_page(page: httpx.Client, path: str) -> None:
    response = page.get(path, headers=HTML)
    assert (response.status_code, response.content) == (200, INDEX)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/api/tenant/projects/x", "/api/openapi.json/x"])
def test_the_api_never_answers_with_the_page(page: httpx.Client, path: str) -> None:
    response = page.get(path, headers=HTML)
    assert response.status_code in {401, 404}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/api/openapi.json"])
def test_the_portals_own_addresses_stay_what_they_are(page: httpx.Client, path: str) -> None:
    assert "text/html" not in page.get(path, headers=HTML).headers["content-type"]


def test_programs_are_told_that_there_is_nothing_instead_of_a_page(page: httpx.Client) -> None:
    assert page.get("/", headers={"Accept": "*/*"}).content == INDEX
    for path in ("/login", "/projects"):
        response = page.get(path, headers={"Accept": "application/json"})
        assert (response.status_code, response.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_page_can_only_be_read(page: httpx.Client, method: str) -> None:
    assert page.request(method, "/login", headers=HTML).status_code == 404


def test_a_browser_lets_the_page_do_nothing_with_anybody_else(page: httpx.Client) -> None:
    for path in ("/", "/icon.svg", "/assets/style-x.css"):
        headers = page.get(path, headers=HTML).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
        assert (policy["frame-ancestors"], policy["connect-src"]) == ("'none'", "'self'")
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("path", "kind", "kept"),
    [
        ("/assets/index-Ab12_c-d.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/style-x.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/icon.svg", "image/svg+xml", "no-cache"),
    ],
)
def test_files_have_their_type_and_are_kept_as_long_as_they_are_true(
    page: httpx.Client, path: str, kind: str, kept: str
) -> None:
    response = page.get(path)
    assert (response.status_code, response.headers["content-type"], response.headers["cache-control"]) == (
        *(200, kind, kept),
    )
    head = page.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(response.content)))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("identity", None),
        ("br; q=0.0, zstd", None),
    ],
)
def test_who_takes_compressed_files_gets_them(page: httpx.Client, accepted: str, encoding: str | None) -> None:
    with page.stream("GET", "/assets/index-Ab12_c-d.js", headers={"Accept-Encoding": accepted}) as response:
        body = b"".join(response.iter_raw())
    sent = {"br": b"in brotli", "gzip": gzip.compress(SCRIPT), None: SCRIPT}[encoding]
    assert (response.headers.get("content-encoding"), response.headers["vary"]) == (encoding, "Accept-Encoding")
    assert body[10:] == sent[10:]
    assert "vary" not in page.get("/icon.svg", headers={"Accept-Encoding": accepted}).headers


def test_what_a_browser_has_already_is_not_sent_again(page: httpx.Client, dist: Path) -> None:
    tag = page.get("/").headers["etag"]
    again = page.get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    (dist / "index.html").write_bytes(INDEX + b"new")
    assert page.get("/", headers={"If-None-Match": tag}).content == INDEX + b"new"


@pytest.mark.parametrize(
    "path",
    [
        *("/assets/missing-1.js", "/missing.svg", "/.built", "/.vite/manifest.json", "/assets/", "/assets"),
        *("/assets/../../secret.txt", "/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/assets/%5csecret.txt"),
        *("/secret.txt", "/index.html.gz", "/%00.js", "/assets/style-x.css.gz"),
    ],
)
def test_only_built_files_are_served(page: httpx.Client, path: str) -> None:
    response = page.get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found"), response.text
    assert b"not for you" not in page.get(path, headers=HTML).content


@pytest.mark.parametrize(("is_clone", "remedy"), [(True, "make ui"), (False, "make wheel")])
def test_where_nothing_was_built_the_page_says_how(page: httpx.Client, dist: Path, is_clone: bool, remedy: str) -> None:
    (dist / "index.html").unlink()
    if is_clone:
        (dist.parent / "package.json").touch()
    for path in ("/", "/login"):
        response = page.get(path, headers=HTML)
        assert (response.status_code, response.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert re.findall("<code>(.*?)</code>", response.text) == [remedy]
        assert "content-security-policy" in response.headers
    assert page.get("/healthz").status_code == 200
