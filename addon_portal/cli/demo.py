"""The tenant demo, with a project for each of the programs in `examples/`: made once, and then its users' own.

Promises that tenant, projects and key are there together or not at all, that nothing is made a second time, and that
nothing runs by itself. Leaves when it is wanted to `chores.preparation`.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import addon_portal
from addon_portal.auth.policies import scope_for_setup
from addon_portal.auth.tokens import make_key
from addon_portal.cli.first_start import DEMO_KEY, DEMO_KEY_FILE, DEMO_TENANT
from addon_portal.cli.packing import pack
from addon_portal.cli.upkeep.private_files import write_private
from addon_portal.domain.clock import Clock
from addon_portal.domain.code import Code
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.errors import NameTaken
from addon_portal.domain.ids import TenantId, new_key_id, new_project_id, new_tenant_id
from addon_portal.domain.models import ApiKey, Definition, Role, StopSettings, Tenant
from addon_portal.domain.terms import NO_TERMS, Stall, SuccessCheck, Terms
from addon_portal.storage import NewProject, Storage
from addon_portal.workspaces.code_store import CodeStore


@dataclass(frozen=True, slots=True)
class Example:
    """One of the programs in `examples/`, as a project."""

    name: str
    """Of the folder and of the project."""
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = NO_TERMS


EXAMPLES = (
    Example("etl", ("python3", "load.py")),
    Example("site", ("python3", "build.py"), terms=Terms(success_check=SuccessCheck(file="site/index.html"))),
    Example("orders", ("python3", "totals.py")),
    Example("primes", ("python3", "primes.py"), terms=Terms(stall=Stall(30.0))),
)


class UpHasGone(Exception):
    """Nobody is left for whom this would be done; the next `up` does it."""


def examples_directory() -> Path:
    """Where the programs are: in the installed package, or beside it in a clone."""
    package = Path(addon_portal.__file__).parent
    installed = package / "examples"
    return installed if installed.is_dir() else package.parent / "examples"


def make_demo(storage: Storage, data: DataDirectory, store: CodeStore, clock: Clock) -> None:
    """Make everything, unless there is such a tenant. Raises UpHasGone, DomainError, StorageError, OSError."""
    with storage.read() as uow:
        if uow.tenants.find_by_name(DEMO_TENANT) is not None:
            return
    now, made = clock.now(), make_key()
    tenant = Tenant(new_tenant_id(now), DEMO_TENANT, now)
    projects = list(_define(store, tenant.id, now))
    key_file = data.root / DEMO_KEY_FILE
    write_private(str(key_file), made.text + "\n")
    try:
        with storage.write() as uow:
            uow.tenants.insert(tenant)
            for project in projects:
                uow.projects.insert(scope_for_setup(tenant), project)
            key = ApiKey(new_key_id(now), tenant.id, DEMO_KEY, Role.ADMIN, made.prefix, now)
            uow.credentials.insert_key(key, made.secret_hash)
    except NameTaken:
        key_file.unlink()  # somebody has just made a tenant of that name


def _define(store: CodeStore, tenant_id: TenantId, now: datetime) -> Iterator[NewProject]:
    """The projects, once their code is on disk."""
    parent = os.getppid()
    for example in EXAMPLES:
        if os.getppid() != parent:
            raise UpHasGone
        code = _keep(store, tenant_id, examples_directory() / example.name)
        definition = Definition(
            1, example.command, None, {}, example.env, None, StopSettings(), now, example.terms, code
        )
        yield NewProject(new_project_id(now), example.name, definition, now)


def _keep(store: CodeStore, tenant_id: TenantId, directory: Path) -> Code:
    with store.receive() as upload:
        upload.close()
        with upload.archive.open("wb") as file:
            pack(directory, file, lambda _: None)
        upload.check_size(upload.archive.stat().st_size)
        return store.keep(upload, tenant_id)
