"""Who is calling and what they may do."""

from datetime import UTC, datetime

import pytest

from addon_portal.auth.policies import (
    Credential,
    FindKey,
    Principal,
    authenticate,
    enter_session,
    read_credential,
    scope_for_operator,
)
from addon_portal.auth.tokens import NewKey, make_key
from addon_portal.domain.errors import Forbidden, Unauthenticated
from addon_portal.domain.ids import KeyId, SessionId, TenantId
from addon_portal.domain.models import ApiKey, Role, Tenant
from addon_portal.domain.sessions import Session

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TENANT = Tenant(TenantId("ten_1"), "acme", NOW)


def holder_of(key: NewKey, revoked_at: datetime | None = None) -> FindKey:
    stored = ApiKey(KeyId("key_1"), TENANT.id, "ci", Role.MEMBER, key.prefix, NOW, revoked_at=revoked_at)
    return lambda secret_hash: (stored, TENANT) if secret_hash == key.secret_hash else None


def principal(role: Role) -> Principal:
    return Principal(KeyId("key_1"), TENANT, role, "key:ci")


def test_a_valid_key_tells_who_is_calling() -> None:
    key = make_key()
    found = authenticate(read_credential(f"Bearer {key.text}"), holder_of(key))
    assert (found.credential_id, found.role, found.actor) == ("key_1", Role.MEMBER, "key:ci")
    assert found.scope.tenant_id == TENANT.id


def test_the_scheme_is_read_in_any_case() -> None:
    key = make_key()
    assert authenticate(read_credential(f"bearer  {key.text}"), holder_of(key)).tenant == TENANT


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer nonsense", pytest.param(make_key().text, id="no scheme")],
)
def test_what_cannot_be_a_key_is_refused_without_looking(header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        read_credential(header)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="never existed"):
        authenticate(Credential(make_key().secret_hash), holder_of(make_key()))


def test_a_revoked_key_is_refused() -> None:
    key = make_key()
    with pytest.raises(Unauthenticated, match="revoked"):
        authenticate(read_credential(f"Bearer {key.text}"), holder_of(key, revoked_at=NOW))


def test_a_session_tells_who_is_logged_in_and_what_they_see() -> None:
    session = Session(SessionId("ses_1"), TENANT.id, "Ada", Role.VIEWER, NOW, NOW, NOW)
    found = enter_session((session, TENANT))
    assert (found.credential_id, found.role, found.actor, found.tenant) == ("ses_1", Role.VIEWER, "person:Ada", TENANT)
    with pytest.raises(Forbidden, match="the session that was used has the role viewer"):
        found.require(Role.MEMBER)


def test_a_session_that_is_not_found_is_over() -> None:
    with pytest.raises(Unauthenticated, match="log in again"):
        enter_session(None)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("needed", list(Role))
def test_a_role_includes_those_before_it(role: Role, needed: Role) -> None:
    if list(Role).index(role) >= list(Role).index(needed):
        principal(role).require(needed)
    else:
        with pytest.raises(Forbidden, match=f"needs the role {needed}; the key that was used has the role {role}"):
            principal(role).require(needed)


def test_only_an_operator_gets_the_scope_of_another_tenant() -> None:
    other = Tenant(TenantId("ten_2"), "other", NOW)
    assert scope_for_operator(principal(Role.OPERATOR), other).tenant_id == other.id
    with pytest.raises(Forbidden):
        scope_for_operator(principal(Role.ADMIN), other)
