"""Commands that work on the data directory itself, and the parts of the portal as services of their own."""

import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from addon_portal.auth.tokens import has_key_form
from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, call, clean_environment
from tests.support.nursery import COMMAND

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose database has its tables, and nothing else; nobody changes it."""
    made = tmp_path_factory.mktemp("template") / "data"
    done = call("db", "upgrade", "--data", str(made))
    assert done.returncode == 0, done.stderr
    call("tenant", "create", "taken", "--data", str(made))
    return made


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A copy of it that belongs to the test."""
    return shutil.copytree(template, tmp_path / "data")


def ask(data: Path, *arguments: str) -> Any:
    """Run a local command with --json."""
    done = call(*arguments, "--data", str(data), "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def test_a_first_tenant_and_key_need_no_key(data: Path) -> None:
    tenant = ask(data, "tenant", "create", "  Ärger & Söhne ", "--max-runs", "3", "--programs-only")
    assert (tenant["name"], tenant["max_concurrent_runs"], tenant["may_run_own_commands"]) == (
        "Ärger & Söhne",
        3,
        False,
    )
    made = call("key", "create", "ci", "--tenant", "Ärger & Söhne", "--role", "admin", "--data", str(data))
    assert has_key_form(made.stdout.strip())
    keys = ask(data, "key", "list", "--tenant", tenant["id"])
    assert [(key["name"], key["role"], key["revoked_at"]) for key in keys] == [("ci", "admin", None)]
    assert made.stdout.strip() not in json.dumps(keys)
    revoked = ask(data, "key", "revoke", keys[0]["id"], "--tenant", tenant["id"])
    assert (revoked["id"], revoked["revoked_at"] is None) == (keys[0]["id"], False)
    assert ask(data, "key", "list", "--tenant", tenant["id"])[0]["revoked_at"] is not None
    assert "Ärger" in call("tenant", "list", "--data", str(data)).stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["tenant", "create", "taken"], ExitCode.REFUSED, "Choose another name"),
        (["tenant", "create", " \n "], ExitCode.USAGE, "1 to 200 characters"),
        (["tenant", "create", "x" * 201], ExitCode.USAGE, "1 to 200 characters"),
        (["tenant", "create", "limited", "--max-runs", "-1"], ExitCode.USAGE, "max-runs"),
        (["key", "create", "ci", "--tenant", "nobody"], ExitCode.REFUSED, "tenant list"),
        (["key", "create", "ci", "--role", "king"], ExitCode.USAGE, "king"),
        (["key", "revoke", "key_nonsense", "--tenant", "taken"], ExitCode.REFUSED, "key_nonsense"),
        (["tenant", "create", "a\nb"], ExitCode.USAGE, "without control characters and line breaks"),
        (["tenant", "limits", "taken", "--max-runs", "0"], ExitCode.USAGE, "--max-runs expects a number from 1 on"),
        (["tenant", "limits", "nobody", "--max-runs", "1"], ExitCode.REFUSED, "tenant list"),
    ],
    ids=[
        *("name taken", "blank", "long", "negative limit", "no tenant", "no role", "no key"),
        *("line break", "no limit", "no tenant to limit"),
    ],
)
def test_what_cannot_be_done_is_said(data: Path, arguments: list[str], code: ExitCode, said: str) -> None:
    done = call(*arguments, "--data", str(data))
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_limits_of_a_tenant_are_shown_and_changed_one_by_one(data: Path) -> None:
    before = ask(data, "tenant", "limits", "taken")
    assert (before["max_concurrent_runs"], before["may_run_own_commands"]) == (None, True)
    changed = ask(data, "tenant", "limits", "taken", "--max-runs", "20")
    assert changed == before | {"max_concurrent_runs": 20}
    assert ask(data, "tenant", "limits", before["id"], "--programs-only") == changed | {"may_run_own_commands": False}
    done = call("tenant", "limits", "taken", "--max-runs", "none", "--own-commands", "--data", str(data))
    assert (done.returncode, done.stdout) == (0, "Tenant taken: any number of runs at once, own commands.\n")
    assert ask(data, "tenant", "list") == [before]


