"""The witness itself: whatever a browser complains of fails a test, unless it was forgiven by name."""

import pytest

from tests.support import visitor as visitors
from tests.support.portal import Portal
from tests.support.visitor import Visitor, chromium

POLICY = "console: Content-Security-Policy:"
INLINE_SCRIPT = """() => {
  const script = document.createElement("script");
  script.textContent = "window.wasRun = true";
  document.body.append(script);
}"""

TROUBLES = {
    "console": ("console.error('something is wrong')", "console: something is wrong"),
    "exception": ("setTimeout(() => { throw new Error('thrown') })", "exception: Error: thrown"),
    "rejection": ("void Promise.reject(new Error('nobody waits'))", "exception: Error: nobody waits"),
    "violation": (INLINE_SCRIPT, f"{POLICY} script-src-elem stopped inline"),
    "refusal": ("fetch('/api/nothing')", "GET /api/nothing: 404"),
    "elsewhere": (
        "fetch('https://example.org/').catch(() => {})",
        f"{POLICY} connect-src stopped https://example.org/",
    ),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_trouble_is_seen(ada: Visitor, name: str) -> None:
    script, complaint = TROUBLES[name]
    page = ada.open("/status")
    assert ada.unforgiven() == []
    page.evaluate(script)
    assert any(said.startswith(complaint) for said in ada.unforgiven()), ada.complaints
    ada.forgive(".")
    assert ada.unforgiven() == []


def test_a_request_without_an_answer_is_seen(portal: Portal, ada: Visitor) -> None:
    project_id = portal.new_project(["true"])
    ada.page.route("**/api/tenant/projects/*", lambda route: route.abort("connectionreset"))
    ada.open("/status").evaluate(f"fetch('/api/tenant/projects/{project_id}').catch(() => {{}})")
    assert ada.unforgiven() == [f"GET /api/tenant/projects/{project_id}: net::ERR_CONNECTION_RESET"]
    ada.forgive("ERR_CONNECTION_RESET$")


def test_a_missing_browser_skips_unless_one_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "find_chromium", lambda: None)
    monkeypatch.delenv("ADDON_PORTAL_REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no Chromium"), chromium():
        pass
    monkeypatch.setenv("ADDON_PORTAL_REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="forbids to skip"), chromium():
        pass
