"""What must not stand in a tracked file: where packages come from, and paths of the machine it was written on."""

import json
import re
from pathlib import Path

import pytest

from tests.tidy.sources import name_of, text_of, tracked_files

REGISTRY = re.compile(r"https?://[a-z.]*(pypi|pythonh|npm|debian)")
MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|root)/", re.MULTILINE)


@pytest.mark.parametrize("forbidden", [REGISTRY, MACHINE_PATH], ids=["registry", "machine path"])
def test_no_tracked_file_names_a_registry_or_this_machine(forbidden: re.Pattern[str]) -> None:
    found = [
        f"{name_of(path)}:{text_of(path)[: match.start()].count(chr(10)) + 1}: {match.group().strip()}"
        for path in tracked_files()
        for match in forbidden.finditer(text_of(path))
    ]
    assert not found, "\n".join(found)


def test_the_rules_see_what_they_forbid() -> None:
    assert REGISTRY.search("see https:" + "//registry.npm" + "js.example/x")
    assert MACHINE_PATH.search("cd /" + "root/x")
    assert not MACHINE_PATH.search("src/root/x and chroot/")


def test_a_package_lock_says_what_and_not_from_where() -> None:
    locks = {path: json.loads(text_of(path))["packages"] for path in tracked_files("**package-lock.json")}
    found = [f"{name_of(path)}: {name}" for path, held in locks.items() for name in held if "resolved" in held[name]]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", tracked_files("requirements/*.txt"), ids=name_of)
def test_a_lock_pins_every_package_with_hashes_and_no_address(path: Path) -> None:
    text = text_of(path)
    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE), "options in a lock are addresses sooner or later"
    blocks = re.findall(r"^[a-z0-9][^\s=]*==\S+ \\\n((?: {4}--hash=sha256:[0-9a-f]{64}.*\n)+)", text, re.MULTILINE)
    assert len(blocks) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0
