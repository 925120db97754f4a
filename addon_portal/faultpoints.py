"""Named points where a test may stop, kill or hold one of our processes; no effect otherwise.

`ADDON_PORTAL_FAULTPOINTS` is a JSON object from a point's name, or `name@run_id`, to an action: `stop` (SIGSTOP),
`kill` (SIGKILL), or `pause:PATH`, which makes `PATH.reached` and waits until PATH exists. The shim and the keeper have
points of their own by the same rules, since they import nothing of ours.
"""

import json
import os
import signal
import time
from pathlib import Path

_ACTIONS: dict[str, str] = json.loads(os.environ.get("ADDON_PORTAL_FAULTPOINTS") or "{}")


def reach(name: str, run_id: str = "") -> None:
    """Do what the test asked for at this point; nothing outside of tests."""
    if not _ACTIONS:
        return
    match (_ACTIONS.get(f"{name}@{run_id}") or _ACTIONS.get(name) or "").partition(":"):
        case "stop", _, _:
            os.kill(os.getpid(), signal.SIGSTOP)
        case "kill", _, _:
            os.kill(os.getpid(), signal.SIGKILL)
        case "pause", _, path:
            Path(f"{path}.reached").write_text(f"{name} {os.getpid()}\n", encoding="utf-8")
            while not Path(path).exists():
                time.sleep(0.002)
        case _:
            return
