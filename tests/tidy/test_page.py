"""The tenant portal's page agrees with the API it was made for, and keeps to the sizes that style.md names."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT, name_of, text_of, tracked_files

PAGE = ROOT / "addon_portal" / "apps" / "tenant-portal"
GENERATED = PAGE / "src" / "lib" / "schema.gen.ts"
COMPONENT_LINES = 150
FILE_LINES = 250

# Path below `src` to the reason why it may be longer.
LONGER_FOR_A_REASON: dict[str, str] = {"lib/schema.gen.ts": "made by a program"}

SOURCES = [path for path in tracked_files(f"{name_of(PAGE)}/src/**") if path.suffix in {".ts", ".tsx"}]


@pytest.mark.slow
def test_the_types_are_those_of_the_api() -> None:
    printed = subprocess.run(
        [sys.executable, "scripts/openapi.py", "--types"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(printed.stdout)["x-digest"] in text_of(GENERATED).partition("\n")[0], (
        "run `scripts/page.sh npm run types`"
    )


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_of_the_page_keep_to_their_size(path: Path) -> None:
    if path.relative_to(PAGE / "src").as_posix() in LONGER_FOR_A_REASON:
        return
    is_component = path.suffix == ".tsx" and ".test." not in path.name
    limit = COMPONENT_LINES if is_component and "pages" not in path.parts else FILE_LINES
    assert text_of(path).count("\n") <= limit


def test_the_page_loads_nothing_from_elsewhere() -> None:
    """Its Content-Security-Policy would refuse it, and a portal on a closed network has nowhere to fetch it from."""
    shipped = [*SOURCES, *tracked_files(f"{name_of(PAGE)}/public/**"), PAGE / "index.html", PAGE / "src/styles.css"]
    address = re.compile(r"""(?:src|href|from|url\(|import\()\s*=?\s*["'(]?(?:https?:)?//""")
    assert [name_of(path) for path in shipped if address.search(text_of(path))] == []


def test_every_version_is_pinned() -> None:
    package = json.loads(text_of(PAGE / "package.json"))
    versions = package["dependencies"] | package["devDependencies"]
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
