"""A project's own files as one version that never changes, and how a definition names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Commit:
    """What code was fetched from: the commit that `ref` was when it was asked for."""

    url: str
    ref: str
    commit: str


@dataclass(frozen=True, slots=True)
class Code:
    """What a new workspace is filled with, known by what it holds: equal trees have equal digests.

    `entries` counts files, directories and links, `size_bytes` the content of files. Uploaded code has no commit.
    """

    digest: str
    entries: int
    size_bytes: int
    git: Commit | None = None

    def to_record(self) -> dict[str, object]:
        """As it stands in definitions, in specs and in answers."""
        git = self.git and {"url": self.git.url, "ref": self.git.ref, "commit": self.git.commit}
        return {"digest": self.digest, "entries": self.entries, "bytes": self.size_bytes, "git": git}


def code_from_record(record: Mapping[str, Any]) -> Code:
    """What `to_record` made it of. Raises LookupError, TypeError and ValueError for anything else."""
    git = record.get("git")
    commit = None if git is None else Commit(str(git["url"]), str(git["ref"]), str(git["commit"]))
    return Code(str(record["digest"]), int(record["entries"]), int(record["bytes"]), commit)
