"""What lies on this host's disk and nobody uses any more: found there, asked about in the books, and removed.

The disk says what there is, the books say who uses it; what the books do not know is left alone. Whatever is removed
loses its name first, in one step, after it was written down why. Reads the books in small pieces and waits between
them, so that nobody else waits for it.
"""

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import structlog

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock, to_text
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import ProjectId, RunId, TenantId, has_form
from addon_portal.domain.retention import Kind, Removal, Unused
from addon_portal.domain.verdict import Lock
from addon_portal.evidence.output import LOG_FILE
from addon_portal.evidence.removals import LOG_REMOVED, workspace_removed
from addon_portal.executors.run_files import probe
from addon_portal.storage import Storage
from addon_portal.storage.retentions import NewestRun, Retentions
from addon_portal.workspaces.disk import DIRECTORY, opened, write_record
from addon_portal.workspaces.removal import measure_tree, remove_tree

log = structlog.get_logger()

_AT_ONCE = 200
_PAUSE_SECONDS = 0.02
REMOVING = ".removing"
"""What the name of a directory ends with that is being removed."""


class UnusedThings:
    """Belongs to one thread."""

    def __init__(self, storage: Storage, data: DataDirectory, clock: Clock) -> None:
        self._storage = storage
        self._data = data
        self._clock = clock
        self._pause = threading.Event()

    def iter_unused(self, kind: Kind, *, measure: bool) -> Iterator[Unused]:
        """Everything of a kind that nobody uses, in no order; sizes are told of logs, of others where asked for."""
        match kind:
            case Kind.LOG:
                yield from self._iter_logs()
            case Kind.WORKSPACE:
                yield from self._iter_workspaces(measure=measure)
            case Kind.CODE:
                yield from self._iter_code(measure=measure)

    def measure_all(self, kind: Kind) -> int:
        """Bytes that all of a kind take, those in use too. Not asked of code."""
        if kind is Kind.LOG:
            return sum(_size_of_log(self._data.run_directory(run_id)) for run_id in self._iter_run_ids())
        return sum(
            measure_tree(str(self._data.workspace(f"{project}/{run}")))
            for project, runs in self._iter_projects()
            for run in runs
        )

    def remove(self, removal: Removal) -> bool:
        """Remove one thing; false where somebody has begun to use it. Raises OSError."""
        match removal.thing.kind:
            case Kind.LOG:
                return self._remove_log(removal)
            case Kind.WORKSPACE:
                return self._remove_workspace(removal)
            case Kind.CODE:
                return self._remove_code(removal)

    def finish_removals(self, kind: Kind) -> None:
        """Remove to the end what was being removed when a supervisor died. Raises OSError."""
        if kind is Kind.WORKSPACE:
            for project, _ in self._iter_projects():
                self._finish_in(self._data.workspace(project))
        elif kind is Kind.CODE:
            for tenant in self._iter_tenants():
                self._finish_in(self._data.uploads.parent / tenant)

    # Logs.

    def _iter_run_ids(self) -> Iterator[RunId]:
        with suppress(FileNotFoundError), os.scandir(self._data.run_root) as entries:
            yield from (RunId(entry.name) for entry in entries if has_form("run_", entry.name))

    def _iter_logs(self) -> Iterator[Unused]:
        sized = ((run_id, _size_of_log(self._data.run_directory(run_id))) for run_id in self._iter_run_ids())
        there = ((run_id, size) for run_id, size in sized if size >= 0)
        while batch := dict(islice(there, _AT_ONCE)):
            with self._storage.read() as uow:
                runs = uow.host_runs.find_many(list(batch))
                newest = Retentions(uow).list_newest({run.project_id for run in runs.values()})
            for run in runs.values():
                if run.finished_at is not None and not run.is_active:
                    newer = newest[run.project_id].number - run.number
                    yield Unused(Kind.LOG, run.id, run.finished_at, newer, batch[run.id])
            self._pause.wait(_PAUSE_SECONDS)

    def _remove_log(self, removal: Removal) -> bool:
        directory = self._data.run_directory(RunId(removal.thing.name))
        if probe(f"{directory}/lock") is Lock.HELD:
            return False
        record = directory / LOG_REMOVED
        if not record.exists():  # else it was begun before, and that is when it went and why
            written = (directory / LOG_FILE).stat().st_size
            said = removal.to_record(to_text(self._clock.now()))
            write_record(str(record), {**said, "run": removal.thing.name, "bytes": written})
        faultpoints.reach("retention.log_recorded")
        (directory / LOG_FILE).unlink(missing_ok=True)
        faultpoints.reach("retention.log_removed")
        (directory / "output.idx").unlink(missing_ok=True)
        return True

    # Workspaces.

    def _iter_projects(self) -> Iterator[tuple[ProjectId, Sequence[RunId]]]:
        """Each project with its workspaces on disk, oldest first."""
        with suppress(FileNotFoundError), os.scandir(self._data.workspace("")) as projects:
            for project in projects:
                if has_form("prj_", project.name) and project.is_dir(follow_symlinks=False):
                    with os.scandir(project.path) as entries:
                        runs = sorted(RunId(entry.name) for entry in entries if has_form("run_", entry.name))
                    yield ProjectId(project.name), runs

    def _iter_workspaces(self, *, measure: bool) -> Iterator[Unused]:
        projects = self._iter_projects()
        while batch := dict(islice(projects, _AT_ONCE)):
            with self._storage.read() as uow:
                newest = Retentions(uow).list_newest(batch)
            for project_id, runs in batch.items():
                for newer, run_id in enumerate(reversed(runs)):
                    if since := self._unused_since(newest.get(project_id), f"{project_id}/{run_id}", run_id):
                        name = f"{project_id}/{run_id}"
                        size = measure_tree(str(self._data.workspace(name))) if measure else 0
                        yield Unused(Kind.WORKSPACE, name, since, newer, size)
            self._pause.wait(_PAUSE_SECONDS)

    def _unused_since(self, newest: NewestRun | None, workspace: str, first_run: RunId) -> datetime | None:
        """Since when nothing can begin there any more: the next run begins where the newest one did."""
        if newest is None or (newest.is_active and newest.workspace == workspace):
            return None
        if newest.workspace == workspace:
            if newest.deleted_at is None or newest.finished_at is None:
                return None
            return max(newest.deleted_at, newest.finished_at)
        with self._storage.read() as uow:
            return Retentions(uow).find_left_at(newest.project_id, workspace, first_run)

    def _remove_workspace(self, removal: Removal) -> bool:
        place = self._data.workspace(removal.thing.name)
        record = workspace_removed(place)
        write_record(str(record), removal.to_record(to_text(self._clock.now())))
        faultpoints.reach("retention.workspace_recorded")
        place.rename(f"{place}{REMOVING}")
        place.with_name(f"{place.name}.filled.json").unlink(missing_ok=True)
        faultpoints.reach("retention.workspace_renamed")
        remove_tree(f"{place}{REMOVING}")
        return True

    def _finish_in(self, directory: Path) -> None:
        with suppress(FileNotFoundError), os.scandir(directory) as entries:
            for entry in [each for each in entries if each.name.endswith(REMOVING)]:
                try:
                    remove_tree(entry.path)
                except OSError as error:  # tried again with the next pass
                    log.warning("removal_not_finished", path=entry.path, error=str(error))

    # Code.

    def _iter_tenants(self) -> Iterator[TenantId]:
        with suppress(FileNotFoundError), os.scandir(self._data.uploads.parent) as entries:
            yield from (TenantId(entry.name) for entry in entries if has_form("ten_", entry.name))

    def _iter_code(self, *, measure: bool) -> Iterator[Unused]:
        for tenant_id in self._iter_tenants():
            with self._storage.read() as uow:
                in_use = Retentions(uow).list_code_in_use(tenant_id)
            for version in sorted((self._data.uploads.parent / tenant_id).iterdir()):
                if version.suffix != REMOVING and f"sha256:{version.name}" not in in_use:
                    size = measure_tree(str(version)) if measure else 0
                    yield Unused(Kind.CODE, f"{tenant_id}/{version.name}", _changed_at(version), 0, size)
            self._pause.wait(_PAUSE_SECONDS)

    def _remove_code(self, removal: Removal) -> bool:
        place = self._data.uploads.parent / removal.thing.name
        with self._nobody_stores_code():
            if _changed_at(place) != removal.thing.since:
                return False  # Uploaded again since we looked, and about to be named by a definition.
            place.rename(f"{place}{REMOVING}")
        faultpoints.reach("retention.code_renamed")
        remove_tree(f"{place}{REMOVING}")
        return True

    @contextmanager
    def _nobody_stores_code(self) -> Iterator[None]:
        with opened(str(self._data.uploads.parent), DIRECTORY) as directory:
            fcntl.flock(directory, fcntl.LOCK_EX)
            yield


def _size_of_log(directory: Path) -> int:
    """Bytes that a log takes on disk; -1 where there is none."""
    try:
        return (directory / LOG_FILE).stat(follow_symlinks=False).st_blocks * 512
    except OSError:
        return -1


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat(follow_symlinks=False).st_mtime_ns / 1e9, UTC)
