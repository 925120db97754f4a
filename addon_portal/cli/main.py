"""The command line: which commands there are, and how a command that fails ends.

Modules that take long to import (settings, database, web server) are imported by the commands that need them.
"""

import errno
import io
import sys
from typing import Annotated, NoReturn

import typer

from addon_portal import __version__
from addon_portal.cli.commands import (
    bulk,
    comparison,
    diagnosis,
    drain,
    files,
    installation,
    keys,
    portal,
    processes,
    programs,
    projects,
    pushing,
    reading,
    retention,
    runs,
    scheduled,
    schedules,
    statistics,
    tenants,
    usage,
    webhooks,
)
from addon_portal.cli.errors import CommandFailed
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.options import Commands
from addon_portal.cli.output import forget_stdout, hint

app = typer.Typer(
    name="addon-portal",
    cls=Commands,
    help="Runs programs, says truthfully what happened to them, and restarts them.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

portal.register(app)
runs.register(app)
reading.register(app)
comparison.register(app)
statistics.register(app)
usage.register(app)
diagnosis.register(app)
retention.register(app)
processes.register(app)
pushing.register(projects.app)
app.add_typer(projects.app, name="project")
app.add_typer(files.app, name="files")
app.add_typer(scheduled.app, name="scheduled")
app.add_typer(schedules.app, name="schedule")
app.add_typer(bulk.app, name="bulk")
app.add_typer(programs.app, name="program")
app.add_typer(tenants.app, name="tenant")
app.add_typer(keys.app, name="key")
app.add_typer(drain.app, name="drain")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(installation.app, name="db")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"addon-portal {__version__}")
        raise typer.Exit


@app.callback()
def describe(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Runs programs, says truthfully what happened to them, and restarts them."""


def main() -> None:
    """Run one command. Ends the process with one of `ExitCode`, or with the code of a followed program."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files may be no text
    try:
        app()
    except CommandFailed as failure:
        _end(failure.message, failure.exit_code)
    except UnicodeEncodeError as error:
        _end(f"{error.object!a} is not UTF-8 text, as names and commands must be.", ExitCode.USAGE)
    except OSError as error:
        if error.filename is not None:
            _end(f"{error.filename}: {error.strerror}.", ExitCode.INSTALLATION)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
            raise
        forget_stdout()
        _end(f"What was asked for cannot be written: {error.strerror}.", ExitCode.TROUBLE_FOUND)


def _end(sentence: str, code: int) -> NoReturn:
    try:
        hint(f"addon-portal: {sentence}")
    except OSError:  # standard output is full too
        forget_stdout()
        hint(f"addon-portal: {sentence}")
    sys.exit(code)
