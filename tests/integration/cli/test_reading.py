"""What commands that read print, for people and for programs: `status`, `runs`, `show`, `compare`, `logs`, others."""

import json
import signal

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, call

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def history(portal: Portal) -> None:
    """One run that failed and one that succeeded."""
    portal.call("run", "--name", "fails", "--", "sh", "-c", "echo '\x1b[31mred'; exit 5")
    portal.call("run", "--name", "works", "--workspace", "--", "echo", "fine")


def test_the_status_shows_every_project_with_what_happened(portal: Portal) -> None:
    done = portal.call("status")
    assert "The program ended with exit code 5." in done.stdout
    assert "sample-hello" in done.stdout
    assert "active runs: none" in done.stdout
    assert "\x1b" not in done.stdout
    names = {project["name"] for project in portal.ask("status")["projects"]}
    assert names >= {"fails", "works", "sample-hello", "sample-fails", "sample-counts"}


def test_the_status_shows_what_is_active_before_what_is_new(portal: Portal) -> None:
    run_id = portal.run_until_output("--name", "goes-on", "--", "sh", "-c", "echo up; exec sleep 1000")
    portal.call("run", "sample-hello")
    portal.call("project", "create", "newer", "--", "true")
    found = portal.ask("status", "--limit", "2")
    assert [project["name"] for project in found["projects"]] == ["goes-on", "sample-hello"]
    assert found["projects"][0]["latest_run"]["run_id"] == run_id
    assert portal.call("status", "--limit", "1").stdout.splitlines()[1].startswith("goes-on ")
    portal.call("project", "delete", "newer")
    assert portal.call("stop", "goes-on", "--wait").returncode == 0


def test_runs_can_be_filtered(portal: Portal) -> None:
    failed = portal.ask("runs", "--state", "failed", "--state", "cancelled", "--reason", "exit_code")
    assert {run["project_name"] for run in failed} == {"fails"}
    assert portal.ask("runs", "works", "--state", "failed") == []
    assert portal.ask("runs", "--since", "2100-01-01T00:00:00Z") == []
    none = portal.call("runs", "works", "--state", "failed")
    assert (none.returncode, none.stdout) == (0, "")
    assert "no such runs" in none.stderr
    wrong = portal.call("runs", "--state", "sleeping")
    assert wrong.returncode == ExitCode.REFUSED
    assert "sleeping" in wrong.stderr


def test_a_run_is_shown_with_its_evidence_and_cannot_steer_the_terminal(portal: Portal) -> None:
    done = portal.call("show", "fails")
    assert done.stdout.startswith("The program ended with exit code 5.\nNext: ")
    assert "child record" in done.stdout
    assert '"wait_status": 1280' in done.stdout
    assert "\\x1b[31mred" in done.stdout
    assert "\x1b" not in done.stdout


def test_logs_are_the_bytes_of_the_program(portal: Portal) -> None:
    assert portal.call("logs", "fails").stdout == "\x1b[31mred\n"
    assert portal.call("logs", "fails", "--offset", "5").stdout == "red\n"
    assert portal.call("logs", "fails", "--offset", "9").stdout == ""
    assert portal.ask("logs", "works") == {
        "offset": 0,
        "next_offset": 5,
        "size": 5,
        "eof": True,
        "final": True,
        "first_offset": 0,
        "dropped": None,
        "text": "fine\n",
    }
    followed = portal.call("logs", "-f", "fails")
    assert (followed.returncode, followed.stdout) == (5, "\x1b[31mred\n")


