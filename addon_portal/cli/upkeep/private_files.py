"""Files that only their owner may read, written whole or not at all."""

import os
from pathlib import Path


def write_private(path: str, text: str) -> None:
    """Replace a file by one of mode 0600; readers see the old or the new one."""
    temporary = f"{path}.{os.getpid()}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
    Path(temporary).replace(path)
