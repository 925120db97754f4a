"""Writes the part of `docs/reference/cli.md` that follows from the code: `python -m tests.integration.cli.reference`.

Sections between the markers are made from the commands themselves; everything outside of them is written by hand.
"""

import sys
from functools import cache
from pathlib import Path
from typing import Any

from typer.main import get_command

from addon_portal.cli.exit_codes import EXPLANATIONS
from addon_portal.cli.main import make_app

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


@cache
def commands() -> dict[str, Any]:
    """Every command by its full name, in the order of the help."""
    found: dict[str, Any] = {}
    for name, command in get_command(make_app()).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        if inner is None:
            found[name] = command
        else:
            found |= {f"{name} {sub}": subcommand for sub, subcommand in inner.items()}
    return found


def exit_codes() -> str:
    """The table of exit codes."""
    rows = [f"| {code.value} | `{code.name.lower()}` | {said} |" for code, said in EXPLANATIONS.items()]
    return "\n".join(["| code | name | meaning |", "| --- | --- | --- |", *rows])


def describe(name: str, command: Any) -> str:
    """One section: what it does, its usage, its options, examples."""
    context = command.make_context(name, [], resilient_parsing=True)
    usage = " ".join(["addon-portal", name, *command.collect_usage_pieces(context)])
    options = [record for parameter in command.get_params(context) if (record := parameter.get_help_record(context))]
    rows = [f"| `{escape(option)}` | {escape(said)} |" for option, said in options if "--help" not in option]
    parts = [f"### `{name}`", command.help.strip(), f"    {usage}"]
    if rows:
        parts.append("\n".join(["| argument or option | meaning |", "| --- | --- |", *rows]))
    lines = (command.epilog or "").split("Examples:\n")[-1].splitlines()
    parts.append("```sh\n" + "\n".join(line.strip() for line in lines) + "\n```" if lines else "")
    return "\n\n".join(part for part in parts if part)


def escape(text: str) -> str:
    """For a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def generated() -> dict[str, str]:
    """The parts by the name of their markers."""
    return {
        "exit codes": exit_codes(),
        "commands": "\n\n".join(describe(name, command) for name, command in commands().items()),
    }


def fill(page: str) -> str:
    """The page with its generated parts as they should be."""
    for name, text in generated().items():
        begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        before, found_begin, rest = page.partition(begin)
        _, found_end, after = rest.partition(end)
        assert found_begin, f"the page lacks {begin}"
        assert found_end, f"the page lacks {end}"
        page = f"{before}{begin}\n{text}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text()))
    sys.stdout.write(f"wrote {PAGE.name}\n")
