"""What the import contracts of pyproject.toml cannot say: that a package has no third-party import whatever."""

import ast
import sys
from pathlib import Path

import pytest

from tests.tidy.sources import name_of, text_of, tracked_files

MODULES = [
    (path, own)
    for own in ("addon_portal.domain", "addon_portal.shim")
    for path in tracked_files(f"{own.replace('.', '/')}/**.py")
]


def imported_modules(tree: ast.AST) -> set[str]:
    """Every module that is imported anywhere in the tree, late imports included."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {name.name for name in names}
            case ast.ImportFrom(module=str(module)):
                found.add(module)
    return found


def foreign(modules: set[str], own: str) -> list[str]:
    """What belongs neither to the standard library nor to the package itself."""
    return sorted(
        name
        for name in modules
        if name.partition(".")[0] not in sys.stdlib_module_names and not f"{name}.".startswith(f"{own}.")
    )


@pytest.mark.parametrize(("path", "own"), MODULES, ids=lambda value: name_of(value) if isinstance(value, Path) else "")
def test_domain_and_shim_import_the_standard_library_and_themselves_only(path: Path, own: str) -> None:
    assert not foreign(imported_modules(ast.parse(text_of(path))), own)


def test_the_rule_sees_what_is_foreign() -> None:
    tree = ast.parse("import os.path, fastapi\nfrom addon_portal.domain import ids\nfrom addon_portal.storage import x")
    assert foreign(imported_modules(tree), "addon_portal.domain") == ["addon_portal.storage", "fastapi"]
