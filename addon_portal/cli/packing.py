"""Packing a directory for `project push`: what is left out, and the archive that is sent.

Left out is what `.addonportalignore` in the directory says, and always what `ALWAYS_LEFT_OUT` lists. Links are packed
as links; the portal refuses those that lead out of the directory. Everything else that is no file is left out.
"""

import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from addon_portal.cli.errors import BadUsage

RULES_FILE = ".addonportalignore"
ALWAYS_LEFT_OUT = (".git", ".hg", ".svn", ".venv", "__pycache__", ".DS_Store")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: a pattern for names at any depth or, with a slash in it, for paths from the top."""

    pattern: str
    directories_only: bool = False

    def matches(self, path: str, *, is_directory: bool) -> bool:
        """Whether this is left out; `path` is relative and has slashes."""
        if self.directories_only and not is_directory:
            return False
        return fnmatchcase(path if "/" in self.pattern else path.rpartition("/")[2], self.pattern.lstrip("/"))


def read_rules(directory: Path) -> list[Rule]:
    """The rules of a directory. Raises BadUsage for one that we do not have."""
    rules = [Rule(name) for name in ALWAYS_LEFT_OUT]
    try:
        lines = (directory / RULES_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return rules
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.startswith("!") or "**" in text:
            raise BadUsage(f"{RULES_FILE}, line {number}: `!` and `**` are not known. Name what is to be left out.")
        if text and not text.startswith("#"):
            rules.append(Rule(text.rstrip("/"), text.endswith("/")))
    return rules


def iter_paths(directory: Path, rules: list[Rule], above: str = "") -> Iterator[tuple[str, Path]]:
    """What is packed, by its name in the archive, directories before what is in them, sorted."""
    for path in sorted(directory.iterdir()):
        name = f"{above}{path.name}"
        is_directory = path.is_dir() and not path.is_symlink()
        if any(rule.matches(name, is_directory=is_directory) for rule in rules):
            continue
        if is_directory:
            yield name, path
            yield from iter_paths(path, rules, f"{name}/")
        elif path.is_symlink() or stat.S_ISREG(path.lstat().st_mode):
            yield name, path


def pack(directory: Path, into: IO[bytes], on_packed: Callable[[int], None]) -> int:
    """Write the archive and return how many entries it has. Raises BadUsage, OSError."""
    count = 0
    rules = read_rules(directory)
    with tarfile.open(fileobj=into, mode="w:gz", compresslevel=5, format=tarfile.PAX_FORMAT) as archive:
        for name, path in iter_paths(directory, rules):
            entry = archive.gettarinfo(path, name)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            if entry.islnk():
                entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", path.stat().st_size
            if entry.isreg():
                with path.open("rb") as file:
                    archive.addfile(entry, file)
            else:
                archive.addfile(entry)
            count += 1
            on_packed(count)
    return count
