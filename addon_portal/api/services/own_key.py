"""The portal's own key: the one in the data directory, with which the commands on this machine ask the API."""

from addon_portal.auth.tokens import hash_key
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.errors import OwnKey
from addon_portal.domain.ids import KeyId
from addon_portal.storage import UnitOfWork


def read_own_key(data: DataDirectory) -> str | None:
    """Its text, if there is one that can be read as such."""
    try:
        return data.own_key_file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def is_own_key(uow: UnitOfWork, data: DataDirectory, key_id: KeyId) -> bool:
    """Whether this is the valid key that the commands on this machine use."""
    known = read_own_key(data)
    found = uow.credentials.find_by_hash(hash_key(known)) if known else None
    return found is not None and found[0].id == key_id


def refuse_own_key(uow: UnitOfWork, data: DataDirectory, key_id: KeyId) -> None:
    """Raises OwnKey where revoking this key would cut the machine's commands off."""
    if is_own_key(uow, data, key_id):
        raise OwnKey(key_id)
