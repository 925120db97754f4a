"""`program …`: what an operator allows tenants to run."""

from pathlib import Path
from typing import Annotated

import typer

from addon_portal.cli.client import path_of
from addon_portal.cli.definitions import Env, parse_env, parse_parameters
from addon_portal.cli.errors import BadUsage
from addon_portal.cli.options import AsJson, Commands, CommandWithArgv, Data, Key, Url, argv_of, connect, examples
from addon_portal.cli.output import print_json, print_line, print_table
from addon_portal.cli.visible import visible

app = typer.Typer(
    help="Programs: what an operator allows tenants to run.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples("addon-portal program list"),
)


@app.command(
    cls=CommandWithArgv,
    epilog=examples(
        "addon-portal program create render --schema @render.schema.json -- python3 /srv/render.py --day {day}"
    ),
)
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name that no other program has.")],
    schema: Annotated[
        str | None, typer.Option("--schema", metavar="JSON", help="JSON Schema of its parameters, or @FILE.")
    ] = None,
    env: Env = None,
    cwd: Annotated[Path | None, typer.Option("--cwd", metavar="DIR", help="Start there.")] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Offer a program to all tenants. Parts of the command such as {day} are filled from a project's parameters."""
    argv = argv_of(ctx)
    if not argv:
        raise BadUsage("Give the program's command after --.")
    body: dict[str, object] = {"name": name, "argv": argv, "parameters_schema": parse_parameters(schema or "{}")}
    if env is not None:
        body["env"] = parse_env(env)
    if cwd is not None:
        body["working_directory"] = str(cwd.absolute())
    program = connect(url, key, data).post(path_of("admin", "programs"), body)
    if as_json:
        print_json(program)
    else:
        print_line(f"Made program {visible(program['name'])} ({program['id']}).")


@app.command("list", epilog=examples("addon-portal program list --json"))
def list_programs(url: Url = None, key: Key = None, data: Data = None, as_json: AsJson = False) -> None:
    """List all programs."""
    programs = connect(url, key, data).get(path_of("admin", "programs"))["items"]
    if as_json:
        print_json(programs)
        return
    print_table(
        ("PROGRAM", "ID", "COMMAND"),
        ((program["name"], program["id"], " ".join(program["argv"])) for program in programs),
        "There are no programs.",
    )
