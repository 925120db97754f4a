"""`key …`: API keys, for whoever may read and write the portal's database, so that a first one needs no other."""

from typing import Annotated

import typer

from addon_portal.cli.commands.tenants import checked_name, find_tenant
from addon_portal.cli.errors import BadUsage
from addon_portal.cli.first_start import DEFAULT_TENANT
from addon_portal.cli.options import AsJson, Commands, Data, DatabaseUrl, examples, opened_storage, settings_of
from addon_portal.cli.output import hint, print_json, print_line, print_table, time_text
from addon_portal.domain.ids import KeyId
from addon_portal.domain.models import ApiKey, Role

app = typer.Typer(
    help="API keys. Works on the data directory, without a key.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal key create ci --tenant acme --role member", "addon-portal key list --tenant acme"),
)

OfTenant = Annotated[str, typer.Option("--tenant", metavar="TENANT", help="Name or id.")]


@app.command(epilog=examples("addon-portal key create ci --tenant acme --role member"))
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for; the journal shows it.")],
    tenant: OfTenant = DEFAULT_TENANT,
    role: Annotated[Role, typer.Option("--role", help="What its holder may do.")] = Role.MEMBER,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. Its text is shown this once; the database keeps a hash."""
    from addon_portal.api.services.issuing import add_key
    from addon_portal.auth.policies import scope_for_setup
    from addon_portal.domain.clock import SystemClock

    with opened_storage(settings_of(data_dir=data, database_url=database_url)) as storage, storage.write() as uow:
        owner = find_tenant(uow, tenant)
        made = add_key(uow, scope_for_setup(owner), checked_name(name), role, SystemClock().now())
    if as_json:
        print_json({**_shown(made.key), "api_key": made.text})
    else:
        print_line(made.text)
        hint(f"Key {made.key.id} of {owner.name}, role {made.key.role}. It is not shown again.")


@app.command("list", epilog=examples("addon-portal key list --tenant acme"))
def list_keys(
    tenant: OfTenant = DEFAULT_TENANT, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False
) -> None:
    """List a tenant's keys, revoked ones too."""
    from addon_portal.auth.policies import scope_for_setup

    with opened_storage(settings_of(data_dir=data, database_url=database_url)) as storage, storage.read() as uow:
        keys = uow.credentials.list_keys(scope_for_setup(find_tenant(uow, tenant)))
    shown = [_shown(key) for key in keys]
    if as_json:
        print_json(shown)
        return
    print_table(
        ("KEY", "ID", "ROLE", "BEGINS WITH", "LAST USED", "REVOKED"),
        (
            (
                *(key[name] for name in ("name", "id", "role", "prefix")),
                *(time_text(str(key[name]) if key[name] else None) for name in ("last_used_at", "revoked_at")),
            )
            for key in shown
        ),
        "There are no keys.",
    )


@app.command(epilog=examples("addon-portal key revoke key_01k7qz9t3v5x8y2m4n6p0r1s2a"))
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="The id, as key list shows it.")],
    tenant: OfTenant = DEFAULT_TENANT,
    yes: Annotated[bool, typer.Option("--yes", help="Even if it is the portal's own key.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """End a key at once. The portal's own, which commands on this machine use, only with --yes."""
    from addon_portal.api.services.own_key import is_own_key
    from addon_portal.auth.policies import scope_for_setup
    from addon_portal.domain.clock import SystemClock

    settings = settings_of(data_dir=data, database_url=database_url)
    with opened_storage(settings) as storage, storage.write() as uow:
        if not yes and is_own_key(uow, settings.data, KeyId(key_id)):
            raise BadUsage(
                "This is the portal's own key: without it commands on this machine are refused until the next start of "
                "`up` makes another. Revoke it with --yes."
            )
        scope = scope_for_setup(find_tenant(uow, tenant))
        uow.credentials.revoke(scope, KeyId(key_id), SystemClock().now())
        key = next(key for key in uow.credentials.list_keys(scope) if key.id == key_id)
    if as_json:
        print_json(_shown(key))
    else:
        print_line(f"Revoked key {key_id}.")


def _shown(key: ApiKey) -> dict[str, object]:
    from addon_portal.domain.clock import to_text

    return {
        "id": key.id,
        "tenant_id": key.tenant_id,
        "name": key.name,
        "role": key.role.value,
        "prefix": key.prefix,
        "created_at": to_text(key.created_at),
        "last_used_at": to_text(key.last_used_at) if key.last_used_at else None,
        "revoked_at": to_text(key.revoked_at) if key.revoked_at else None,
    }
