"""Which control groups can be made where the tests run; tests that need one of them are skipped elsewhere, by name."""

import pytest

from addon_portal.executors.control_groups.layout import find_hierarchies, is_handed_over, try_hierarchies

# Of version 2 with controllers, whoever runs the tests is moved to another group first; so that is done only where
# somebody handed a group over for them: systemd-run --pipe --wait -p Delegate=yes -d make test T=...
_HIERARCHIES = find_hierarchies()
_FOUND = try_hierarchies(_HIERARCHIES)
_OURS = any(tree.version == 2 and is_handed_over(tree.own) for tree in _HIERARCHIES)
USABLE = {name for name, version in _FOUND.items() if version == 1 or name == "tree" or _OURS}


def needs(*controllers: str) -> pytest.MarkDecorator:
    """Skips where one of these cannot be used."""
    missing = sorted(set(controllers) - USABLE)
    return pytest.mark.skipif(bool(missing), reason=f"no control groups with {', '.join(missing)} can be made here")
