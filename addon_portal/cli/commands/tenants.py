"""`tenant …`: tenants, for whoever may read and write the portal's database."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from addon_portal.cli.errors import BadUsage, Refused
from addon_portal.cli.options import AsJson, Commands, Data, DatabaseUrl, examples, opened_storage, settings_of
from addon_portal.cli.output import counted, print_json, print_line, print_table, time_text
from addon_portal.cli.suggestions import suggest
from addon_portal.cli.visible import visible
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import has_form
from addon_portal.domain.models import Tenant
from addon_portal.domain.names import UnfitName, fit_name

if TYPE_CHECKING:
    from addon_portal.storage import UnitOfWork

app = typer.Typer(
    help="Tenants. Works on the data directory, without a key.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal tenant create acme --max-runs 10", "addon-portal tenant limits acme --max-runs 20"),
)


@app.command(epilog=examples("addon-portal tenant create acme --max-runs 10 --programs-only"))
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that no other tenant has.")],
    max_runs: Annotated[
        int | None, typer.Option("--max-runs", min=1, metavar="N", help="Runs active at once; by default any number.")
    ] = None,
    programs_only: Annotated[
        bool, typer.Option("--programs-only", help="May run operators' programs only, no commands of its own.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a tenant. Then make a key for it: addon-portal key create NAME --tenant TENANT."""
    from addon_portal.domain.clock import SystemClock
    from addon_portal.domain.ids import new_tenant_id

    now = SystemClock().now()
    tenant = Tenant(new_tenant_id(now), checked_name(name), now, max_runs, not programs_only)
    with opened_storage(settings_of(data_dir=data, database_url=database_url)) as storage, storage.write() as uow:
        uow.tenants.insert(tenant)
    if as_json:
        print_json(_shown(tenant))
    else:
        print_line(f"Made tenant {visible(tenant.name)} ({tenant.id}).")


@app.command("list", epilog=examples("addon-portal tenant list"))
def list_tenants(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List all tenants."""
    with opened_storage(settings_of(data_dir=data, database_url=database_url)) as storage, storage.read() as uow:
        tenants = uow.tenants.list()
    if as_json:
        print_json([_shown(tenant) for tenant in tenants])
        return
    print_table(
        ("TENANT", "ID", "RUNS AT ONCE", "MAY RUN", "CREATED"),
        (
            (
                tenant.name,
                tenant.id,
                tenant.max_concurrent_runs or "any number",
                _may_run(tenant),
                time_text(str(_shown(tenant)["created_at"])),
            )
            for tenant in tenants
        ),
        "There are no tenants.",
    )


@app.command(
    epilog=examples(
        "addon-portal tenant limits acme --max-runs 20",
        "addon-portal tenant limits acme --max-runs none --own-commands",
    )
)
def limits(
    tenant: Annotated[str, typer.Argument(metavar="TENANT", help="Name or id.")],
    max_runs: Annotated[
        str | None, typer.Option("--max-runs", metavar="N", help="Runs active at once; none for any number.")
    ] = None,
    own_commands: Annotated[
        bool | None, typer.Option("--own-commands/--programs-only", help="May run commands of its own, or may not.")
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Show or change what a tenant may use. Waiting runs are looked at again; runs that are active stay."""
    most = _parse_max_runs(max_runs)
    with opened_storage(settings_of(data_dir=data, database_url=database_url)) as storage, storage.write() as uow:
        known = find_tenant(uow, tenant)
        own = known.may_run_own_commands if own_commands is None else own_commands
        number = known.max_concurrent_runs if max_runs is None else most
        if (number, own) != (known.max_concurrent_runs, known.may_run_own_commands):
            uow.tenants.update_limits(known.id, max_concurrent_runs=number, may_run_own_commands=own)
            for host in uow.hosts.list():
                uow.wake_supervisor(host.id)
            known = uow.tenants.get(known.id)
    if as_json:
        print_json(_shown(known))
        return
    most_text = "any number of runs" if number is None else counted(number, "run")
    print_line(f"Tenant {visible(known.name)}: {most_text} at once, {_may_run(known)}.")


def _parse_max_runs(text: str | None) -> int | None:
    if text in (None, "none"):
        return None
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise BadUsage(f"--max-runs expects a number from 1 on, or none, got {text!r}.")
    return int(text)


def _may_run(tenant: Tenant) -> str:
    return "own commands" if tenant.may_run_own_commands else "programs"


def find_tenant(uow: "UnitOfWork", name_or_id: str) -> Tenant:
    """The tenant of this name or identifier. Raises Refused."""
    try:
        return uow.tenants.get_named(name_or_id)
    except NotFound as missing:
        detail = f"There is no tenant {name_or_id!r}. See: {suggest('tenant', 'list')}"
        raise Refused({"code": missing.code, "detail": detail}) from missing


def checked_name(name: str) -> str:
    """A name as the API takes it. Raises BadUsage."""
    try:
        fit = fit_name(name)
    except UnfitName as problem:
        raise BadUsage(f"NAME: expected {problem.expected}, got {problem.got}.") from None
    if has_form("ten_", fit):
        raise BadUsage("A name must not have the form of an identifier: nobody could be named by it.")
    return fit


def _shown(tenant: Tenant) -> dict[str, object]:
    from addon_portal.domain.clock import to_text

    return {
        "id": tenant.id,
        "name": tenant.name,
        "max_concurrent_runs": tenant.max_concurrent_runs,
        "may_run_own_commands": tenant.may_run_own_commands,
        "created_at": to_text(tenant.created_at),
    }
