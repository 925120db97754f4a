"""Which requests are short cut, and which go the long way."""

from typing import Any

import pytest

from addon_portal.api.routers.shortcuts import SHORTCUTS

RUN = f"/api/tenant/projects/prj_{'0' * 26}/run"
GET = f"/api/tenant/runs/run_{'0' * 26}"


def is_short(method: str, path: str, query: bytes = b"", **headers: bytes) -> bool:
    sent = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "query_string": query, "headers": sent}
    found = [named for shortcut in SHORTCUTS if (named := shortcut.find_named(scope))]
    assert found in ([], [path.split("/")[4]])
    return bool(found)


def test_plain_requests_are_short_cut() -> None:
    assert is_short("POST", RUN, authorization=b"Bearer x", content_type=b"application/json")
    assert is_short("POST", RUN, content_length=b"0")
    assert is_short("GET", GET)
    assert is_short("GET", GET, b"wait_seconds=60")


@pytest.mark.parametrize(
    ("method", "path", "query", "headers"),
    [
        ("GET", RUN, b"", {}),
        ("POST", GET, b"", {}),
        ("POST", f"{RUN}/", b"", {}),
        ("POST", "/api/tenant/projects/run", b"", {}),
        ("POST", RUN.replace("prj_", "run_"), b"", {}),
        ("POST", RUN, b"note=x", {}),
        ("POST", RUN, b"", {"content_length": b"2"}),
        ("POST", RUN, b"", {"transfer_encoding": b"chunked"}),
        ("POST", RUN, b"", {"content_length": b"0", "idempotency_key": b"k"}),
        ("GET", f"{GET}/log", b"", {}),
        ("GET", f"{GET}0", b"", {}),
        ("GET", GET, b"wait_seconds=61", {}),
        ("GET", GET, b"wait_seconds=1.5", {}),
        ("GET", GET, b"wait_seconds=1&wait_seconds=2", {}),
        ("GET", GET, b"other=1", {}),
        ("GET", GET, b"", {"content_length": b"2"}),
    ],
)
def test_all_others_go_the_long_way(method: str, path: str, query: bytes, headers: dict[str, bytes]) -> None:
    assert not is_short(method, path, query, **headers)
