"""What cannot be meant or done ends with one sentence, a documented code, and nothing changed."""

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, call, clean_environment
from tests.support.nursery import COMMAND

pytestmark = pytest.mark.slow

NO_PORTAL = ["--url", "http://127.0.0.1:9", "--key", "k"]
LATIN_1 = os.fsdecode(b"caf\xe9")


def assert_is_one_sentence(done: subprocess.CompletedProcess[str], code: ExitCode, said: str) -> None:
    """The command ended as documented, and not with a traceback."""
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == code


@pytest.mark.parametrize("command", ["up", "status", "doctor", "down"])
def test_an_empty_data_directory_is_refused(command: str, tmp_path: Path) -> None:
    assert_is_one_sentence(call(command, "--data", "", cwd=tmp_path), ExitCode.USAGE, "got an empty path")
    done = call(command, cwd=tmp_path, ADDON_PORTAL_DATA="")
    assert "ADDON_PORTAL_DATA" in done.stderr
    assert done.returncode == (ExitCode.USAGE if command == "status" else ExitCode.INSTALLATION)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--url", "http://127.0.0.1:99999", "--key", "k"], ExitCode.USAGE, "is no address of a portal"),
        (["--url", "http://127.0.0.1:abc", "--key", "k"], ExitCode.USAGE, "is no address of a portal"),
        (["--url", "http://[::1", "--key", "k"], ExitCode.USAGE, "is no address of a portal"),
        (["--url", f"http://{'a' * 70}.b", "--key", "k"], ExitCode.USAGE, "is no address of a portal"),
        (["--url", "http://127.0.0.1:9", "--key", "a\nb"], ExitCode.NOT_ALLOWED, "The API key is not valid"),
        (["--url", "http://127.0.0.1:9", "--key", "日本"], ExitCode.NOT_ALLOWED, "The API key is not valid"),
    ],
    ids=["port too large", "port no number", "half an address", "label too long", "key with newline", "key not ascii"],
)
def test_an_address_or_key_that_cannot_be_one_is_told(arguments: list[str], code: ExitCode, said: str) -> None:
    assert_is_one_sentence(call("status", *arguments), code, said)


def test_names_that_are_no_text_are_told(portal: Portal) -> None:
    assert_is_one_sentence(portal.call("show", LATIN_1), ExitCode.USAGE, "is not UTF-8 text")
    done = portal.call("run", "--name", LATIN_1, "--", "true")
    assert_is_one_sentence(done, ExitCode.USAGE, "is not UTF-8 text")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["status"], ExitCode.TROUBLE_FOUND),
        (["status", "--json"], ExitCode.TROUBLE_FOUND),
        (["run", "sample-hello"], ExitCode.NOT_FINISHED),
        (["logs", "sample-hello"], ExitCode.TROUBLE_FOUND),
    ],
    ids=["table", "json", "run", "logs"],
)
def test_output_that_has_no_room_is_told(portal: Portal, arguments: list[str], code: ExitCode) -> None:
    if arguments[0] == "logs":
        assert portal.call("run", "sample-hello").returncode == ExitCode.OK
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, *arguments, "--data", str(portal.data)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env=clean_environment(),
        )
    assert_is_one_sentence(done, code, "No space left on device")
    assert len(done.stderr.splitlines()) == 1


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.db"
    with sqlite3.connect(theirs) as connection:
        connection.execute("CREATE TABLE projects (id INTEGER)")
    connection.close()
    before = theirs.read_bytes()
    given = ["--data", str(tmp_path / "data"), "--database-url", f"sqlite:///{theirs}"]
    for command in (["up", "--port", "0"], ["db", "upgrade"]):
        assert_is_one_sentence(call(*command, *given), ExitCode.INSTALLATION, "is not a database of the portal")
    assert theirs.read_bytes() == before


