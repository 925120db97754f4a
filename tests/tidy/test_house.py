"""The build's parts agree with one another: locks with the declared dependencies, make targets with what calls them."""

import re
import subprocess
import tomllib

import pytest

from tests.tidy.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def pinned(kind: str) -> dict[str, str]:
    """Name to version, as a lock says."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", text, re.MULTILINE))


def bare_name(requirement: str) -> str:
    """`psycopg[binary]>=3` without everything that is not the name."""
    return re.split(r"[\[<>=~! ;]", requirement, maxsplit=1)[0]


@pytest.mark.parametrize("kind", ["runtime", "dev"])
def test_a_lock_holds_every_declared_dependency(kind: str) -> None:
    extras = PROJECT["optional-dependencies"]
    declared = PROJECT["dependencies"] + extras["build"] + (extras["dev"] if kind == "dev" else [])
    missing = {bare_name(requirement) for requirement in declared} - pinned(kind).keys()
    assert not missing, f"run make lock: {missing}"


def test_development_and_operation_use_the_same_versions() -> None:
    assert pinned("runtime").items() <= pinned("dev").items()


def test_bare_make_explains_every_target() -> None:
    help_text = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True).stdout
    explained = set(re.findall(r"^ *make ([a-z]+) +\S", help_text, re.MULTILINE))
    assert explained == TARGETS


@pytest.mark.parametrize("name", ["README.md", "docs/contributing.md", ".ci/run"])
def test_every_make_command_that_is_written_down_exists(name: str) -> None:
    text = (ROOT / name).read_text()
    used = set(re.findall(r"(?:^ *|`)make ([a-z]+)\b", text, re.MULTILINE))
    assert used, f"{name} names no make target"
    assert used <= TARGETS
