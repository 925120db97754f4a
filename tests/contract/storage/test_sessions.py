"""Log-in links and sessions: what goes in comes out, once and for as long as it is good."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from addon_portal.domain.ids import SessionId, new_session_id
from addon_portal.domain.models import Role
from addon_portal.domain.sessions import LoginLink, Session
from addon_portal.storage.sessions import LINKS_REMEMBERED_FOR, TOUCH_EVERY, Sessions
from tests.contract.storage.world import World

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
IDLE = 7 * DAY


def new_link(world: World, **changes: object) -> LoginLink:
    now = world.now()
    made = LoginLink(world.alice.id, "Ada", Role.OPERATOR, now, now + MINUTE)
    return replace(made, **changes)  # type: ignore[arg-type]


def add_session(world: World, secret_hash: bytes = b"\0\xffhash", **changes: object) -> Session:
    now = world.now()
    made = Session(new_session_id(now), world.alice.id, "Ada", Role.VIEWER, now, now, now + 30 * DAY)
    made = replace(made, **changes)  # type: ignore[arg-type]
    with world.storage.write() as uow:
        Sessions(uow).insert(made, secret_hash, IDLE)
    return made


def test_a_link_lets_in_once_and_is_remembered(world: World) -> None:
    link = new_link(world)
    with world.storage.write() as uow:
        Sessions(uow).insert_link(link, b"\0\xfflink")
    at = world.now()
    with world.storage.write() as uow:
        assert Sessions(uow).use_link(b"\0\xfflink", at) == replace(link, used_at=at)
    with world.storage.write() as uow:
        assert Sessions(uow).use_link(b"\0\xfflink", world.now()) is None
        assert Sessions(uow).find_link(b"\0\xfflink") == replace(link, used_at=at)
        assert Sessions(uow).use_link(b"another", world.now()) is None
        assert Sessions(uow).find_link(b"another") is None


def test_of_many_who_use_a_link_at_once_one_gets_in(world: World) -> None:
    with world.storage.write() as uow:
        Sessions(uow).insert_link(new_link(world), b"link")

    def use(_: int) -> bool:
        with world.storage.write() as uow:
            return Sessions(uow).use_link(b"link", world.now()) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(16))) == 1


def test_a_link_that_is_over_lets_nobody_in(world: World) -> None:
    link = new_link(world)
    with world.storage.write() as uow:
        Sessions(uow).insert_link(link, b"link")
        assert Sessions(uow).use_link(b"link", link.expires_at) is None
        assert Sessions(uow).find_link(b"link") == link


def test_links_are_forgotten_a_day_after_their_end(world: World) -> None:
    old = new_link(world, expires_at=world.now() - LINKS_REMEMBERED_FOR - MINUTE)
    young = new_link(world, expires_at=world.now() - LINKS_REMEMBERED_FOR + MINUTE)
    with world.storage.write() as uow:
        Sessions(uow).insert_link(young, b"young")
        Sessions(uow).insert_link(old, b"old")
        Sessions(uow).insert_link(new_link(world), b"new")
        assert Sessions(uow).find_link(b"old") is None
        assert Sessions(uow).find_link(b"young") == young


def test_a_session_is_found_by_its_hash_together_with_its_tenant(world: World) -> None:
    session = add_session(world)
    with world.storage.read() as uow:
        assert Sessions(uow).find_by_hash(b"\0\xffhash", world.now(), IDLE) == (session, world.alice)
        assert Sessions(uow).find_by_hash(b"another", world.now(), IDLE) is None


def test_a_session_ends_at_its_time_and_when_it_is_not_used(world: World) -> None:
    session = add_session(world, b"hash")
    used_at = session.created_at + 29 * DAY
    with world.storage.write() as uow:
        sessions = Sessions(uow)
        assert sessions.find_by_hash(b"hash", session.last_used_at + IDLE - MINUTE, IDLE)
        assert sessions.find_by_hash(b"hash", session.last_used_at + IDLE, IDLE) is None
        assert sessions.touch(session.id, used_at)
        assert sessions.find_by_hash(b"hash", session.expires_at - MINUTE, IDLE)
        assert sessions.find_by_hash(b"hash", session.expires_at, IDLE) is None


def test_a_last_use_is_written_once_a_minute(world: World) -> None:
    session = add_session(world, b"hash")
    with world.storage.write() as uow:
        assert not Sessions(uow).touch(session.id, session.last_used_at + TOUCH_EVERY - timedelta(seconds=1))
        assert Sessions(uow).touch(session.id, session.last_used_at + TOUCH_EVERY)
        assert not Sessions(uow).touch(SessionId("ses_nobodys"), session.last_used_at + DAY)


def test_a_session_sees_another_tenant_once_it_is_moved(world: World) -> None:
    session, other = add_session(world, b"hash"), add_session(world, b"other")
    with world.storage.write() as uow:
        Sessions(uow).move(world.other_scope, session.id)
        moved = replace(session, tenant_id=world.charlie.id)
        assert Sessions(uow).find_by_hash(b"hash", world.now(), IDLE) == (moved, world.charlie)
        assert Sessions(uow).find_by_hash(b"other", world.now(), IDLE) == (other, world.alice)


def test_a_session_that_is_ended_is_gone(world: World) -> None:
    add_session(world, b"hash")
    other = add_session(world, b"other")
    with world.storage.write() as uow:
        assert Sessions(uow).end(b"hash")
        assert not Sessions(uow).end(b"hash")
        assert Sessions(uow).find_by_hash(b"hash", world.now(), IDLE) is None
        assert Sessions(uow).find_by_hash(b"other", world.now(), IDLE) == (other, world.alice)


def test_those_who_are_logged_in_are_listed_by_the_tenant_that_they_see(world: World) -> None:
    now = world.now()
    ada, ben = add_session(world, b"ada"), add_session(world, b"ben", created_at=now + MINUTE)
    moved = add_session(world, b"moved")
    add_session(world, b"idle", last_used_at=now - IDLE)
    add_session(world, b"over", expires_at=now)
    with world.storage.write() as uow:
        Sessions(uow).move(world.other_scope, moved.id)
        assert Sessions(uow).list(world.scope, now, IDLE) == (ada, ben)
        assert [each.id for each in Sessions(uow).list(world.other_scope, now, IDLE)] == [moved.id]


def test_a_session_is_removed_by_its_id_in_the_tenant_that_it_sees(world: World) -> None:
    session = add_session(world, b"hash")
    with world.storage.write() as uow:
        assert not Sessions(uow).remove(world.other_scope, session.id)
        assert Sessions(uow).remove(world.scope, session.id)
        assert not Sessions(uow).remove(world.scope, session.id)
        assert Sessions(uow).find_by_hash(b"hash", world.now(), IDLE) is None


def test_sessions_that_are_over_are_removed_when_one_is_added(world: World) -> None:
    now = world.now()
    add_session(world, b"over", expires_at=now - MINUTE)
    add_session(world, b"idle", last_used_at=now - IDLE - MINUTE)
    good = add_session(world, b"good")
    add_session(world, b"new")
    long_ago = now - 300 * DAY
    with world.storage.read() as uow:
        found = [Sessions(uow).find_by_hash(each, long_ago, IDLE) for each in (b"over", b"idle", b"good")]
    assert found == [None, None, (good, world.alice)]
