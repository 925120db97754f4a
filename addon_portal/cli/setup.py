"""What has to be there before a process of the portal can work: directories, tables, this host's row, the marker.

Promises that everything may be repeated at every start and changes nothing that is there already. Leaves the meaning
of a missing marker to `domain.verdict`: here it is only never made where runs may exist.
"""

import json
from dataclasses import dataclass

from addon_portal.api.services.issuing import add_key
from addon_portal.api.services.own_key import read_own_key
from addon_portal.auth.policies import scope_for_setup
from addon_portal.auth.tokens import hash_key
from addon_portal.cli.errors import InstallationTrouble
from addon_portal.cli.first_start import DEFAULT_TENANT, OPERATOR_KEY
from addon_portal.cli.upkeep.private_files import write_private
from addon_portal.domain.clock import Clock, SystemClock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import HostId, new_tenant_id
from addon_portal.domain.models import Role, Tenant
from addon_portal.storage import Storage


@dataclass(frozen=True, slots=True)
class FirstKey:
    """The operator's key with its tenant, and whether that was made with it, at the first start."""

    text: str
    tenant: Tenant
    is_first: bool


def make_directories(data: DataDirectory) -> None:
    """The directories below the data directory, for their owner only."""
    for directory in (data.root, data.run_root, data.keepers, data.logs, data.workspace("")):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)


def upgrade(storage: Storage, data: DataDirectory) -> None:
    """Make the tables, or bring them to this version. Raises StorageError.

    Raises InstallationTrouble where a database without tables would take the place of the one that belongs here.
    """
    if (installation := _installation_of(data)) and storage.is_new():
        raise InstallationTrouble(
            f"The database of this data directory is missing: {data.run_root_marker} says that its runs belong to "
            f"{installation}, and the database that was named has no tables. Is its file system mounted? Name the "
            "right one with --database-url, or restore a backup. Nothing was made."
        )
    storage.upgrade()
    storage.check_schema()


def remember_database(storage: Storage, data: DataDirectory, url: str) -> None:
    """Have later commands on this directory find its database, unless its runs belong to another. Raises OSError."""
    if _installation_of(data) not in {None, storage.installation_id}:
        return
    if url == data.database_address:
        data.database_file.unlink(missing_ok=True)
    else:
        write_private(str(data.database_file), json.dumps({"version": 1, "url": url}) + "\n")


def is_a_portals(data: DataDirectory) -> bool:
    """Whether a portal has been here, whatever became of its database since."""
    return data.run_root_marker.exists() or (data.keepers.is_dir() and any(data.keepers.iterdir()))


def _installation_of(data: DataDirectory) -> str | None:
    """The installation whose runs lie here. What cannot be read is judged by `prepare_host`."""
    try:
        return str(json.loads(data.run_root_marker.read_text())["installation"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def prepare_host(storage: Storage, data: DataDirectory, host_id: HostId, host_name: str) -> str | None:
    """Make this host known to the database, and its run root known as ours; returns a warning for people.

    Raises InstallationTrouble when the run root belongs to another installation or host, and StorageError.
    """
    warning = _check_marker(storage, data, host_id)
    with storage.write() as uow:
        uow.hosts.insert_if_missing(host_id, host_name)
    return warning


def _check_marker(storage: Storage, data: DataDirectory, host_id: HostId) -> str | None:
    """Make the marker of a new run root, compare that of an old one.

    Where the database knows runs a missing marker may mean that the run root is not mounted; making it then would turn
    "nobody can look" into "the evidence is lost".
    """
    marker, ours = data.run_root_marker, {"installation": storage.installation_id, "host": host_id}
    try:
        found = json.loads(marker.read_text())
    except FileNotFoundError:
        if _may_have_runs(storage, host_id):
            return (
                f"{marker} is missing: is the file system of the runs mounted? Until it is back, runs are shown as "
                "unreachable and none is started."
            )
        data.run_root.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(str(marker), json.dumps({"version": 1, **ours}) + "\n")
        return None
    except ValueError:
        found = None
    if not isinstance(found, dict) or any(found.get(name) != value for name, value in ours.items()):
        raise InstallationTrouble(
            f"{data.run_root} belongs to another installation or host than this database ({marker} says which). "
            "Use the database and the data directory that belong together."
        )
    return None


def _may_have_runs(storage: Storage, host_id: HostId) -> bool:
    with storage.read() as uow:
        try:
            uow.hosts.get(host_id)
        except NotFound:
            return False
        scopes = [scope_for_setup(tenant) for tenant in uow.tenants.list()]
        return any(uow.runs.list_page(scope, limit=1, cursor=None).items for scope in scopes)


def ensure_operator_key(storage: Storage, data: DataDirectory, clock: Clock | None = None) -> FirstKey:
    """The key of the last start while it is valid, else a new one; at the very first start with a tenant for it."""
    clock = clock or SystemClock()
    known = read_own_key(data)
    with storage.read() as uow:
        found = uow.credentials.find_by_hash(hash_key(known)) if known else None
        tenants = uow.tenants.list()
    if known and found and found[0].revoked_at is None:
        return FirstKey(known, found[1], is_first=False)
    now = clock.now()
    with storage.write() as uow:
        if tenants:
            tenant = next((tenant for tenant in tenants if tenant.name == DEFAULT_TENANT), tenants[0])
        else:
            tenant = Tenant(new_tenant_id(now), DEFAULT_TENANT, now)
            uow.tenants.insert(tenant)
        made = add_key(uow, scope_for_setup(tenant), OPERATOR_KEY, Role.OPERATOR, now)
    write_private(str(data.own_key_file), made.text + "\n")
    return FirstKey(made.text, tenant, is_first=not tenants)
