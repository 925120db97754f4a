"""Tenants, keys, programs, hosts, idempotency keys and clean-ups: what goes in comes out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from addon_portal.domain import ids
from addon_portal.domain.errors import NameTaken, NotFound
from addon_portal.domain.ids import CleanupId, HostId, KeyId, ProgramId, TenantId
from addon_portal.domain.models import Host, Program, Tenant
from addon_portal.storage import CleanupRequest
from addon_portal.storage.cleanups import KEPT_FOR
from tests.contract.storage.world import World

ANY_PATH = "/api/tenant/projects/prj_1/run"


def test_a_tenant_comes_out_as_it_went_in(world: World) -> None:
    with world.storage.read() as uow:
        assert uow.tenants.get(world.charlie.id) == world.charlie
        assert uow.tenants.find_by_name("charlie") == world.charlie
        assert uow.tenants.list() == (world.alice, world.charlie)


def test_a_tenant_that_is_not_there_is_not_found(world: World) -> None:
    with world.storage.read() as uow:
        assert uow.tenants.find_by_name("nobody") is None
        with pytest.raises(NotFound):
            uow.tenants.get(TenantId("ten_nobody"))
    with pytest.raises(NotFound), world.storage.write() as uow:
        uow.tenants.update_limits(TenantId("ten_nobody"), max_concurrent_runs=1, may_run_own_commands=True)


def test_two_tenants_cannot_have_one_name(world: World) -> None:
    namesake = Tenant(ids.new_tenant_id(world.now()), "charlie", world.now())
    with pytest.raises(NameTaken), world.storage.write() as uow:
        uow.tenants.insert(namesake)


def test_the_limits_of_a_tenant_can_be_changed(world: World) -> None:
    with world.storage.write() as uow:
        uow.tenants.update_limits(world.charlie.id, max_concurrent_runs=None, may_run_own_commands=False)
        changed = replace(world.charlie, max_concurrent_runs=None, may_run_own_commands=False)
        assert uow.tenants.get(world.charlie.id) == changed


def test_a_key_is_found_by_its_hash_together_with_its_tenant(world: World) -> None:
    key = world.new_key()
    with world.storage.write() as uow:
        uow.credentials.insert_key(key, b"\0\xffhash")
        assert uow.credentials.find_by_hash(b"\0\xffhash") == (key, world.alice)
        assert uow.credentials.find_by_hash(b"another") is None
        assert uow.credentials.list_keys(world.scope) == (key,)


def test_a_revoked_key_is_listed_and_no_longer_found(world: World) -> None:
    key, revoked_at = world.new_key(), world.now()
    with world.storage.write() as uow:
        uow.credentials.insert_key(key, b"hash")
        uow.credentials.revoke(world.scope, key.id, revoked_at)
        uow.credentials.revoke(world.scope, key.id, world.now())
        assert uow.credentials.find_by_hash(b"hash") is None
        assert uow.credentials.list_keys(world.scope) == (replace(key, revoked_at=revoked_at),)


def test_a_key_that_is_not_there_cannot_be_revoked(world: World) -> None:
    with pytest.raises(NotFound), world.storage.write() as uow:
        uow.credentials.revoke(world.scope, KeyId("key_nothing"), world.now())


def test_the_use_of_a_key_is_written_once_a_minute(world: World) -> None:
    key, first = world.new_key(), world.now()
    with world.storage.write() as uow:
        uow.credentials.insert_key(key, b"hash")
        written = [uow.credentials.touch(key.id, first + timedelta(seconds=seconds)) for seconds in (0, 30, 59, 60, 61)]
        found = uow.credentials.find_by_hash(b"hash")
    assert written == [True, False, False, True, False]
    assert found is not None
    assert found[0].last_used_at == first + timedelta(seconds=60)


def test_a_program_comes_out_as_it_went_in(world: World) -> None:
    program = Program(
        ids.new_program_id(world.now()),
        "train",
        ("python", "-m", "train", "{rate}"),
        {"type": "object", "properties": {"rate": {"type": "number", "default": 1.5}}},
        {"B": "2", "A": ""},
        None,
        world.now(),
    )
    with world.storage.write() as uow:
        uow.programs.insert(program)
        assert uow.programs.get(program.id) == program
        assert uow.programs.find_by_name("train") == program
        assert uow.programs.list() == (program,)
        assert uow.programs.find_by_name("other") is None
        with pytest.raises(NameTaken):
            uow.programs.insert(replace(program, id=ids.new_program_id(world.now())))
        with pytest.raises(NotFound):
            uow.programs.get(ProgramId("prg_nothing"))


def test_a_host_is_added_and_then_replaced(world: World) -> None:
    known = Host(world.host.id, "renamed", "boot 2", world.now(), 4711, 8)
    with world.storage.write() as uow:
        uow.hosts.upsert(known)
        assert uow.hosts.get(world.host.id) == known
        assert uow.hosts.list() == (known,)
        with pytest.raises(NotFound):
            uow.hosts.get(HostId("hst_nothing"))


def test_a_sweep_leaves_its_time_boot_pid_and_limit_with_the_host(world: World) -> None:
    observed_at = world.now()
    with world.storage.write() as uow:
        uow.hosts.record_observed(world.host.id, observed_at, "boot 3", 42, 8)
        assert uow.hosts.get(world.host.id) == replace(
            world.host, observed_at=observed_at, boot_id="boot 3", supervisor_pid=42, max_concurrent_runs=8
        )
        with pytest.raises(NotFound):
            uow.hosts.record_observed(HostId("hst_nothing"), observed_at, "boot", 1)


def test_a_request_is_remembered_with_its_body_and_run(world: World) -> None:
    run = world.add_run()
    asked = (world.scope, "key_1", "POST", ANY_PATH, "k" * 5000)
    with world.storage.write() as uow:
        assert uow.idempotency.find(*asked) is None
        assert uow.idempotency.insert(*asked, body_hash=b"body", run_id=run.id, at=world.now())
        assert not uow.idempotency.insert(*asked, body_hash=b"other", run_id=run.id, at=world.now())
        assert uow.idempotency.find(*asked) == (b"body", run.id)


@pytest.mark.parametrize(
    "other",
    [
        ("key_2", "POST", ANY_PATH, "key"),
        ("key_1", "PUT", ANY_PATH, "key"),
        ("key_1", "POST", ANY_PATH + "k", "ey"),
        ("key_1", "POST", ANY_PATH, "\ud800"),
    ],
)
def test_the_same_key_in_another_place_is_another_request(world: World, other: tuple[str, str, str, str]) -> None:
    run = world.add_run()
    with world.storage.write() as uow:
        asked = (world.scope, "key_1", "POST", ANY_PATH, "key")
        uow.idempotency.insert(*asked, body_hash=b"body", run_id=run.id, at=world.now())
        assert uow.idempotency.find(world.scope, *other) is None
        assert uow.idempotency.find(world.other_scope, *asked[1:]) is None


def test_old_requests_are_forgotten(world: World) -> None:
    run = world.add_run()
    old, new = world.now(), world.now()
    with world.storage.write() as uow:
        for name, at in (("old", old), ("new", new)):
            uow.idempotency.insert(world.scope, "k", "POST", ANY_PATH, name, body_hash=b"", run_id=run.id, at=at)
        assert uow.idempotency.prune(new) == 1
        assert uow.idempotency.find(world.scope, "k", "POST", ANY_PATH, "old") is None
        assert uow.idempotency.find(world.scope, "k", "POST", ANY_PATH, "new") is not None


def test_a_clean_up_is_open_until_its_report_is_there(world: World) -> None:
    first = CleanupRequest(ids.new_cleanup_id(world.now()), world.host.id, world.now(), "operator")
    second = CleanupRequest(ids.new_cleanup_id(world.now()), world.host.id, world.now(), "operator")
    report, at = {"changed": [{"run_id": "run_1"}], "looked_at": 3}, world.now()
    with world.storage.write() as uow:
        uow.cleanups.insert(second)
        uow.cleanups.insert(first)
        assert uow.cleanups.list_open(world.host.id) == (first, second)
        assert uow.cleanups.complete(first.id, report, at)
        assert not uow.cleanups.complete(first.id, {}, world.now())
        assert uow.cleanups.list_open(world.host.id) == (second,)
        assert uow.cleanups.get(first.id) == replace(first, completed_at=at, report=report)
        assert uow.cleanups.list_open(HostId("hst_other")) == ()
        with pytest.raises(NotFound):
            uow.cleanups.get(CleanupId("cln_nothing"))


def test_a_report_is_kept_for_a_time_and_a_request_without_one_until_it_is_done(world: World) -> None:
    now = world.now()
    before = now - KEPT_FOR - timedelta(seconds=1)
    old = [CleanupRequest(ids.new_cleanup_id(before), world.host.id, before, "operator") for _ in range(2)]
    with world.storage.write() as uow:
        for request in old:
            uow.cleanups.insert(request)
        uow.cleanups.complete(old[0].id, {}, now)
        uow.cleanups.insert(CleanupRequest(ids.new_cleanup_id(now), world.host.id, now, "operator"))
        with pytest.raises(NotFound):
            uow.cleanups.get(old[0].id)
        assert uow.cleanups.get(old[1].id) == old[1]
