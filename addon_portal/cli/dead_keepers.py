"""Removing the directories that keepers leave when they end.

Promises that no keeper loses its directory that lives or may be coming up, and that no run that is not final loses the
lock by which it is known that its keeper is gone. Whatever cannot be read or removed is left for the next time.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from addon_portal.cli.upkeep.locks import is_held
from addon_portal.domain.clock import Clock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import HostId, has_form
from addon_portal.evidence.records import DamagedRecord, read_records
from addon_portal.storage import Storage

_RECORD = "keeper.json"
STILLBORN_AFTER_SECONDS = 24 * 3600.0
"""A directory without a record is that of a keeper that is coming up, or of one that died while it did."""


def remove_dead_keepers(storage: Storage, data: DataDirectory, host_id: HostId, clock: Clock) -> list[str]:
    """Remove what is certainly not needed any more; returns the keepers' ids."""
    dead = [directory for directory in _directories(data.keepers) if _is_dead(directory, clock)]
    if not dead:
        return []
    needed = _named_by_runs(storage, data, host_id)
    if needed is None:
        return []
    return [directory.name for directory in dead if directory.name not in needed and _remove(directory)]


def _directories(keepers: Path) -> list[Path]:
    with suppress(OSError):
        return [directory for directory in keepers.iterdir() if has_form("kpr_", directory.name)]
    return []


def _is_dead(directory: Path, clock: Clock) -> bool:
    """A keeper locks first and writes its record last, so that a record beside a free lock says that it has ended.

    Should the clock jump while one comes up, it finds its directory gone, ends, and another one is started.
    """
    try:
        has_record = (directory / _RECORD).exists()  # asked first: what we look at goes on
        if is_held(str(directory / "lock")):
            return False
        return has_record or clock.now().timestamp() - directory.stat().st_mtime > STILLBORN_AFTER_SECONDS
    except OSError:
        return False


def _named_by_runs(storage: Storage, data: DataDirectory, host_id: HostId) -> set[str] | None:
    """The keepers that runs name which are not final; None when that cannot be told."""
    if not data.run_root_marker.exists():
        return None
    named = set()
    with storage.read() as uow:
        runs = uow.host_runs.list_claimed(host_id)
    for run in runs:
        try:
            child = read_records(data.run_directory(run.id)).child
        except (OSError, DamagedRecord):
            return None
        if child is not None and child.keeper is not None:
            named.add(child.keeper)
    return named


def _remove(directory: Path) -> bool:
    """The record goes last: for as long as it is there the rest is known to be of a dead keeper."""
    try:
        for path in _in_order(directory):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        directory.rmdir()
    except OSError:
        return False
    return True


def _in_order(directory: Path) -> Iterator[Path]:
    yield from (path for path in directory.iterdir() if path.name != _RECORD)
    yield directory / _RECORD
