"""How much is taken in: bounds against archives that are small and become huge."""

from dataclasses import dataclass

LONGEST_PATH = 1024
"""Bytes of a path inside an archive; the kernel takes 4096 with all directories before it."""
LONGEST_NAME = 255
"""Bytes of one name, the limit of every usual file system."""
DEEPEST = 64
"""Directories inside of each other."""


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """Set by the operator: bytes of an archive, bytes of the files in it, and how many entries it may have."""

    upload_bytes: int
    code_bytes: int
    entries: int
