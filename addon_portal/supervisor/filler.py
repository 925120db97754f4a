"""Filling workspaces with code beside the loop, so that copying gigabytes holds up nobody else's run.

One thread, begun with the first project that has code; the loop asks and is woken when a workspace is ready. Promises
that one workspace is never filled twice at once and that no run starts in one that is being filled. It remembers
nothing that matters: what a killed supervisor had begun is found half-filled and done again.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from selectors import EVENT_READ, BaseSelector

import structlog

from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.ids import RunId
from addon_portal.domain.launch import LaunchFacts
from addon_portal.executors.base import CannotPrepare
from addon_portal.workspaces.filling import fill, is_filled

log = structlog.get_logger()

WAITING = "its code to be copied into its workspace"


@dataclass(slots=True)
class _Job:
    """A workspace to be filled for a run; `is_done` is set last."""

    run_id: RunId
    workspace: str
    version: str
    digest: str
    error: OSError | None = None
    is_done: bool = False


class Filler:
    """Called by the loop alone; its thread only works and rings."""

    def __init__(self, data: DataDirectory, on_done: Callable[[], None]) -> None:
        self._data = data
        self._on_done = on_done
        self._jobs: dict[str, _Job] = {}
        """By workspace; a job stays until it is asked what came of it."""
        self._queue: SimpleQueue[_Job] = SimpleQueue()
        self._has_thread = False
        self._bell: int | None = None

    def attach(self, selector: BaseSelector) -> None:
        """Have the loop woken when something is done."""
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        selector.register(self._bell, EVENT_READ, self._on_ring)

    def waits_for(self, facts: LaunchFacts) -> str | None:
        """What a run in a workspace of ours still waits for; begins to fill that if it has to be."""
        if facts.definition.code is None and not self._jobs:
            return None
        workspace = str(self._data.workspace(facts.run.workspace))
        job, code = self._jobs.get(workspace), facts.definition.code
        if job is not None and not job.is_done:
            return WAITING
        if code is None or (job is not None and job.run_id == facts.run.id) or is_filled(workspace, code.digest):
            return None
        version = str(self._data.code_version(facts.tenant.id, code.digest))
        self._begin(_Job(facts.run.id, workspace, version, code.digest))
        return WAITING

    def check(self, facts: LaunchFacts) -> None:
        """Refuse a run whose workspace could not be filled. Raises CannotPrepare."""
        if self._jobs:
            job = self._jobs.pop(str(self._data.workspace(facts.run.workspace)), None)
            if job is not None and job.run_id == facts.run.id and job.error is not None:
                raise CannotPrepare("code", job.error) from job.error

    def _begin(self, job: _Job) -> None:
        if not self._has_thread:
            self._has_thread = True
            threading.Thread(target=self._work, name="filler", daemon=True).start()
        self._jobs[job.workspace] = job
        self._queue.put(job)

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            try:
                fill(job.workspace, job.version, job.digest)
            except OSError as error:
                log.warning("workspace_not_filled", workspace=job.workspace, error=str(error))
                job.error = error
            job.is_done = True
            if self._bell is not None:
                os.eventfd_write(self._bell, 1)

    def _on_ring(self) -> None:
        assert self._bell is not None
        os.eventfd_read(self._bell)
        self._on_done()
