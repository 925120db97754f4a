"""The command line: which commands there are, and how a command that fails ends.

Only the module of the command that was asked for is imported; those that take long (settings, database, web server) are
imported by the commands that need them.
"""

import errno
import io
import sys
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer

from addon_portal import __version__
from addon_portal.cli.errors import CommandFailed
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.options import Commands
from addon_portal.cli.output import forget_stdout, hint

_COMMANDS = {
    "portal": ("up", "down"),
    "runs": ("run", "restart", "stop", "wait"),
    "reading": ("status", "runs", "show", "logs"),
    "comparison": ("compare",),
    "statistics": ("stats",),
    "usage": ("usage",),
    "diagnosis": ("doctor", "cleanup"),
    "retention": ("retention",),
    "log_in": ("login-link",),
    "processes": ("api", "supervisor", "keeper", "notifier"),
}
"""Which module of `commands` registers which commands, in the order in which the help lists them."""
_GROUPS = {
    "project": "projects",
    "files": "files",
    "scheduled": "scheduled",
    "schedule": "schedules",
    "bulk": "bulk",
    "program": "programs",
    "tenant": "tenants",
    "key": "keys",
    "sessions": "sessions",
    "drain": "drain",
    "webhook": "webhooks",
    "db": "installation",
}
"""Which module of `commands` holds which group."""


def make_app(word: str | None = None) -> typer.Typer:
    """All commands; or only those of one module where `word` is one of them, since making all takes longer than most.

    What is no command, such as an option or a mistake, needs all of them for its answer.
    """
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
    known = word in _GROUPS or any(word in words for words in _COMMANDS.values())
    for module, words in _COMMANDS.items():
        if not known or word in words:
            _module(module).register(app)
    for name, module in _GROUPS.items():
        if not known or word == name:
            app.add_typer(_module(module).app, name=name)
    app.callback()(_describe)
    return app


def _module(name: str) -> Any:
    return import_module(f"addon_portal.cli.commands.{name}")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"addon-portal {__version__}")
        raise typer.Exit


def _describe(
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
        make_app(sys.argv[1] if len(sys.argv) > 1 else None)()
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
