"""`login-link`: lets a person in at the page, for whoever may read and write the portal's database."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from addon_portal.cli.commands.tenants import checked_name, find_tenant
from addon_portal.cli.first_start import DEFAULT_TENANT
from addon_portal.cli.options import AsJson, Data, DatabaseUrl, examples, opened_storage, settings_of
from addon_portal.cli.output import hint, print_json, print_line
from addon_portal.domain.models import Role

if TYPE_CHECKING:
    from addon_portal.config import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    lines = ("addon-portal login-link", "addon-portal login-link --tenant acme --role member --name Ada")
    app.command("login-link", epilog=examples(*lines))(login_link)


def login_link(
    tenant: Annotated[
        str | None, typer.Option("--tenant", metavar="TENANT", help="Name or id; by default the operator's.")
    ] = None,
    role: Annotated[
        Role | None, typer.Option("--role", help="What they may do; by default operator, with --tenant member.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Who it is for, as the journal shows; by default you.")
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print a link that lets one person in at the page, once and for a short time. Works without a key."""
    from addon_portal.api.services.issuing import add_link
    from addon_portal.auth.policies import scope_for_setup
    from addon_portal.cli.login_links import address_of, user_name
    from addon_portal.domain.clock import SystemClock, to_text

    settings = settings_of(data_dir=data, database_url=database_url)
    role = role or (Role.MEMBER if tenant else Role.OPERATOR)
    now = SystemClock().now()
    with opened_storage(settings) as storage, storage.write() as uow:
        owner = find_tenant(uow, tenant or DEFAULT_TENANT)
        scope, known_as = scope_for_setup(owner), checked_name(name or user_name())
        link, text = add_link(uow, scope, known_as, role, now, settings.login_link_minutes)
    url = address_of(_url_of(settings), text)
    until = to_text(link.expires_at)
    if as_json:
        told = {"name": link.name, "role": link.role.value, "tenant_id": owner.id, "tenant": owner.name}
        print_json({"url": url, "token": text, "expires_at": until, **told})
        return
    print_line(url)
    minutes = f"{settings.login_link_minutes:g}"
    hint(f"Lets {link.name} in once, role {link.role} in {owner.name}, within {minutes} minutes (until {until}).")


def _url_of(settings: "Settings") -> str:
    """Where people reach the portal: as set, else where it is up, else where it would be."""
    if settings.public_url:
        return settings.public_url
    try:
        return str(json.loads(settings.data.up_file.read_text())["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"http://{settings.bind_host}:{settings.port}"
