"""`files …`: results out of workspaces."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.errors import Refused
from addon_portal.cli.lookups import find_project, get_run
from addon_portal.cli.options import AsJson, Commands, Data, Key, Url, connect, examples
from addon_portal.cli.output import hint, print_json, print_line, print_table, time_text
from addon_portal.cli.visible import visible

Json = dict[str, Any]

app = typer.Typer(
    help="Files of workspaces: what programs made and changed.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
    epilog=examples(
        "addon-portal files list nightly results",
        "addon-portal files changed nightly",
        "addon-portal files get nightly results/day-7.csv",
    ),
)

Named = Annotated[str, typer.Argument(metavar="RUN|PROJECT", help="A run, or a project's newest.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1_000_000, help="How many at most.")]
_PAGE = 1000


@app.command("list", epilog=examples("addon-portal files list nightly", "addon-portal files list nightly results"))
def list_files(
    run_or_project: Named,
    path: Annotated[str, typer.Argument(metavar="DIR", help="A directory in the workspace.")] = "",
    limit: Limit = 1000,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List a directory of a workspace; before the first run, of the code that it will be filled with."""
    client = connect(url, key, data)
    project_id, run_id = _find(client, run_or_project)
    found = _read(client, path_of("tenant", "projects", project_id, "files"), limit, path=path, run_id=run_id)
    if as_json:
        print_json(found)
        return
    _show(found, "The directory is empty.")


@app.command(epilog=examples("addon-portal files changed nightly", "addon-portal files changed nightly --json"))
def changed(
    run_or_project: Named,
    limit: Limit = 1000,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """List the files that a run made or changed, as long as no later run has changed them again."""
    client = connect(url, key, data)
    run_id = get_run(client, run_or_project)["run_id"]
    found = _read(client, path_of("tenant", "runs", run_id, "files"), limit)
    if as_json:
        print_json(found)
        return
    _show(found, f"Run {run_id} has changed no file that is there.")
    if found["continued_by"]:
        hint(f"Run {found['continued_by']} went on in the same workspace; what it changed is not listed.")


@app.command(
    epilog=examples(
        "addon-portal files get nightly results/day-7.csv",
        "addon-portal files get nightly results/day-7.csv --output=- | head",
    )
)
def get(
    run_or_project: Named,
    path: Annotated[str, typer.Argument(metavar="PATH", help="A file in the workspace.")],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="By default the file's name; - is stdout.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Download one file. It is written under another name first, so that there is never half of it."""
    client = connect(url, key, data)
    project_id, run_id = _find(client, run_or_project)
    owner = ("runs", run_id) if run_id else ("projects", project_id)
    source = path_of("tenant", *owner, "files", *path.strip("/").split("/"))
    _download(client, source, output or path.rstrip("/").rpartition("/")[2], as_json=as_json)


@app.command(
    epilog=examples(
        "addon-portal files archive nightly", "addon-portal files archive nightly results --output=- | tar -tz"
    )
)
def archive(
    run_or_project: Named,
    path: Annotated[str, typer.Argument(metavar="DIR", help="A directory in the workspace.")] = "",
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="By default DIR.tar.gz; - is stdout.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Download a directory, by default the whole workspace, as a tar.gz."""
    client = connect(url, key, data)
    project_id, run_id = _find(client, run_or_project)
    query = {"path": path, "run_id": run_id}
    name = path.strip("/").rpartition("/")[2] or run_or_project
    source = client.address_of(path_of("tenant", "projects", project_id, "archive"), **query)
    _download(client, source, output or f"{name}.tar.gz", as_json=as_json)


def _find(client: PortalClient, run_or_project: str) -> tuple[str, str | None]:
    """The project, and the run if there is one."""
    try:
        run = get_run(client, run_or_project)
    except Refused as refused:
        project = find_project(client, run_or_project)
        if refused.code != "never_run" or project is None:
            raise
        return project["id"], None
    return run["project_id"], run["run_id"]


def _read(client: PortalClient, address: str, limit: int, **query: object) -> Json:
    """A list to its end, or to so many items, as one answer."""
    whole: Json = {}
    cursor = None
    while True:
        left = limit - len(whole.get("items", []))
        page = client.get(address, limit=min(left, _PAGE), cursor=cursor, **query)
        whole = {**page, "items": [*whole.get("items", []), *page["items"]]}
        cursor = page["next_cursor"]
        if cursor is None or len(whole["items"]) >= limit:
            return whole


def _show(found: Json, empty: str) -> None:
    print_table(
        ("KIND", "BYTES", "MODIFIED", "PATH"),
        ((item["kind"], item["bytes"], time_text(item["modified_at"]), item["path"]) for item in found["items"]),
        empty,
    )
    if found["next_cursor"]:
        hint(f"There are more; {len(found['items'])} are shown (--limit).")


def _download(client: PortalClient, source: str, target: str, *, as_json: bool) -> None:
    if target == "-":
        for piece in client.iter_bytes(source):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    place = Path(target)
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    size = 0
    try:
        with part.open("xb") as file:
            for piece in client.iter_bytes(source):
                size += file.write(piece)
        part.rename(place)
    finally:
        part.unlink(missing_ok=True)
    if as_json:
        print_json({"file": str(place), "bytes": size})
    else:
        print_line(f"Wrote {visible(str(place))} ({size} bytes).")