def test_a_name_may_be_what_the_api_takes(data: Path) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert ask(data, "tenant", "create", family)["name"] == family
    assert ask(data, "key", "create", family, "--tenant", family)["name"] == family


def test_a_directory_without_a_portal_is_said_and_not_made(tmp_path: Path) -> None:
    for arguments in (["tenant", "list"], ["key", "list"], ["db", "status"]):
        done = call(*arguments, "--data", str(tmp_path / "none"))
        assert done.returncode == ExitCode.INSTALLATION
        assert "db upgrade" in done.stderr
    down = call("down", "--stop-runs", "--data", str(tmp_path / "none"))
    assert (down.returncode, down.stdout) == (0, f"No portal is up on {tmp_path / 'none'}.\n")
    doctor = call("doctor", "--data", str(tmp_path / "none"))
    assert doctor.returncode == 0
    assert "there is no portal" in doctor.stdout
    assert not (tmp_path / "none").exists()


def test_a_keeper_serves_in_no_directory_that_is_not_a_portals(tmp_path: Path) -> None:
    (tmp_path / "else").mkdir()
    for name in ("none", "else"):
        done = call("keeper", "--data", str(tmp_path / name))
        assert done.returncode == ExitCode.INSTALLATION
        assert f"{tmp_path / name} is no data directory of a portal." in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ["else"]


def test_the_tables_are_made_once_and_then_found(data: Path) -> None:
    first = ask(data, "db", "status")
    assert first["usable"]
    again = call("db", "upgrade", "--data", str(data))
    assert first["installation"] in again.stdout
    assert ask(data, "db", "upgrade") == first
    (data / "portal.db").write_bytes(b"no database at all" * 1000)
    broken = call("db", "status", "--data", str(data))
    assert broken.returncode == ExitCode.INSTALLATION
    assert "portal.db" in broken.stderr
    assert not ask(data, "db", "status")["usable"]


