"""Options that many commands share, and the two ways to get at a portal: over its API, or at its data directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from shlex import quote
from textwrap import indent
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typing_extensions import override

from addon_portal.cli.client import DATA_VARIABLE, KEY_VARIABLE, URL_VARIABLE, PortalClient, find_portal
from addon_portal.cli.errors import DatabaseBusy, InstallationTrouble, Refused
from addon_portal.cli.suggestions import remember_data
from addon_portal.domain.errors import DomainError, StorageBusy

if TYPE_CHECKING:
    from addon_portal.config import Settings
    from addon_portal.storage import Storage

Url = Annotated[
    str | None, typer.Option("--url", metavar="URL", help=f"The portal's address; by default {URL_VARIABLE}.")
]
Key = Annotated[str | None, typer.Option("--key", metavar="KEY", help=f"An API key; by default {KEY_VARIABLE}.")]


def _named_directory(text: str | Path) -> Path:
    """An empty name would be the current directory, which is hardly ever meant: a variable was not set."""
    if not str(text):
        raise typer.BadParameter("expected a directory, got an empty path.")
    remember_data(str(text))
    return Path(text)


Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", parser=_named_directory, help=f"The data directory; by default {DATA_VARIABLE}."
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option("--database-url", metavar="URL", help="The database; by default the one in the data directory."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_NEARLY = 0.72
"""How much of two words has to be the same: `stauts` is nearly `status`, `bogus` is not nearly `logs`."""
_ARGV = "addon_portal.argv"


class CommandWithArgv(TyperCommand):
    """A command that takes another program's command line after `--`, whatever that looks like."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put aside what follows `--`; `argv_of` finds it."""
        if "--" in args:
            where = args.index("--")
            ctx.meta[_ARGV] = args[where + 1 :]
            args = args[:where]
        return super().parse_args(ctx, args)

    @override
    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What the usage line shows."""
        return [*super().collect_usage_pieces(ctx), "[-- ARGV...]"]


class Commands(TyperGroup):
    """A group that asks `did you mean` only where a command is nearly what was typed."""

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command. Raises a usage error when there is none."""
        self.suggest_commands = bool(args and get_close_matches(args[0], self.commands, cutoff=_NEARLY))
        return super().resolve_command(ctx, args)


def argv_of(ctx: typer.Context) -> list[str] | None:
    """The command line after `--`; None when there was no `--`."""
    found = ctx.meta.get(_ARGV)
    return None if found is None else list(found)


def examples(*lines: str) -> str:
    """An epilog for the help, line by line as it stands."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def connect(url: str | None, key: str | None, data: Path | None) -> PortalClient:
    """A client of the portal that the options, the environment or the data directory name."""
    return PortalClient(find_portal(url, key, data))


def settings_of(**given: object) -> "Settings":
    """The settings, with the options that were given. Raises InstallationTrouble naming every problem."""
    from addon_portal.config import SettingsError, load_settings

    try:
        return load_settings(**{name: value for name, value in given.items() if value is not None})
    except SettingsError as error:
        raise InstallationTrouble(f"The settings cannot be used.\n{indent(str(error), '  ')}") from error


def has_portal(settings: "Settings") -> bool:
    """Whether there is a portal in the data directory, even if its database should be missing."""
    from addon_portal.cli.setup import is_a_portals

    data = settings.data
    return settings.database != data.database_address or data.database.exists() or is_a_portals(data)


@contextmanager
def opened_storage(settings: "Settings", *, must_exist: bool = True) -> "Iterator[Storage]":
    """The database of the settings, for an operator at the machine.

    Turns what the storage raises inside the block into InstallationTrouble (DatabaseBusy where trying again may help),
    and refusals into Refused.
    """
    from addon_portal.domain.clock import SystemClock
    from addon_portal.storage import Storage, StorageError

    if must_exist and not has_portal(settings):
        raise InstallationTrouble(
            f"There is no portal in {settings.data_dir}. Name its directory with --data, or make its database with: "
            f"addon-portal db upgrade --data {quote(str(settings.data_dir))}"
        )
    storage = Storage.open(settings.database, clock=SystemClock())
    try:
        if must_exist:
            storage.check_there()
        yield storage
    except StorageError as error:
        raise InstallationTrouble(error.message) from error
    except StorageBusy as error:
        raise DatabaseBusy(error.message) from error
    except DomainError as error:
        raise Refused({"code": error.code, "detail": error.message, **error.fields}) from error
    finally:
        storage.close()
