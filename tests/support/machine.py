"""A machine as somebody else may have it: the same programs, but some."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = frozenset({"corepack", "node", "nodejs", "npm", "npx"})


def path_without(names: frozenset[str], place: Path) -> str:
    """A PATH with all programs of the own one that have other names: links in a directory that is made at `place`."""
    place.mkdir()
    for directory in os.get_exec_path():
        for program in Path(directory).glob("*"):
            link = place / program.name
            if program.name not in names and not link.is_symlink():
                link.symlink_to(program)
    assert not any(shutil.which(name, path=str(place)) for name in names)
    return str(place)


def run_where_allowed(*command: str | Path) -> None:
    """Run what root may do, but not in every container; where that is forbidden, the test says that it is skipped."""
    done = subprocess.run(command, capture_output=True, text=True)
    if re.search("not permitted|permission denied", done.stderr, re.IGNORECASE):
        pytest.skip(f"not allowed here: {done.stderr.strip().splitlines()[0]}")
    assert done.returncode == 0, done.stderr