def test_a_database_that_another_process_writes_to_is_busy_and_no_refusal(data: Path) -> None:
    with closing(sqlite3.connect(data / "portal.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        done = call("key", "create", "ci", "--tenant", "taken", "--data", str(data))
        assert (done.returncode, done.stdout) == (ExitCode.DATABASE_BUSY, "")
        assert "Nothing was changed; try again." in done.stderr
        writer.execute("ROLLBACK")
    assert call("key", "create", "ci", "--tenant", "taken", "--data", str(data)).returncode == ExitCode.OK


def test_the_doctor_says_each_fact_with_what_it_buys(data: Path) -> None:
    examined = ask(data, "doctor")
    codes = [finding["code"] for finding in examined["findings"]]
    wanted = {
        *("kernel", "pidfd", "pidfs_inodes", "pidfd_exit", "subreaper", "children_file", "splice", "file_system"),
        *("durable_writes", "holes", "disk_room", "separate_users", "oom_protection", "cgroup", "database"),
        *("process_identity", "supervisor", "keeper", "run_root"),
    }
    assert wanted <= set(codes)
    assert all(finding["found"] and finding["means"] for finding in examined["findings"])
    assert examined["sound"]
    (data / "host.json").unlink()
    assert "host" in [finding["code"] for finding in ask(data, "doctor")["findings"]]


def test_the_doctor_says_how_processes_are_known_and_what_is_lost(data: Path) -> None:
    found = {}
    for wanted in ("auto", "psutil"):
        done = call("doctor", "--data", str(data), "--json", ADDON_PORTAL_PROCESS_IDENTITY=wanted)
        findings = {finding["code"]: finding for finding in json.loads(done.stdout)["findings"]}
        found[wanted] = findings["process_identity"]
        assert done.returncode == ExitCode.OK, "weaker is no problem"
    assert (found["auto"]["verdict"], found["auto"]["found"]) == ("ok", "pidfd")
    assert found["psutil"]["verdict"] == "fallback"
    assert "experimental" in found["psutil"]["found"]
    assert "outcome_unknown" in found["psutil"]["means"]


def test_the_doctor_asks_how_the_keeper_that_lives_is_protected(own_portal: Portal) -> None:
    def protection() -> dict[str, str]:
        findings: list[dict[str, str]] = own_portal.ask("doctor")["findings"]
        [finding] = [finding for finding in findings if finding["code"] == "oom_protection"]
        return finding

    own_portal.start("--no-samples")
    pid = own_portal.pid_of("keeper")
    score = Path(f"/proc/{pid}/oom_score_adj")
    said = f"the keeper (pid {pid}) has an oom_score_adj of "
    adjusted = int(score.read_text())
    assert protection()["found"] == f"{said}{adjusted}"
    assert protection()["verdict"] == ("ok" if adjusted < 0 else "fallback")
    score.write_text("100")  # which everybody may
    assert (protection()["verdict"], protection()["found"]) == ("fallback", f"{said}100")
    own_portal.call("down", "--stop-runs")
    assert protection()["found"].startswith("no keeper was looked at")


def test_what_is_not_there_is_started_by_up_or_as_a_service(data: Path) -> None:
    findings = {finding["code"]: finding["means"] for finding in ask(data, "doctor")["findings"]}
    for part in ("supervisor", "keeper"):
        assert f"addon-portal up --data {data} (or, as a service of its own: systemctl start" in findings[part]
        assert f"addon-portal-{part})" in findings[part]


def test_a_database_that_cannot_be_used_is_a_problem_to_the_doctor(data: Path) -> None:
    (data / "portal.db").write_bytes(b"no database at all" * 1000)
    done = call("doctor", "--data", str(data))
    assert done.returncode == ExitCode.TROUBLE_FOUND
    assert "PROBLEM database" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_parts_work_as_services_of_their_own(own_portal: Portal) -> None:
    data = str(own_portal.data)
    assert call("db", "upgrade", "--data", data).returncode == 0
    call("tenant", "create", "default", "--data", data)
    key = call("key", "create", "test", "--role", "operator", "--data", data).stdout.strip()
    services = [start("keeper", data), start("supervisor", data), start("api", data, "--port", "0")]
    try:
        url = first_line(services[2]).removeprefix("The API serves ").strip()
        portal = {"ADDON_PORTAL_URL": url, "ADDON_PORTAL_API_KEY": key}
        done = call("run", "--name", "hello", "--workspace", "--", "sh", "-c", "exit 3", cwd=None, **portal)
        assert done.returncode == 3, done.stderr
        second = call("supervisor", "--data", data)
        assert second.returncode == ExitCode.INSTALLATION
        assert str(services[1].pid) in second.stderr
        with socket.create_server(("127.0.0.1", 0)) as taken:
            refused = call("api", "--data", data, "--port", str(taken.getsockname()[1]))
        assert refused.returncode == ExitCode.INSTALLATION
        assert "is in use" in refused.stderr
    finally:
        for service in reversed(services):
            service.send_signal(signal.SIGTERM)
            service.communicate(timeout=60)


def start(name: str, data: str, *options: str) -> subprocess.Popen[str]:
    """Start one part."""
    return subprocess.Popen(
        [COMMAND, name, "--data", data, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=clean_environment(),
    )


def first_line(process: subprocess.Popen[str]) -> str:
    """What it says first."""
    assert process.stdout is not None
    return process.stdout.readline()


def test_nobody_answering_and_somebody_else_answering_are_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nobody = call("status", "--url", f"http://127.0.0.1:{port}", "--key", "ap_x")
    assert nobody.returncode == ExitCode.PORTAL_UNAVAILABLE
    assert "does not answer" in nobody.stderr
    serve = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(tmp_path)]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as other:
        port = int(first_line(other).split("port ")[1].split()[0])
        stranger = call("status", "--url", f"http://127.0.0.1:{port}", "--key", "ap_x")
        other.kill()
    assert stranger.returncode in (ExitCode.PORTAL_UNAVAILABLE, ExitCode.REFUSED)
    assert "Traceback" not in stranger.stderr
    assert call("status", "--url", "ftp://x", "--key", "ap_x").returncode == ExitCode.USAGE


def test_an_up_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "up.json").write_text("{")
    done = call("status", "--data", str(tmp_path))
    assert done.returncode == ExitCode.PORTAL_UNAVAILABLE
    assert "cannot be read" in done.stderr
