"""Who may read the clock and who may sleep: one module of the product, one of the tests."""

import ast
from pathlib import Path

import pytest

from tests.tidy.sources import name_of, text_of, tracked_files

CLOCK = "addon_portal/domain/clock.py"

# The shim and the keeper import nothing of ours; a fault point waits where the clock may not exist yet.
OWN_CLOCK = ("addon_portal/shim/", "addon_portal/faultpoints.py")

# The programs that tests run are other people's programs: they sleep as those do.
MAY_SLEEP = ("tests/support/waiting.py", "tests/support/programs/")

READERS = {
    "time": {
        *("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
        *("clock_gettime", "clock_gettime_ns", "localtime", "gmtime", "ctime"),
    },
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}

PRODUCT = [
    path
    for path in tracked_files("addon_portal/**.py")
    if name_of(path) != CLOCK and not name_of(path).startswith(OWN_CLOCK)
]
TESTS = [path for path in tracked_files("tests/**.py") if not name_of(path).startswith(MAY_SLEEP)]


def uses(tree: ast.AST, module: str, names: set[str]) -> list[str]:
    """Where `module.name` is used, or `from module import name` stands, for one of the names."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=base) | ast.Attribute(attr=base), attr=attr):
                if base == module and attr in names:
                    found.append(f"line {node.lineno}: {base}.{attr}")
            case ast.ImportFrom(module=source, names=imported) if source == module:
                found += [f"line {node.lineno}: {name.name}" for name in imported if name.name in names]
    return found


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_only_the_clock_module_reads_the_clock(path: Path) -> None:
    tree = ast.parse(text_of(path))
    found = [use for module, names in READERS.items() for use in uses(tree, module, names)]
    assert not found, f"{name_of(path)} reads the clock; take it from {CLOCK}: {found}"


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_tests_wait_for_events_and_do_not_sleep(path: Path) -> None:
    found = uses(ast.parse(text_of(path)), "time", {"sleep"})
    assert not found, f"{name_of(path)} sleeps; use tests/support/waiting.py: {found}"


def test_the_rule_sees_each_way_to_break_it() -> None:
    source = "import time, datetime\nfrom time import sleep\ntime.time()\ndatetime.datetime.now()\n"
    tree = ast.parse(source)
    assert uses(tree, "time", {"sleep", "time"}) == ["line 2: sleep", "line 3: time.time"]
    assert uses(tree, "datetime", {"now"}) == ["line 4: datetime.now"]
