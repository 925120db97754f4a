"""The portal's own key: the one in the data directory, with which the commands on this machine ask the API."""

from dataclasses import dataclass

from addon_portal.auth.tokens import hash_key
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.errors import OwnKey
from addon_portal.domain.ids import KeyId
from addon_portal.domain.models import ApiKey, TenantScope
from addon_portal.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class KeyList:
    """The keys of a tenant, and which of them is the portal's own, if it is one of them."""

    items: tuple[ApiKey, ...]
    own_id: KeyId | None


def read_own_key(data: DataDirectory) -> str | None:
    """Its text, if there is one that can be read as such."""
    try:
        return data.own_key_file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def is_own_key(uow: UnitOfWork, data: DataDirectory, key_id: KeyId) -> bool:
    """Whether this is the valid key that the commands on this machine use."""
    return _find_own_id(uow, data) == key_id


def list_all_keys(uow: UnitOfWork, data: DataDirectory, scope: TenantScope) -> KeyList:
    """The keys of a tenant, revoked ones too, oldest first."""
    return KeyList(uow.credentials.list_keys(scope), _find_own_id(uow, data))


def refuse_own_key(uow: UnitOfWork, data: DataDirectory, key_id: KeyId) -> None:
    """Raises OwnKey where revoking this key would cut the machine's commands off."""
    if is_own_key(uow, data, key_id):
        raise OwnKey(key_id)


def _find_own_id(uow: UnitOfWork, data: DataDirectory) -> KeyId | None:
    known = read_own_key(data)
    found = uow.credentials.find_by_hash(hash_key(known)) if known else None
    return found[0].id if found else None
