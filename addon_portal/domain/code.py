"""A project's own files as one version that never changes, and how a definition names it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a new workspace is filled with, known by what it holds: equal trees have equal digests.

    `entries` counts files, directories and links, `size_bytes` the content of files.
    """

    digest: str
    entries: int
    size_bytes: int

    def to_record(self) -> dict[str, object]:
        """As it stands in definitions, in specs and in answers."""
        return {"digest": self.digest, "entries": self.entries, "bytes": self.size_bytes}


def code_from_record(record: Mapping[str, object]) -> Code:
    """What `to_record` made it of. Raises LookupError, TypeError and ValueError for anything else."""
    return Code(str(record["digest"]), int(str(record["entries"])), int(str(record["bytes"])))
