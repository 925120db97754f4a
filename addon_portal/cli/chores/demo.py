"""The helper that makes the tenant demo, once a new portal is ready: nobody waits for it, and what runs goes first."""

import json
import os

from addon_portal.cli.demo import UpHasGone, make_demo
from addon_portal.cli.exit_codes import ExitCode
from addon_portal.cli.upkeep.options import UpOptions
from addon_portal.domain.clock import SystemClock
from addon_portal.domain.errors import DomainError
from addon_portal.storage import Storage, StorageError
from addon_portal.supervisor.options import SupervisorOptions
from addon_portal.workspaces.code_store import CodeStore

_NICE = 10


def main(options: UpOptions) -> int:
    """Make it, then take away the marker that says that it is wanted; prints why it could not be made."""
    os.nice(_NICE)
    told = SupervisorOptions(**json.loads(options.supervisor))
    clock = SystemClock()
    storage = Storage.open(told.database_url, clock=clock)
    try:
        make_demo(storage, told.data, CodeStore(told.data, told.code_limits), clock)
        told.data.demo_marker.unlink(missing_ok=True)
    except UpHasGone:
        return ExitCode.OK
    except (StorageError, DomainError) as trouble:
        print(f"The tenant demo cannot be made now, the next `up` tries again: {trouble.message}")
        return ExitCode.INSTALLATION
    except OSError as error:
        print(f"The tenant demo cannot be made now, the next `up` tries again: {error.filename}: {error.strerror}.")
        return ExitCode.INSTALLATION
    finally:
        storage.close()
    return ExitCode.OK
