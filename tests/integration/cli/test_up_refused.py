"""What `up` refuses to begin with, in sentences, before anything is started."""

import os
import shutil
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal, call, clean_environment, find_processes
from tests.support.nursery import COMMAND

pytestmark = pytest.mark.slow


def test_a_second_up_is_refused_with_the_pid_of_the_first(own_portal: Portal) -> None:
    own_portal.start()
    assert own_portal.process is not None
    done = call("up", "--data", str(own_portal.data), "--port", "0")
    assert done.returncode == ExitCode.INSTALLATION
    assert f"pid {own_portal.process.pid}" in done.stderr


def test_a_port_in_use_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = call("up", "--data", str(tmp_path / "data"), "--port", port)
    assert done.returncode == ExitCode.INSTALLATION
    assert f"Port {port} of 127.0.0.1 is in use by another program." in done.stderr
    assert not (tmp_path / "data").exists()
    assert not find_processes(tmp_path)


def test_a_port_that_another_portal_uses_is_told_as_such(own_portal: Portal, tmp_path: Path) -> None:
    own_portal.start("--no-samples")
    done = call("up", "--data", str(tmp_path / "other"), "--port", str(own_portal.port))
    assert done.returncode == ExitCode.INSTALLATION
    assert f"Port {own_portal.port} of 127.0.0.1 is in use by another Addon Portal." in done.stderr
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "192.0.2.1", "--port", "0"], "no address 192.0.2.1"),
        (["--port", "70000"], "65535"),
        (["--database-url", "mysql://x"], "DATABASE_URL: expected sqlite:///path or postgresql://"),
        (["--database-url", "sqlite:////nowhere/at/all.db", "--port", "0"], "/nowhere/at"),
    ],
    ids=["foreign address", "impossible port", "other database", "no directory"],
)
def test_options_that_cannot_be_used_are_told_in_a_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = call("up", "--data", str(tmp_path / "data"), *arguments)
    assert done.returncode in (ExitCode.INSTALLATION, ExitCode.USAGE)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not find_processes(tmp_path)


def test_a_database_file_that_is_none_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "portal.db").write_text("this is a letter, and a rather long one\n" * 100)
    done = call("up", "--data", str(tmp_path), "--port", "0")
    assert done.returncode == ExitCode.INSTALLATION
    assert "portal.db" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert (tmp_path / "portal.db").read_text().startswith("this is a letter")
    assert not find_processes(tmp_path)


def test_a_database_of_a_newer_version_is_refused(own_portal: Portal) -> None:
    from contextlib import closing

    own_portal.data.mkdir()
    assert call("db", "upgrade", "--data", str(own_portal.data)).returncode == 0
    with closing(sqlite3.connect(own_portal.data / "portal.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    done = call("up", "--data", str(own_portal.data), "--port", "0")
    assert done.returncode == ExitCode.INSTALLATION
    assert "9999" in done.stderr
    assert call("db", "status", "--data", str(own_portal.data)).returncode == ExitCode.INSTALLATION
    with closing(sqlite3.connect(own_portal.data / "portal.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0001'")


def test_a_data_directory_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = call("up", "--data", str(tmp_path / "file" / "data"), "--port", "0")
    assert done.returncode == ExitCode.INSTALLATION
    assert "Choose a directory that you may write" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("unshare") is None, reason="root needs unshare(1) to obey modes")
def test_a_directory_that_may_not_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    without_rights = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
    command = [*without_rights, COMMAND, "up", "--data", str(tmp_path / "data"), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, env=clean_environment(), timeout=60)
    tmp_path.chmod(0o700)
    if "unshare failed" in done.stderr:
        pytest.skip("user namespaces are not allowed here")
    assert done.returncode == ExitCode.INSTALLATION
    assert "Permission denied. Choose a directory that you may write" in done.stderr
