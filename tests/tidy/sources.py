"""The files that the tests about the code look at: those that git tracks, read once per session."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked_files(pattern: str = "*") -> tuple[Path, ...]:
    """Tracked files below the repository's root that match a git pathspec and still exist, sorted."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--", pattern], capture_output=True, text=True, check=True
    )
    return tuple(path for name in sorted(filter(None, done.stdout.split("\0"))) if (path := ROOT / name).is_file())


def name_of(path: Path) -> str:
    """The path as people write it: relative to the repository's root, with slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    """The text of a tracked file; bytes that are no UTF-8 are replaced."""
    return path.read_text(encoding="utf-8", errors="replace")
