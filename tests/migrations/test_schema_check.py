"""Databases that are empty, old, new, no databases at all or read-only: each is told in a sentence that helps."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from addon_portal.domain.clock import SystemClock
from addon_portal.domain.ids import has_form
from addon_portal.storage import Storage, schema
from addon_portal.storage.errors import (
    NotADatabase,
    ReadOnlyDatabase,
    SchemaTooNew,
    SchemaTooOld,
    StorageError,
    StorageUnavailable,
)
from tests.contract.storage.concurrency import start_python

NOBODY = 65534


def set_revision(url: str, revision: str) -> None:
    statement = f"UPDATE alembic_version SET version_num = '{revision}'"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
            file.execute(statement)
    else:
        with psycopg.connect(url) as server:
            server.execute(statement.encode())


def refusal_of(storage: Storage) -> StorageError:
    with pytest.raises(StorageError) as refused:
        storage.check_schema()
    return refused.value


@pytest.mark.slow
def test_an_upgraded_database_passes_and_keeps_its_identifier(storage: Storage, database_url: str) -> None:
    storage.upgrade()
    storage.check_schema()
    identifier = storage.installation_id
    assert has_form("ins_", identifier)
    storage.upgrade()
    with closing(Storage.open(database_url, clock=SystemClock())) as again:
        again.check_schema()
        assert again.installation_id == identifier


def test_a_database_without_tables_is_too_old(storage: Storage, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    refused = refusal_of(storage)
    assert isinstance(refused, SchemaTooOld)
    assert "db upgrade" in refused.message


def test_using_a_database_without_tables_says_what_to_do(storage: Storage, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    with pytest.raises(SchemaTooOld, match="db upgrade"):
        _ = storage.installation_id
    with pytest.raises(SchemaTooOld, match="db upgrade"), storage.write() as uow:
        uow.tenants.list()


@pytest.mark.slow
def test_a_database_of_an_older_version_is_told_to_be_upgraded(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.upgrade()
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "9999"))
    refused = refusal_of(storage)
    assert isinstance(refused, SchemaTooOld)
    assert "9999" in refused.message
    assert "backup" in refused.message


@pytest.mark.slow
def test_a_database_of_a_newer_version_is_left_alone(storage: Storage, database_url: str) -> None:
    storage.upgrade()
    set_revision(database_url, "4711")
    refused = refusal_of(storage)
    assert isinstance(refused, SchemaTooNew)
    assert "4711" in refused.message
    with pytest.raises(SchemaTooNew):
        storage.upgrade()


@pytest.mark.parametrize("content", [b"not a database, but long enough to have a header" * 30, b"x", b"\0" * 4096])
def test_a_file_that_is_no_database_is_named_and_left_alone(sqlite_url: str, content: bytes) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.write_bytes(content)
    with closing(Storage.open(sqlite_url, clock=SystemClock())) as storage:
        for attempt in (storage.check_schema, storage.upgrade):
            with pytest.raises(NotADatabase, match=str(path)):
                attempt()
    assert path.read_bytes() == content


@pytest.mark.slow
def test_a_damaged_database_is_told_as_such(sqlite_url: str) -> None:
    with closing(Storage.open(sqlite_url, clock=SystemClock())) as storage:
        storage.upgrade()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    with (
        closing(Storage.open(sqlite_url, clock=SystemClock())) as storage,
        pytest.raises(NotADatabase, match="damaged"),
    ):
        storage.check_schema()


def test_a_directory_is_no_database(tmp_path: Path) -> None:
    with closing(Storage.open(f"sqlite:///{tmp_path}", clock=SystemClock())) as storage:
        for attempt in (storage.check_schema, storage.upgrade):
            with pytest.raises(NotADatabase, match=str(tmp_path)):
                attempt()


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with closing(Storage.open(f"sqlite:///{tmp_path}/no/portal.db", clock=SystemClock())) as storage:
        with pytest.raises(StorageUnavailable, match="Create its directory"):
            storage.upgrade()
        refused = refusal_of(storage)
        assert isinstance(refused, StorageUnavailable)
        assert "Is its file system mounted?" in refused.message
    assert list(tmp_path.iterdir()) == [], "looking makes nothing"


CHECK = """
import sys
from addon_portal.domain.clock import SystemClock
from addon_portal.storage import Storage, StorageError
try:
    getattr(Storage.open(sys.argv[1], clock=SystemClock()), sys.argv[2])()
