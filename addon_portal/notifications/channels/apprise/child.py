"""The process that sends one message through Apprise: `python -m …apprise.child`, told on standard input.

Promises to end with its time whatever plug-ins do, and to say nothing of the address. Writes `{"error": …}`.
"""

import json
import signal
import sys
from typing import Any

from addon_portal.notifications.channels.apprise.guard import Guard

NOT_INSTALLED = "Apprise is not installed beside the portal: pip install 'addon-portal[apprise]'"


def send(told: dict[str, Any]) -> str | None:
    """Send; what went wrong, in words without the address."""
    try:
        import apprise
    except ImportError:
        return NOT_INSTALLED
    guard = Guard(allow_private=bool(told["allow_private"]))
    sys.addaudithook(guard)
    try:
        target = apprise.Apprise.instantiate(told["url"], suppress_exceptions=True)
        if target is None:
            return guard.refused or "Apprise does not understand the address"
        arrived = target.notify(body=told["text"], title=told["title"])
    except Exception as error:  # noqa: BLE001 - plug-ins raise what they like; what they say may hold the address
        return guard.refused or f"Apprise failed: {type(error).__name__}"
    return None if arrived else (guard.refused or "Apprise could not deliver it")


def main() -> None:
    """One message."""
    told = json.load(sys.stdin)
    signal.setitimer(signal.ITIMER_REAL, float(told["seconds"]))  # also when whoever started us is gone
    json.dump({"error": send(told)}, sys.stdout)


if __name__ == "__main__":
    main()
