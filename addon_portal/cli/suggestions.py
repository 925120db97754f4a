"""Commands that are suggested to people, as they can be pasted into a shell.

Promises that whatever a name holds stays one word, whoever chose it, and that the command means the portal that was
meant before: `--data` is repeated where it was given.
"""

import re
import shlex
from contextvars import ContextVar

from addon_portal.cli.visible import visible

_given: ContextVar[str | None] = ContextVar("data", default=None)
"""The `--data` of the command that runs in this process."""


def remember_data(directory: str) -> None:
    """Have suggestions name this data directory."""
    _given.set(directory)


def suggest(*words: str, then: str = "") -> str:
    """A command of ours from its words; `then` is what follows as it stands."""
    data = _given.get()
    named = () if data is None else ("--data", data)
    return " ".join(["addon-portal", shlex.join([*words, *named]), *([then] if then else [])])


def how_to_start(part: str) -> str:
    """How a part of the portal is started: with the others by `up`, or as what it is in `deploy/systemd`."""
    return f"{suggest('up')} (or, as a service of its own: systemctl start addon-portal-{part})"


def word_for(name: str, identifier: str) -> str:
    """What to call something by: its name, unless that would be taken for an option or cannot be read or typed."""
    is_plain = visible(name) == name and not re.match(r"-|run_|prj_", name)
    return name if is_plain else identifier
