"""What can be in a command's way, each with its exit code and a sentence that says what to do.

`main` prints the sentence on standard error and ends with the code; nothing else in the CLI ends the process early.
"""

from collections.abc import Mapping

from addon_portal.cli.exit_codes import ExitCode

_OPTIONS: Mapping[str, Mapping[str, str]] = {"confirmation_required": {"confirm=true": "--confirm"}}
"""By the code of a refusal: what the API calls something that is an option here."""


class CommandFailed(Exception):
    """The command ends here. The message is for a person."""

    exit_code = ExitCode.TROUBLE_FOUND

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadUsage(CommandFailed):
    """What was typed cannot be carried out, whatever the portal says."""

    exit_code = ExitCode.USAGE


class NotAllowed(CommandFailed):
    """The API key cannot be one."""

    exit_code = ExitCode.NOT_ALLOWED


class InstallationTrouble(CommandFailed):
    """Settings, data directory or database cannot be used."""

    exit_code = ExitCode.INSTALLATION


class DatabaseBusy(InstallationTrouble):
    """Another process writes for too long; the same command may succeed when it is given again."""

    exit_code = ExitCode.DATABASE_BUSY


class PortalUnavailable(CommandFailed):
    """Nobody answers. `worth_retrying` says whether that may pass by itself."""

    exit_code = ExitCode.PORTAL_UNAVAILABLE

    def __init__(self, message: str, *, worth_retrying: bool = True) -> None:
        super().__init__(message)
        self.worth_retrying = worth_retrying


class Refused(CommandFailed):
    """The portal answered with a problem document."""

    exit_code = ExitCode.REFUSED

    def __init__(self, problem: Mapping[str, object]) -> None:
        said = str(problem.get("detail") or problem.get("title") or "The portal refused the request.")
        for words, ours in _OPTIONS.get(str(problem.get("code")), {}).items():
            said = said.replace(words, ours)
        super().__init__(said)
        self.problem = problem
        if problem.get("status") in (401, 403):
            self.exit_code = ExitCode.NOT_ALLOWED

    @property
    def code(self) -> str:
        """The stable code of the refusal."""
        return str(self.problem.get("code", ""))
