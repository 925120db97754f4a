"""What style.md asks of every module: an opening docstring, and sizes that nobody has to scroll through."""

import ast
from pathlib import Path

import pytest

from tests.tidy.sources import name_of, text_of, tracked_files

MODULE_LINES = 400
TEST_MODULE_LINES = 500
FUNCTION_LINES = 50

FIRST_TABLES = "addon_portal/storage/migrations/versions/0001_first_tables.py"

# Path, or path::function, to the reason why it may be longer.
LONGER_FOR_A_REASON = {
    "addon_portal/shim/shim.py": "one file that works alone, on machines and Pythons without our package",
    f"{FIRST_TABLES}::_make_owners": "a list of columns; a migration that has run is not rewritten",
    f"{FIRST_TABLES}::_make_projects": "a list of columns; a migration that has run is not rewritten",
}

# The modules that everybody looks for have budgets of their own.
BUDGETS = {
    "addon_portal/api/main.py": 120,
    "addon_portal/api/routers/tenant_api.py": 300,
    "addon_portal/api/services/project_execution_service.py": 250,
}

MODULES = tracked_files("*.py")


def module_too_long(path: Path) -> dict[str, str]:
    """The module's name to what is wrong with its size; empty if nothing is."""
    usual = TEST_MODULE_LINES if name_of(path).startswith("tests/") else MODULE_LINES
    limit = BUDGETS.get(name_of(path), usual)
    lines = text_of(path).count("\n")
    return {name_of(path): f"has {lines} lines, at most {limit}"} if lines > limit else {}


def functions_too_long(path: Path) -> dict[str, str]:
    """The functions of a module that are too long, to how long they are."""
    return {
        f"{name_of(path)}::{node.name}": f"has {size} lines, at most {FUNCTION_LINES}"
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_opens_with_what_it_is_responsible_for(path: Path) -> None:
    if text_of(path).strip():
        assert ast.get_docstring(ast.parse(text_of(path))), f"{name_of(path)} has no docstring"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_and_functions_keep_to_their_size(path: Path) -> None:
    too_long = module_too_long(path) | functions_too_long(path)
    assert not {name: why for name, why in too_long.items() if name not in LONGER_FOR_A_REASON}


def test_every_exception_is_still_needed() -> None:
    too_long = {name for path in MODULES for name in module_too_long(path) | functions_too_long(path)}
    assert not LONGER_FOR_A_REASON.keys() - too_long, "remove them from LONGER_FOR_A_REASON"
