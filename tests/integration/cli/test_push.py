"""`project push`: a directory becomes code, and runs begin among its files."""

import os
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

COUNT = (
    "import os; n = len(open('seen').read()) if os.path.exists('seen') else 0; open('seen', 'a').write('x'); print(n)"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A directory with a program."""
    place = tmp_path / "source"
    (place / "lib").mkdir(parents=True)
    (place / "count.py").write_text(COUNT)
    (place / "lib" / "data").write_text("one\n")
    return place


def test_a_pushed_directory_is_run_kept_and_begun_anew(portal: Portal, source: Path) -> None:
    made = portal.call("project", "push", str(source), "--name", "counts", "--", "python3", "count.py")
    assert made.returncode == 0, made.stderr
    assert "3 entries" in made.stdout
    assert f"addon-portal run counts --data {portal.data}" in made.stdout
    assert portal.call("run", "counts").stdout == "0\n"
    assert portal.call("restart", "counts", "--follow").stdout == "1\n"
    assert portal.call("restart", "counts", "--workspace", "clean", "--follow").stdout == "0\n"


def test_new_code_is_for_new_versions_and_a_restart_repeats_what_ran(portal: Portal, source: Path) -> None:
    portal.call("project", "push", str(source), "--name", "versions", "--", "cat", "lib/data")
    assert portal.call("run", "versions").stdout == "one\n"
    (source / "lib" / "data").write_text("two\n")
    pushed = portal.ask("project", "push", str(source), "--name", "versions")
    assert pushed["definition_version"] == 3
    assert portal.call("restart", "versions", "--follow").stdout == "one\n"
    assert portal.call("restart", "versions", "--workspace", "clean", "--follow").stdout == "one\n"
    assert portal.call("restart", "versions", "--definition", "latest", "--follow").stdout == "two\n"
    again = portal.call("project", "push", str(source), "--name", "versions")
    assert "was the code of project versions already, version 3" in again.stdout
    assert "3 entries" in portal.call("project", "show", "versions").stdout


def test_the_directorys_name_and_a_changed_command(portal: Portal, source: Path) -> None:
    assert portal.call("project", "push", ".", "--", "cat", "lib/data", cwd=source).returncode == 0
    assert portal.call("run", "source").stdout == "one\n"
    assert portal.call("project", "push", ".", "--", "echo", "other", cwd=source).returncode == 0
    assert portal.call("run", "source").stdout == "other\n"


def test_what_is_left_out(portal: Portal, source: Path) -> None:
    for name in (
        ".git/config",
        "__pycache__/x.pyc",
        "a.log",
        "lib/b.log",
        "build/x",
        "lib/build",
        "docs/top",
        "lib/docs/kept",
    ):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text("")
    os.mkfifo(source / "fifo")
    (source / "link").symlink_to("lib/data")
    (source / ".addonportalignore").write_text("# not these\n*.log\nbuild/\n\n/docs\n")
    portal.call("project", "push", str(source), "--name", "rules", "--", "find", ".", "-mindepth", "1")
    assert sorted(portal.call("run", "rules").stdout.split()) == [
        *("./.addonportalignore", "./count.py", "./lib", "./lib/build", "./lib/data", "./lib/docs", "./lib/docs/kept"),
        "./link",
    ]


@pytest.mark.parametrize("rule", ["!kept", "a/**/b"])
def test_a_rule_that_is_not_known_is_told(portal: Portal, source: Path, rule: str) -> None:
    (source / ".addonportalignore").write_text(f"*.log\n{rule}\n")
    done = portal.call("project", "push", str(source), "--", "true")
    assert done.returncode == ExitCode.USAGE
    assert ".addonportalignore, line 2" in done.stderr


def test_a_new_project_needs_a_command(portal: Portal, source: Path) -> None:
    done = portal.call("project", "push", str(source), "--name", "nobody")
    assert done.returncode == ExitCode.USAGE
    assert "after --" in done.stderr


def test_refusals_say_what_to_do(portal: Portal, source: Path) -> None:
    portal.call("project", "create", "elsewhere", "--cwd", "/tmp", "--", "true")
    done = portal.call("project", "push", str(source), "--name", "elsewhere")
    assert (done.returncode, done.stdout) == (ExitCode.REFUSED, "")
    assert "--workspace" in done.stderr
    (source / "out").symlink_to("/etc")
    done = portal.call("project", "push", str(source), "--name", "links", "--", "true")
    assert done.returncode == ExitCode.REFUSED
    assert "'out', which is a link to an absolute path" in done.stderr


def test_a_workspace_that_cannot_be_filled_is_told_and_a_clean_one_can(portal: Portal, source: Path) -> None:
    portal.call("project", "push", str(source), "--name", "blocked", "--", "sh", "-c", "rm -rf lib; ln -s /tmp lib")
    assert portal.call("run", "blocked").returncode == 0
    (source / "lib" / "data").write_text("two\n")
    portal.call("project", "push", str(source), "--name", "blocked")
    done = portal.call("run", "blocked")
    assert done.returncode == ExitCode.COULD_NOT_START
    assert "lib" in done.stderr
    assert not Path("/tmp/data").exists()
    assert portal.call("restart", "blocked", "--workspace", "clean", "--follow").returncode == 0
