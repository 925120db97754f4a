"""`sessions …`: who is logged in at the page, for whoever may read and write the portal's database."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from addon_portal.cli.commands.tenants import find_tenant
from addon_portal.cli.errors import BadUsage, Refused
from addon_portal.cli.options import AsJson, Commands, Data, DatabaseUrl, examples, opened_storage, settings_of
from addon_portal.cli.output import counted, print_json, print_line, print_table, time_text
from addon_portal.cli.visible import visible
from addon_portal.domain.models import Tenant
from addon_portal.domain.sessions import Session

if TYPE_CHECKING:
    from datetime import timedelta

    from addon_portal.storage import UnitOfWork

app = typer.Typer(
    help="Who is logged in at the page. Works on the data directory, without a key.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal sessions list", "addon-portal sessions end --all"),
)

OfTenant = Annotated[
    str | None, typer.Option("--tenant", metavar="TENANT", help="Those who see this tenant, by name or id; else all.")
]


@app.command("list", epilog=examples("addon-portal sessions list", "addon-portal sessions list --tenant acme --json"))
def list_sessions(
    tenant: OfTenant = None, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False
) -> None:
    """List who is logged in, and whose things they see."""
    settings = settings_of(data_dir=data, database_url=database_url)
    with opened_storage(settings) as storage, storage.read() as uow:
        shown = [_shown(*each) for each in _sessions(uow, tenant, settings.session_terms.idle)]
    if as_json:
        print_json(shown)
        return
    print_table(
        ("SESSION", "NAME", "ROLE", "TENANT", "SINCE", "LAST USED"),
        (
            (
                *(visible(each[name]) for name in ("id", "name", "role", "tenant")),
                *(time_text(each[name]) for name in ("logged_in_at", "last_used_at")),
            )
            for each in shown
        ),
        "Nobody is logged in.",
    )


@app.command(
    epilog=examples("addon-portal sessions end ses_01k7qz9t3v5x8y2m4n6p0r1s2a", "addon-portal sessions end --all")
)
def end(
    session: Annotated[str | None, typer.Argument(metavar="SESSION", help="The id, as sessions list shows it.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everybody; with --tenant those who see it.")] = False,
    tenant: OfTenant = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Log somebody out at once, or everybody. They come in again with another link."""
    from addon_portal.auth.policies import scope_for_setup
    from addon_portal.storage.sessions import Sessions

    if (session is None) is not every:
        raise BadUsage("Name one session, or say --all.")
    settings = settings_of(data_dir=data, database_url=database_url)
    with opened_storage(settings) as storage, storage.write() as uow:
        found = list(_sessions(uow, tenant, settings.session_terms.idle))
        chosen = [each for each in found if every or each[0].id == session]
        if session is not None and not chosen:
            raise Refused({"code": "not_found", "detail": f"Nobody is logged in as session {session}."})
        for each, seen in chosen:
            Sessions(uow).remove(scope_for_setup(seen), each.id)
    if as_json:
        print_json([_shown(*each) for each in chosen])
    else:
        print_line(f"Ended {counted(len(chosen), 'session')}.")


def _sessions(uow: "UnitOfWork", tenant: str | None, idle: "timedelta") -> Iterator[tuple[Session, Tenant]]:
    """Those who are logged in, with the tenant that each sees."""
    from addon_portal.auth.policies import scope_for_setup
    from addon_portal.domain.clock import SystemClock
    from addon_portal.storage.sessions import Sessions

    now = SystemClock().now()
    for seen in uow.tenants.list() if tenant is None else (find_tenant(uow, tenant),):
        for session in Sessions(uow).list(scope_for_setup(seen), now, idle):
            yield session, seen


def _shown(session: Session, tenant: Tenant) -> dict[str, str]:
    from addon_portal.domain.clock import to_text

    return {
        "id": session.id,
        "name": session.name,
        "role": session.role.value,
        "tenant_id": tenant.id,
        "tenant": tenant.name,
        "logged_in_at": to_text(session.created_at),
        "last_used_at": to_text(session.last_used_at),
        "expires_at": to_text(session.expires_at),
    }
