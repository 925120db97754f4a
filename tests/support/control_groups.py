"""Which control groups can be made where the tests run; tests that need one of them are skipped elsewhere, by name."""

import pytest

from addon_portal.executors.control_groups.layout import find_hierarchies, try_hierarchies

# Of version 2 with controllers, whoever runs the tests would be moved to another group first; only its tree is used.
_FOUND = try_hierarchies(find_hierarchies())
USABLE = {name for name, version in _FOUND.items() if version == 1 or name == "tree"}


def needs(*controllers: str) -> pytest.MarkDecorator:
    """Skips where one of these cannot be used."""
    missing = sorted(set(controllers) - USABLE)
    return pytest.mark.skipif(bool(missing), reason=f"no control groups with {', '.join(missing)} can be made here")