except StorageError as error:
    print(type(error).__name__, error.message)
"""


def refusal_without_rights(url: str, attempt: str) -> str:
    """What the attempt says in a process without the rights of root, whom no mode stops."""
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nothing"
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            with closing(Storage.open(url, clock=SystemClock())) as storage:
                getattr(storage, attempt)()
        except Exception as error:
            said = f"{type(error).__name__} {error}"
        finally:
            os.write(mouth, said.encode())
            os._exit(0)
    os.close(mouth)
    with open(ear) as told:
        said = told.read()
    assert os.waitpid(child, 0)[1] == 0
    return said


@pytest.mark.slow
@pytest.mark.parametrize("attempt", ["check_schema", "upgrade"])
@pytest.mark.parametrize("what", ["file", "directory"])
def test_a_database_that_may_only_be_read_is_told_as_such(sqlite_url: str, what: str, attempt: str) -> None:
    with closing(Storage.open(sqlite_url, clock=SystemClock())) as storage:
        storage.upgrade()
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    for directory in (path.parent, *path.parent.parents[:3]):
        directory.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(path, NOBODY, NOBODY)
        os.chown(path.parent, NOBODY, NOBODY)
    path.chmod(0o444 if what == "file" else 0o644)
    path.parent.chmod(0o555 if what == "directory" else 0o755)
    said = refusal_without_rights(sqlite_url, attempt)
    path.parent.chmod(0o755)
    assert said.startswith(ReadOnlyDatabase.__name__), said
    assert str(path) in said


@pytest.mark.slow
@pytest.mark.postgres
def test_a_server_that_may_only_be_read_is_told_as_such(postgres_url: str) -> None:
    with closing(Storage.open(postgres_url, clock=SystemClock())) as storage:
        storage.upgrade()
    only_read = f"{postgres_url}&options=-c%20default_transaction_read_only%3Don"
    with closing(Storage.open(only_read, clock=SystemClock())) as storage:
        assert isinstance(refusal_of(storage), ReadOnlyDatabase)


@pytest.mark.postgres
def test_a_database_that_the_server_does_not_have_is_named(postgres_url: str) -> None:
    missing = postgres_url.replace("/test_", "/missing_")
    with closing(Storage.open(missing, clock=SystemClock())) as storage:
        refused = refusal_of(storage)
    assert isinstance(refused, StorageUnavailable)
    assert "names a database" in refused.message


def test_a_server_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with closing(Storage.open(f"postgresql:///portal?host={tmp_path}", clock=SystemClock())) as storage:
        refused = refusal_of(storage)
    assert isinstance(refused, StorageUnavailable)
    assert refused.worth_retrying


@pytest.mark.parametrize("url", ["", "portal.db", "sqlite://", "sqlite:///", "mysql://host/db", "sqlite:///:memory:"])
def test_an_address_that_means_nothing_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="database URL"):
        Storage.open(url, clock=SystemClock())


def test_percent_escapes_in_a_path_are_decoded(tmp_path: Path) -> None:
    with closing(Storage.open(f"sqlite:///{tmp_path}/a%20b%3Fc%25.db", clock=SystemClock())) as storage:
        storage.upgrade()
        storage.check_schema()
    assert (tmp_path / "a b?c%.db").exists()


@pytest.mark.slow
def test_several_processes_may_upgrade_at_once(database_url: str) -> None:
    workers = [start_python("tests.contract.storage.worker", database_url, "upgrade") for _ in range(4)]
    told = {worker.communicate("go\n", timeout=60)[0] for worker in workers}
    assert [worker.returncode for worker in workers] == [0] * 4
    assert len(told) == 1, "one installation"


def test_neither_sqlalchemy_nor_alembic_is_loaded_where_there_is_nothing_to_upgrade(sqlite_url: str) -> None:
    with closing(Storage.open(sqlite_url, clock=SystemClock())) as storage:
        storage.upgrade()
    program = CHECK + "assert not {'sqlalchemy', 'alembic', 'psycopg'} & sys.modules.keys(), sorted(sys.modules)"
    for attempt in ("check_schema", "upgrade"):
        done = subprocess.run([sys.executable, "-c", program, sqlite_url, attempt], capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
