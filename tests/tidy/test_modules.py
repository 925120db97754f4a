"""What style.md asks of every module: an opening docstring, and sizes that nobody has to scroll through."""

import ast
from pathlib import Path

import pytest

from tests.tidy.sources import name_of, text_of, tracked_files

MODULE_LINES = 400
TEST_MODULE_LINES = 500
FUNCTION_LINES = 50

# Path, or path::function, to the reason why it may be longer.
LONGER_FOR_A_REASON: dict[str, str] = {}

MODULES = tracked_files("*.py")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_opens_with_what_it_is_responsible_for(path: Path) -> None:
    if text_of(path).strip():
        assert ast.get_docstring(ast.parse(text_of(path))), f"{name_of(path)} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_fits_its_size(path: Path) -> None:
    limit = TEST_MODULE_LINES if name_of(path).startswith("tests/") else MODULE_LINES
    lines = text_of(path).count("\n")
    assert lines <= limit or name_of(path) in LONGER_FOR_A_REASON, f"{name_of(path)} has {lines} lines, at most {limit}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    too_long = [
        f"{name_of(path)}::{node.name} has {size} lines, at most {FUNCTION_LINES}"
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
        and f"{name_of(path)}::{node.name}" not in LONGER_FOR_A_REASON
    ]
    assert not too_long, "\n".join(too_long)


def test_every_exception_is_still_needed() -> None:
    known = {name_of(path) for path in MODULES}
    stale = [name for name in LONGER_FOR_A_REASON if name.split("::", maxsplit=1)[0] not in known]
    assert not stale, f"remove from LONGER_FOR_A_REASON: {stale}"
