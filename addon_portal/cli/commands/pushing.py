"""`project push` and `project fetch`: a directory or a commit becomes a project's code."""

import sys
import tempfile
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from addon_portal.cli.client import PortalClient, path_of
from addon_portal.cli.definitions import changed_definition
from addon_portal.cli.errors import BadUsage, Refused
from addon_portal.cli.lookups import find_project
from addon_portal.cli.options import AsJson, CommandWithArgv, Data, Key, Url, argv_of, connect, examples
from addon_portal.cli.output import print_json, print_line
from addon_portal.cli.packing import pack
from addon_portal.cli.suggestions import suggest, word_for
from addon_portal.cli.visible import visible

Json = dict[str, Any]

_IN_MEMORY = 8 << 20
_AGAIN_SECONDS = 1.0
"""The portal has waited for the end of a fetch for a while before it is asked again."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        cls=CommandWithArgv,
        epilog=examples(
            "addon-portal project push ./etl --name nightly -- python3 etl.py   # make it, with this code",
            "addon-portal project push ./etl --name nightly                     # new code for the next run",
        ),
    )(push)
    app.command(
        cls=CommandWithArgv,
        epilog=examples(
            "addon-portal project fetch nightly https://git.example/etl.git -- python3 etl.py",
            "addon-portal project fetch nightly https://git.example/etl.git --ref v1.2",
        ),
    )(fetch)


def push(
    ctx: typer.Context,
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Its files become the code.", exists=True, file_okay=False)
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="PROJECT", help="Name or id; by default the directory's name.")
    ] = None,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Send a directory to a project as its code. With a command after -- the project is made or changed.

    New workspaces are filled with the code. Left out is what .addonportalignore names, one pattern a line, and always
    .git, .hg, .svn, .venv, __pycache__ and .DS_Store.
    """
    client, argv = connect(url, key, data), argv_of(ctx)
    called = name or directory.resolve().name
    project = find_project(client, called)
    if project is None and not argv:
        raise BadUsage(f"There is no project {called!r} yet. Give the command that it is to run after --.")
    # A temporary file since the size is announced, so that what is too large is refused before it is sent.
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        count = pack(directory, file, _Progress("Packed {} entries"))
        size = file.tell()
        file.seek(0)
        project = _define(client, project, called, argv)
        before = project["definition_version"]
        target = path_of("tenant", "projects", project["id"], "files")
        project = client.put_file(target, file, size, _Progress(f"Sent {{}} of {size} bytes"))
    if as_json:
        print_json(project)
        return
    version = f"version {project['definition_version']} of its definition"
    said = f"is now the code of project {visible(project['name'])}, {version}"
    if project["definition_version"] == before:
        said = f"was the code of project {visible(project['name'])} already, {version}"
    entries = "1 entry" if count == 1 else f"{count} entries"
    print_line(f"{visible(str(directory))} ({entries}) {said}.")
    print_line(f"Run it with: {suggest('run', word_for(project['name'], project['id']))}")


def fetch(
    ctx: typer.Context,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Name or id.")],
    git: Annotated[str, typer.Argument(metavar="URL", help="A repository that the portal can reach.")],
    ref: Annotated[
        str, typer.Option("--ref", metavar="REF", help="A branch, a tag or a whole commit id; by default HEAD.")
    ] = "HEAD",
    url: Url = None,
    key: Key = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Have the portal fetch a commit as a project's code. With a command after -- the project is made or changed."""
    client, argv = connect(url, key, data), argv_of(ctx)
    found = find_project(client, project)
    if found is None and not argv:
        raise BadUsage(f"There is no project {project!r} yet. Give the command that it is to run after --.")
    found = _define(client, found, project, argv)
    request = client.put(path_of("tenant", "projects", found["id"], "code"), {"git": git, "ref": ref})
    pause = threading.Event()
    while request["completed_at"] is None:
        pause.wait(_AGAIN_SECONDS)
        request = client.get(path_of("tenant", "code-requests", request["id"]))
    if request["problem"] is not None:
        raise Refused({"code": "git_failed", "detail": request["problem"], "request_id": request["id"]})
    found = client.get(path_of("tenant", "projects", found["id"]))
    if as_json:
        print_json(found)
        return
    commit = found["code"]["git"]["commit"][:12]
    print_line(
        f"Commit {commit} of {visible(git)} is the code of project {visible(found['name'])}, "
        f"version {request['definition_version']} of its definition."
    )
    print_line(f"Run it with: {suggest('run', word_for(found['name'], found['id']))}")


def _define(client: PortalClient, project: Json | None, called: str, argv: list[str] | None) -> Json:
    """The project as it is to be: made, changed or as it is."""
    if project is None:
        return client.post(path_of("tenant", "projects"), {"name": called, "command": argv})
    changed = changed_definition(project, command=argv, program=None) if argv else None
    return client.put(path_of("tenant", "projects", project["id"]), changed) if changed else project


class _Progress:
    """Shows a number on a terminal, now and then, and takes it away at the end of the line."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_shown = sys.stderr.isatty()
        self._calls = 0

    def __call__(self, number: int) -> None:
        self._calls += 1
        if self._is_shown and self._calls % 50 == 1:
            sys.stderr.write(f"\r\x1b[K{self._text.format(number)}\r")
            sys.stderr.flush()
