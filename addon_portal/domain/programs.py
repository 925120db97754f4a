"""Filling an operator's argv template from a run's parameters.

Pure. A part may hold `{name}` anywhere; what is filled in stays one argument whatever it contains, since no shell ever
sees it. Leaves the check against the program's schema to the API, which refuses before a run is made.
"""

import json
import re
from collections.abc import Mapping, Sequence

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def placeholders(argv: Sequence[str]) -> tuple[str, ...]:
    """The names that a template needs, each once, in order."""
    return tuple(dict.fromkeys(name for part in argv for name in _PLACEHOLDER.findall(part)))


def fill_argv(argv: Sequence[str], parameters: Mapping[str, object]) -> tuple[str, ...]:
    """The arguments of one run: texts as they are, everything else as JSON. Raises KeyError for a missing name."""
    return tuple(_PLACEHOLDER.sub(lambda match: _as_text(parameters[match[1]]), part) for part in argv)


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