@pytest.mark.parametrize("address", ["/dev/null", "/dev"])
def test_a_database_that_is_no_file_is_refused(tmp_path: Path, address: str) -> None:
    given = ["--data", str(tmp_path / "data"), "--database-url", f"sqlite:///{address}"]
    for command in (["up", "--port", "0"], ["db", "upgrade"], ["db", "status"]):
        assert_is_one_sentence(call(*command, *given), ExitCode.INSTALLATION, "it is no regular file")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--env", "A B=3"], "env: expected names of letters, digits and _ that begin with no digit, got 'A B'"),
        (["--env", "=1"], "env: expected names of letters, digits and _ that begin with no digit, got ''"),
        (["--note", "n" * 3000], "note: expected at most 2000 characters"),
    ],
    ids=["name of a variable", "no name of a variable", "note too long"],
)
def test_a_refused_run_makes_and_changes_no_project(portal: Portal, arguments: list[str], said: str) -> None:
    done = portal.call("run", "never-made", *arguments, "--", "true")
    assert_is_one_sentence(done, ExitCode.REFUSED, f"The run cannot be requested: {said}")
    assert portal.ask("project", "list", "--search", "never-made") == []
    before = portal.ask("project", "show", "sample-hello")
    assert portal.call("run", "sample-hello", *arguments, "--", "false").returncode == ExitCode.REFUSED
    assert portal.ask("project", "show", "sample-hello")["definition_version"] == before["definition_version"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"day": "caf\xe9"}', "parameters.json' is not UTF-8 text, as JSON must be."),
        (b'{"a":' * 100_000, "--parameters is nested too deeply to be read."),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "--parameters gives 'c' more than one value."),
        (b'{"a": 1', "--parameters is no JSON: "),
        (b"[1]", "--parameters must be a JSON object"),
    ],
    ids=["bytes", "nested", "twice", "half", "array"],
)
def test_parameters_that_cannot_be_read_are_told(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "parameters.json").write_bytes(content)
    done = call("run", "hello", "--parameters", f"@{tmp_path}/parameters.json", *NO_PORTAL)
    assert_is_one_sentence(done, ExitCode.USAGE, said)


@pytest.mark.parametrize(("name", "said"), [("none", "No such file"), (".", "Is a directory")])
def test_a_file_of_parameters_that_is_none_is_told(tmp_path: Path, name: str, said: str) -> None:
    done = call("restart", "hello", "--parameters", f"@{tmp_path}/{name}", *NO_PORTAL)
    assert_is_one_sentence(done, ExitCode.USAGE, f"cannot be read: {said}")


@pytest.mark.parametrize("command", [["run", "x"], ["project", "update", "x"]], ids=["run", "update"])
def test_two_places_to_start_in_are_refused(command: list[str]) -> None:
    done = call(*command, "--cwd", "/", "--workspace", *NO_PORTAL)
    assert_is_one_sentence(done, ExitCode.USAGE, "two places to start in")


def test_an_address_to_listen_on_that_is_none_is_told(tmp_path: Path) -> None:
    done = call("up", "--host", "föö..", "--data", str(tmp_path / "data"))
    assert_is_one_sentence(done, ExitCode.INSTALLATION, "is no address or name of a machine")
    assert not (tmp_path / "data").exists()


def test_every_wrong_setting_has_a_line_of_its_own(tmp_path: Path) -> None:
    done = call(*("doctor", "--data", str(tmp_path)), ADDON_PORTAL_PORT="x", RESTARTABLE_STATUSES="bogus,running")
    assert done.returncode == ExitCode.INSTALLATION
    assert done.stderr.splitlines() == [
        "addon-portal: The settings cannot be used.",
        "  ADDON_PORTAL_PORT: expected a whole number, got 'x'",
        "  RESTARTABLE_STATUSES: expected final states only (cancelled, completed, failed), got 'bogus,running'",
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(["statuss"], "'status'"), (["stp"], "'stop'"), (["key", "crate"], "'create'"), (["bogus"], None), (["x"], None)],
)
def test_a_command_that_does_not_exist_is_taken_for_another_only_if_it_is_nearly_that(
    typed: list[str], meant: str | None
) -> None:
    done = call(*typed)
    assert_is_one_sentence(done, ExitCode.USAGE, "No such command")
    assert ("Did you mean" in done.stderr) == (meant is not None)
    assert meant is None or f"Did you mean {meant}" in done.stderr


@pytest.mark.parametrize("group", ["project", "program", "tenant", "key", "db"])
def test_the_help_of_a_group_has_examples(group: str) -> None:
    _, _, examples = call(group, "--help").stdout.partition("Examples:\n")
    assert examples.strip().startswith(f"addon-portal {group} ")
