"""`tenant …`: tenants, for whoever may read and write the portal's database."""

from typing import Annotated

import typer

from addon_portal.cli.options import AsJson, Commands, Data, DatabaseUrl, examples, opened_storage, settings_of
from addon_portal.cli.output import print_json, print_line, print_table, time_text
from addon_portal.cli.visible import visible
from addon_portal.domain.models import Tenant

app = typer.Typer(
    help="Tenants. Works on the data directory, without a key.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal tenant create acme --max-runs 10", "addon-portal tenant list"),
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
                "own commands" if tenant.may_run_own_commands else "programs",
                time_text(str(_shown(tenant)["created_at"])),
            )
            for tenant in tenants
        ),
        "There are no tenants.",
    )


def checked_name(name: str) -> str:
    """A name as the API takes it. Raises BadUsage."""
    from addon_portal.cli.errors import BadUsage
    from addon_portal.domain.ids import has_form
    from addon_portal.domain.names import normal_name

    name = normal_name(name)
    if has_form("ten_", name):
        raise BadUsage("A name must not have the form of an identifier: nobody could be named by it.")
    if not 1 <= len(name) <= 200 or not name.isprintable():
        raise BadUsage("A name has 1 to 200 characters, all of them printable.")
    return name


def _shown(tenant: Tenant) -> dict[str, object]:
    from addon_portal.domain.clock import to_text

    return {
        "id": tenant.id,
        "name": tenant.name,
        "max_concurrent_runs": tenant.max_concurrent_runs,
        "may_run_own_commands": tenant.may_run_own_commands,
        "created_at": to_text(tenant.created_at),
    }
