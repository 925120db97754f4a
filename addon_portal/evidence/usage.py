"""Reading what a run has used over time, as the supervisor's samples say.

Promises that a run without samples is told from one whose samples cannot be read. Leaves what is shown of them, and
what the run's other records add, to the caller.
"""

import os
from pathlib import Path

from addon_portal.domain.usage import HEADER_BYTES, MOST_SAMPLES, SAMPLE_BYTES, UsageLog, decode

USAGE_FILE = "usage"
_MOST_BYTES = HEADER_BYTES + 2 * MOST_SAMPLES * SAMPLE_BYTES
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class UsageUnreadable(Exception):
    """There are samples, and they cannot be read."""


def read_usage(directory: Path | str) -> UsageLog | None:
    """The samples of a run; None where there are none. Raises UsageUnreadable."""
    try:
        descriptor = os.open(f"{directory}/{USAGE_FILE}", _FLAGS)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageUnreadable(f"{USAGE_FILE} cannot be read: {error.strerror}") from error
    try:
        return decode(os.read(descriptor, _MOST_BYTES))
    except OSError as error:
        raise UsageUnreadable(f"{USAGE_FILE} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageUnreadable(f"{USAGE_FILE} cannot be read: {error}") from error
    finally:
        os.close(descriptor)
