"""Files that only their owner may read, written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path


def write_private(path: str, text: str) -> None:
    """Replace a file by one of mode 0600; readers see the old or the new one, also after a power cut.

    Raises OSError; then the old one is as it was and nothing else is left behind.
    """
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            left = memoryview(text.encode())
            while left:
                left = left[os.write(descriptor, left) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