def test_a_run_is_compared_with_the_last_that_succeeded(portal: Portal) -> None:
    for code in ("0", "4"):
        portal.call("run", "--name", "varies", "--env", f"TOKEN=secret-{code}", "--", "sh", "-c", f"exit {code}")
    done = portal.call("compare", "varies")
    assert done.returncode == 0, done.stderr
    assert "left: varies 2" in done.stdout
    assert "right: varies 1" in done.stdout
    rows = {tuple(line.split()) for line in done.stdout.splitlines()}
    assert {("environment", "TOKEN", "***", "***"), ("result", "exit_code", "4", "0")} <= rows
    assert "secret" not in done.stdout
    found = portal.ask("compare", "fails", "varies")
    assert (found["left"]["project_name"], found["right"]["project_name"]) == ("fails", "varies")
    nothing = portal.call("compare", "fails")
    assert nothing.returncode == ExitCode.REFUSED
    assert "No run of this project has succeeded" in nothing.stderr
    assert "Nothing differs." in portal.call("compare", "fails", "fails").stderr


def test_the_numbers_of_a_time_are_shown(portal: Portal) -> None:
    hours = portal.ask("stats", "fails")
    assert (hours["bucket"], hours["total"]["failed"], len(hours["buckets"])) == ("hour", 1, 24)
    lines = portal.call("stats", "works", "--bucket", "day").stdout.splitlines()
    assert lines[0].split() == ["FROM", "COMPLETED", "FAILED", "UNKNOWN", "CANCELLED", "MEDIAN", "95", "%"]
    assert [line.split()[1] for line in lines[1:]] == ["1", "1"]
    nothing = portal.call("stats", "--until", "2020-01-01T00:00:00Z")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "No run ended" in nothing.stderr
    assert portal.call("stats", "--bucket", "week").returncode == ExitCode.REFUSED
    assert "Ended in the last 24 hours: " in portal.call("status").stdout


def test_logs_can_be_searched_at_the_portal(portal: Portal) -> None:
    script = "echo one oops; echo two; echo Oops oops $TOKEN; printf 'no end oops'"
    portal.call("run", "--name", "finds", "--env", "TOKEN=correct-horse", "--", "sh", "-c", script)
    assert portal.call("logs", "finds", "--grep", "oops").stdout == ("one oops\nOops oops *************\nno end oops\n")
    assert portal.call("logs", "finds", "--grep", "OOPS").stdout == ""
    assert [place["offset"] for place in portal.ask("logs", "finds", "--grep", "OOPS", "-i")] == [4, 13, 18, 44]
    assert portal.call("logs", "finds", "--grep", "oops", "--offset", "20").stdout == "no end oops\n"
    assert portal.call("logs", "finds", "--grep", "horse").stdout == ""
    assert portal.call("logs", "finds", "--grep", "x", "-f").returncode == ExitCode.USAGE
    assert portal.call("logs", "finds", "-i").returncode == ExitCode.USAGE
    refused = portal.call("logs", "finds", "--grep", "x" * 201)
    assert (refused.returncode, refused.stdout) == (ExitCode.REFUSED, "")
    assert "q: expected" in refused.stderr


def test_watching_shows_each_change(portal: Portal) -> None:
    watcher = portal.popen("status", "--watch", "--json")
    assert watcher.stdout is not None
    first, then = json.loads(watcher.stdout.readline()), json.loads(watcher.stdout.readline())
    assert (first["event"], then["event"]) == ("status", "host")
    assert first["data"]["projects"]
    portal.call("run", "works")
    events = (json.loads(line)["data"] for line in watcher.stdout)
    completed = next(run for run in events if run.get("state") == "completed")
    watcher.send_signal(signal.SIGINT)
    watcher.communicate(timeout=60)
    assert watcher.returncode == 0
    assert completed["project_name"] == "works"


