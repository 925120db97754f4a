"""`db …`: the tables of the portal's database."""

import typer

from addon_portal.cli.errors import InstallationTrouble
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.options import AsJson, Commands, Data, DatabaseUrl, examples, opened_storage, settings_of
from addon_portal.cli.output import print_json, print_line

app = typer.Typer(
    help="The tables of the database.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal db status", "addon-portal db upgrade --data /srv/portal"),
)


@app.command(epilog=examples("addon-portal db upgrade --database-url postgresql://portal@db/portal"))
def upgrade(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Make the tables, or bring those of an older version to this one. Make a backup first."""
    from addon_portal.cli.setup import remember_database
    from addon_portal.cli.setup import upgrade as upgrade_tables
    from addon_portal.config import ensure_host_id
    from addon_portal.domain.clock import SystemClock

    settings = settings_of(data_dir=data, database_url=database_url)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    ensure_host_id(settings, SystemClock())  # whatever the database, the directory is a portal's from now on
    with opened_storage(settings, must_exist=False) as storage:
        upgrade_tables(storage, settings.data)
        remember_database(storage, settings.data, settings.database)
        installation = storage.installation_id
    if as_json:
        print_json({"usable": True, "problem": None, "installation": installation})
    else:
        print_line(f"The tables are those of this version. Installation {installation}.")


@app.command(epilog=examples("addon-portal db status --json"))
def status(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Say whether this program can work with the database; exit code 78 when it cannot, 79 when it is busy."""
    code = ExitCode.OK
    found: dict[str, object] = {"usable": True, "problem": None, "installation": None}
    try:
        with opened_storage(settings_of(data_dir=data, database_url=database_url)) as storage:
            storage.check_schema()
            found["installation"] = storage.installation_id
    except InstallationTrouble as trouble:
        if not as_json:
            raise
        found |= {"usable": False, "problem": trouble.message}
        code = trouble.exit_code
    if as_json:
        print_json(found)
        raise typer.Exit(code)
    print_line(f"The tables are those of this version. Installation {found['installation']}.")
