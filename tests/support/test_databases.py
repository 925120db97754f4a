"""The databases that other tests stand on: apart from one another, and gone with their owner."""

import subprocess
import sys

import psutil
import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support.databases import PostgresServer
from tests.support.waiting import wait_until

OWNER = """
import sys
from tests.support.databases import PostgresServer, find_server_programs
with PostgresServer(find_server_programs()) as server:
    print(server.pid, server.directory, flush=True)
    sys.stdin.read()
"""


def test_sqlalchemy_reaches_either_database_and_finds_it_empty(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id INTEGER PRIMARY KEY)"))
        assert connection.execute(text("SELECT count(*) FROM only_here")).scalar_one() == 0
    engine.dispose()


@pytest.mark.postgres
def test_a_template_is_copied_with_its_tables(postgres_server: PostgresServer) -> None:
    template = postgres_server.create_database()
    with psycopg.connect(postgres_server.url_of(template)) as connection:
        connection.execute("CREATE TABLE facts (id INTEGER)")
    copy = postgres_server.create_database(template)
    with psycopg.connect(postgres_server.url_of(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM facts").fetchone() == (0,)
    for name in (template, copy):
        postgres_server.drop_database(name)


@pytest.mark.postgres
@pytest.mark.slow
def test_a_stopped_server_comes_back_with_its_data(own_postgres_server: PostgresServer) -> None:
    url = own_postgres_server.url_of("postgres")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (id INTEGER)")
    own_postgres_server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    own_postgres_server.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.postgres
@pytest.mark.slow
def test_a_server_dies_with_its_owner_however_that_is_killed(postgres_server: PostgresServer) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with owner:
        assert owner.stdout
        pid, directory = owner.stdout.readline().split()
        assert not has_ended(int(pid))
        owner.kill()
    wait_until(lambda: has_ended(int(pid)), "the orphaned server to end")
    subprocess.run(["rm", "-r", directory], check=True)


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or a zombie where nobody reaps orphans (a container without an init)."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