def test_projects_are_made_changed_listed_and_deleted(portal: Portal) -> None:
    made = portal.ask(
        *("project", "create", "nightly", "--cwd", "/srv", "--env", "A=1", "--parameters", '{"day": 7}'),
        *("--stop-signal", "SIGINT", "--grace", "3", "--", "echo", "hi"),
    )
    assert (made["command"], made["working_directory"], made["env"]) == (["echo", "hi"], "/srv", {"A": "1"})
    assert made["stop"] == {"signal": "SIGINT", "grace_seconds": 3}
    taken = portal.call("project", "create", "nightly", "--", "true")
    assert taken.returncode == ExitCode.REFUSED
    assert "Choose another name" in taken.stderr
    changed = portal.ask("project", "update", "nightly", "--name", "hourly", "--workspace", "--", "echo", "ho")
    assert (changed["id"], changed["name"], changed["command"]) == (made["id"], "hourly", ["echo", "ho"])
    assert (changed["parameters"], changed["working_directory"]) == ({"day": 7}, None)
    assert portal.ask("project", "update", "hourly", "--env", "B=2")["env"] == {"A": "1", "B": "2"}
    assert portal.ask("project", "update", "hourly", "--env", "B=3", "--unset-env", "A")["env"] == {"B": "3"}
    both = portal.call("project", "update", "hourly", "--env", "B=4", "--unset-env", "B")
    assert (both.returncode, both.stdout) == (ExitCode.USAGE, "")
    assert [project["name"] for project in portal.ask("project", "list", "--search", "HOUR")] == ["hourly"]
    assert "echo ho" in portal.call("project", "show", made["id"]).stdout
    assert portal.ask("project", "delete", "hourly") == {"id": made["id"], "name": "hourly", "deleted": True}
    assert portal.call("project", "show", "hourly").returncode == ExitCode.REFUSED


def test_a_program_is_offered_and_run_with_parameters(portal: Portal) -> None:
    schema = '{"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}'
    made = portal.ask("program", "create", "sayer", "--schema", schema, "--", "echo", "{word}")
    assert made["name"] in portal.call("program", "list").stdout
    wrong = portal.call("project", "create", "says", "--program", "sayer")
    assert wrong.returncode == ExitCode.REFUSED
    assert "word" in wrong.stderr
    portal.call("project", "create", "says", "--program", "sayer", "--parameters", '{"word": "aha"}')
    assert portal.call("run", "says").stdout == "aha\n"


def test_a_cleanup_answers_with_its_report(portal: Portal) -> None:
    report = portal.ask("cleanup")["report"]
    assert report["looked_at"] == 0
    assert "looked_at" in portal.call("cleanup").stdout


def test_the_portal_is_found_by_option_and_environment(portal: Portal) -> None:
    known = portal.up_file()
    assert call("status", "--url", known["url"], "--key", known["api_key"]).returncode == 0
    assert call("status", ADDON_PORTAL_URL=known["url"], ADDON_PORTAL_API_KEY=known["api_key"]).returncode == 0
    assert call("status", ADDON_PORTAL_DATA=str(portal.data)).returncode == 0
    keyless = call("status", "--url", known["url"])
    assert keyless.returncode == ExitCode.USAGE
    assert "ADDON_PORTAL_API_KEY" in keyless.stderr


def test_a_key_that_is_wrong_or_too_weak_has_a_code_of_its_own(portal: Portal) -> None:
    assert portal.call("status", "--key", "ap_nonsense").returncode == ExitCode.NOT_ALLOWED
    viewer = portal.ask("key", "create", "looks", "--role", "viewer")["api_key"]
    assert portal.call("status", "--key", viewer).returncode == 0
    refused = portal.call("run", "works", "--key", viewer)
    assert refused.returncode == ExitCode.NOT_ALLOWED
    assert "member" in refused.stderr


def test_the_doctor_finds_a_living_portal_well(portal: Portal) -> None:
    found = {finding["code"]: finding for finding in portal.ask("doctor")["findings"]}
    assert found["supervisor"]["found"].startswith(f"pid {portal.pid_of('supervisor')}")
    assert {code for code, finding in found.items() if finding["verdict"] == "problem"} == set()
    assert found["run_directories"]["verdict"] == "ok"
    stranger = portal.data / "runs" / "run_0123456789abcdefghjkmnpqrs"
    stranger.mkdir()
    found = {finding["code"]: finding for finding in portal.ask("doctor")["findings"]}
    stranger.rmdir()
    assert stranger.name in found["run_directories"]["found"]
