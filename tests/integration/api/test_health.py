"""/healthz and /readyz, and how the process begins and ends."""

import asyncio
import socket
import threading
from contextlib import closing
from pathlib import Path

import pytest

from addon_portal.api.main import create_app
from addon_portal.api.services.followers import HostChanged
from addon_portal.api.services.readiness import GOOD_FOR_SECONDS, Readiness
from addon_portal.config import load_settings
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.models import Role
from addon_portal.storage import Storage
from addon_portal.storage.errors import NotADatabase, SchemaTooOld, StorageUnavailable
from tests.integration.api.conftest import settings_with_tables
from tests.support.databases import PostgresServer
from tests.support.factories import LONG_AGO
from tests.support.served import ApiClient, Served, serve
from tests.support.waiting import wait_until
from tests.support.world import World, assert_problem, json_of


def test_it_lives_and_is_ready_without_a_credential(any_world: World) -> None:
    assert json_of(any_world.nobody.get("/healthz")) == {"status": "alive"}
    any_world.supervisor.sweep()  # the first was before the keys were made, which may be 3 s ago
    ready = any_world.nobody.get("/readyz")
    assert ready.status_code == 200
    assert json_of(ready)["supervisor"]["unreachable"] is False


def test_a_missing_supervisor_is_told_and_not_failed_for(world: World) -> None:
    world.supervisor.sweep(LONG_AGO)
    ready = world.nobody.get("/readyz")
    assert ready.status_code == 200
    assert json_of(ready)["supervisor"] == {"observed_at": "2020-01-01T00:00:00.000000Z", "unreachable": True}


def test_many_who_ask_take_the_turn_of_a_writer_once(sqlite_served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[None] = []
    portal = sqlite_served.app.state.portal
    readiness = Readiness(portal)
    check = Storage.check_schema

    def counted(storage: Storage) -> None:
        tried.append(None)
        check(storage)

    monkeypatch.setattr(Storage, "check_schema", counted)

    async def ask() -> list[HostChanged]:
        return await asyncio.gather(*(readiness.check() for _ in range(60)))

    before = portal.clock.monotonic()
    assert len(asyncio.run(ask())) == 60
    assert 1 <= len(tried) <= 1 + (portal.clock.monotonic() - before) / GOOD_FOR_SECONDS


def test_trouble_is_told_without_saying_where_the_database_is(tmp_path: Path) -> None:
    settings = settings_with_tables(data_dir=tmp_path)
    with serve(settings) as served, closing(World(served)) as world:
        settings.data.database.rename(tmp_path / "elsewhere")
        wait_until(lambda: world.nobody.get("/readyz").status_code == 503, "the portal to look at its database")
        problem = assert_problem(world.nobody.get("/readyz"), 503, "storage_trouble")
        assert str(tmp_path) not in str(problem)
        known = assert_problem(world.alice.get("/api/tenant/projects"), 503, "storage_trouble")
        assert str(tmp_path) in known["detail"]
        (tmp_path / "elsewhere").rename(settings.data.database)


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_another_method_is_refused(world: World, address: str) -> None:
    assert_problem(world.nobody.post(address), 405, "method_not_allowed")


@pytest.mark.parametrize("address", ["/api", "/api/tenant", "/api/tenant/projects/", "/metrics/", "/docs"])
def test_an_unknown_address_is_a_problem_document(world: World, address: str) -> None:
    assert_problem(world.alice.get(address), 404, "not_found")


def test_a_database_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="There is no database at"):
        create_app(load_settings(data_dir=tmp_path))


def test_a_database_without_tables_is_refused_at_the_start(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    settings.data.database.touch()
    with pytest.raises(SchemaTooOld, match="db upgrade"):
        create_app(settings)


def test_a_file_that_is_no_database_is_refused_at_the_start(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    settings.data.database.write_bytes(b"this is no database" * 1000)
    with pytest.raises(NotADatabase):
        create_app(settings)


def test_answers_do_not_wait_for_acknowledgements(world: World) -> None:
    (server,) = world.served.server.servers
    assert all(listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for listener in server.sockets)


@pytest.mark.slow
def test_an_end_of_the_process_ends_its_streams(tmp_path: Path) -> None:
    with serve(settings_with_tables(data_dir=tmp_path)) as served, closing(World(served)) as world:
        lines: list[str] = []
        started = threading.Event()

        def read() -> None:
            with world.alice.stream("GET", "/api/tenant/events") as response:
                for line in response.iter_lines():
                    lines.append(line)
                    started.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert started.wait(10)
        world.wait_for_followers(1)
        served.server.leave()
        reader.join(10)
        assert not reader.is_alive()
    assert any(line.startswith("event: host") for line in lines)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_database_that_goes_away_is_told_and_comes_back(tmp_path: Path, own_postgres_server: PostgresServer) -> None:
    url = own_postgres_server.url_of(own_postgres_server.create_database())
    settings = settings_with_tables(data_dir=tmp_path, database_url=url)
    with serve(settings) as served, closing(World(served)) as world:
        run = world.add_run()
        own_postgres_server.stop()
        for response in (world.nobody.get("/readyz"), world.alice.get(f"/api/tenant/runs/{run['run_id']}")):
            problem = assert_problem(response, 503, "storage_trouble")
            assert problem["cause"] == "storage_unavailable"
            is_known = response.request.url.path != "/readyz"
            assert ("psycopg" in problem["detail"] or "socket" in problem["detail"]) == is_known
            assert response.headers["retry-after"] == "1"
        assert world.nobody.get("/healthz").status_code == 200
        own_postgres_server.start()
        wait_until(lambda: world.nobody.get("/readyz").status_code == 200, "the portal to be ready again")
        assert world.get_run(run)["state"] == "pending"


@pytest.mark.slow
def test_a_database_that_is_busy_too_long_says_try_again(tmp_path: Path) -> None:
    settings = settings_with_tables(data_dir=tmp_path)
    with (
        closing(Storage.open(settings.database, clock=SystemClock(), busy_timeout_seconds=0.05)) as impatient,
        serve(settings, storage=impatient) as served,
        closing(World(served)) as world,
        closing(Storage.open(settings.database, clock=SystemClock())) as other,
    ):
        project = world.add_project()
        unused = world.add_key(world.tenant, "unused", Role.VIEWER)
        with other.write(), ApiClient(served, unused) as client:
            # Not even remembering the use of a key may keep a reader waiting.
            assert client.get("/api/tenant/projects").status_code == 200
            response = world.alice.post(f"/api/tenant/projects/{project['id']}/run")
            assert_problem(response, 503, "storage_busy")
            assert response.headers["retry-after"] == "1"
            assert world.alice.get(f"/api/tenant/projects/{project['id']}").status_code == 200
        assert world.alice.post(f"/api/tenant/projects/{project['id']}/run").status_code == 202
