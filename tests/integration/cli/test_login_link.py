"""`login-link`, and the link that `up` prints."""

import json
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from addon_portal.auth.tokens import LINK, has_key_form
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.login_links import user_name
from tests.integration.cli.installed import Portal, call

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with tables and the tenants default and acme."""
    made = tmp_path_factory.mktemp("links") / "data"
    for words in (["db", "upgrade"], ["tenant", "create", "default"], ["tenant", "create", "acme"]):
        assert call(*words, "--data", str(made)).returncode == 0
    return made


def log_in(url: str) -> Any:
    """What the portal answers the browser that opens this link."""
    address, _, token = url.partition("/login#token=")
    body = json.dumps({"token": token}).encode()
    request = urllib.request.Request(f"{address}/api/session", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def test_a_link_leads_to_the_page_with_its_secret_behind_the_hash(data: Path) -> None:
    done = call("login-link", "--data", str(data))
    address, _, token = done.stdout.strip().partition("#token=")
    assert address == "http://127.0.0.1:8470/login"
    assert has_key_form(token, LINK)
    assert f"Lets {user_name()} in once, role operator in default, within 15 minutes (until " in done.stderr


def test_a_link_is_for_whom_it_is_said(data: Path) -> None:
    words = ["login-link", "--tenant", "acme", "--name", "Ada", "--json", "--data", str(data)]
    made = json.loads(call(*words).stdout)
    assert (made["name"], made["role"], made["tenant"]) == ("Ada", "member", "acme")
    assert made["url"].endswith(made["token"])
    assert json.loads(call(*words, "--role", "admin").stdout)["role"] == "admin"


def test_a_link_for_a_tenant_that_is_not_there_is_refused(data: Path) -> None:
    done = call("login-link", "--tenant", "nobody", "--data", str(data))
    assert (done.returncode, done.stdout) == (ExitCode.REFUSED, "")
    assert "There is no tenant 'nobody'." in done.stderr


def test_what_is_known_of_a_link_lets_nobody_in(data: Path, tmp_path: Path) -> None:
    own = shutil.copytree(data, tmp_path / "data")
    token = json.loads(call("login-link", "--json", "--data", str(own)).stdout)["token"]
    held = b"".join(path.read_bytes() for path in own.rglob("*") if path.is_file())
    assert token.encode() not in held
    assert token.removeprefix(LINK).encode() not in held


def test_up_prints_a_link_that_logs_in_once(own_portal: Portal) -> None:
    said = own_portal.start("--no-samples")
    (link,) = [line.strip() for line in said if "/login#token=" in line]
    assert link.startswith(own_portal.up_file()["url"])
    session = log_in(link)
    assert (session["name"], session["role"], session["tenant"]["name"]) == (user_name(), "operator", "default")
    with pytest.raises(urllib.error.HTTPError) as refused:
        log_in(link)
    assert json.load(refused.value)["code"] == "login_link_refused"
    own_portal.call("tenant", "create", "acme")
    made = own_portal.ask("login-link", "--tenant", "acme", "--name", "Ada")
    assert made["url"].startswith(own_portal.up_file()["url"])
    assert log_in(made["url"])["tenant"]["name"] == "acme"
