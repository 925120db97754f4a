"""`docs/reference/cli.md` and the quickstart say what the code does."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from addon_portal.cli.exit_codes import EXPLANATIONS, ExitCode
from addon_portal.cli.main import make_app
from tests.integration.cli.reference import PAGE, commands, fill

DOCS = Path(__file__).parents[3] / "docs"


def test_the_reference_is_what_the_code_says() -> None:
    page = PAGE.read_text()
    assert fill(page) == page, "run: python -m tests.integration.cli.reference"


def test_every_exit_code_is_explained_and_none_twice() -> None:
    assert list(EXPLANATIONS) == list(ExitCode)
    assert len(set(EXPLANATIONS.values())) == len(ExitCode)


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_examples(name: str) -> None:
    shown = CliRunner().invoke(make_app(name.split(maxsplit=1)[0]), [*name.split(), "--help"])
    assert shown.exit_code == 0
    assert "Examples:" in shown.output
    assert f"addon-portal {name}" in shown.output.split("Examples:")[1]


def test_a_word_brings_its_own_command_and_everything_else_brings_all() -> None:
    whole = get_command(make_app()).commands  # type: ignore[attr-defined]
    for word, command in whole.items():
        brought = get_command(make_app(word)).commands  # type: ignore[attr-defined]
        assert word in brought
        assert brought.keys() < whole.keys()
        assert [option.opts for option in brought[word].params] == [option.opts for option in command.params]
    for word in ("--help", "-h", "--version", "ruin", ""):
        assert get_command(make_app(word)).commands.keys() == whole.keys()  # type: ignore[attr-defined]


def test_every_command_can_print_json() -> None:
    processes = {"up", "api", "supervisor", "keeper", "notifier"}
    without = {
        name for name, command in commands().items() if not any("--json" in option.opts for option in command.params)
    }
    assert without == processes


@pytest.mark.parametrize("page", ["quickstart.md", "reference/cli.md"])
def test_every_command_in_the_documents_exists(page: str) -> None:
    known = {name.split()[0] for name in commands()}
    lines = re.findall(r"^(?:\$ )?(?:\.venv/bin/)?(addon-portal .*)$", (DOCS / page).read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        words = shlex.split(line, comments=True)[1:]
        assert words[0] in known, line
        name = next(name for name in (" ".join(words[:2]), words[0]) if name in commands())
        options = {option for parameter in commands()[name].params for option in parameter.opts}
        end = min(words.index(mark) for mark in ("--", "|", "&&", words[-1]) if mark in words)
        used = {word.partition("=")[0] for word in words[: end + 1] if word.startswith("-") and word != "--"}
        assert used <= options, line
