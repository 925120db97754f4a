"""A machine as somebody else may have it: the same programs, but some."""

import os
import shutil
from pathlib import Path

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
