"""Fetching code with git beside the loop, for requests that the api has stored.

One thread, begun with the first request. Promises that a request is carried out until its end is stored: one that a
killed supervisor had begun is still open, and begun again. The api starts no process, so it cannot do this itself.
"""

import threading
from collections.abc import Iterable
from dataclasses import replace
from queue import SimpleQueue

import structlog

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock
from addon_portal.domain.code import Code, Commit
from addon_portal.domain.errors import DomainError, StorageBusy
from addon_portal.domain.file_refusals import CodeNotFetched
from addon_portal.domain.ids import CodeRequestId
from addon_portal.storage import Storage, StorageError
from addon_portal.storage.values import CodeRequest
from addon_portal.supervisor.options import SupervisorOptions
from addon_portal.workspaces.code_store import CodeStore

log = structlog.get_logger()

AT_ONCE = 10


class Fetcher:
    """Told by the loop what is open; its thread does the rest."""

    def __init__(self, storage: Storage, options: SupervisorOptions, clock: Clock) -> None:
        self._storage = storage
        self._options = options
        self._clock = clock
        self._store = CodeStore(options.data, options.code_limits)
        self._queue: SimpleQueue[CodeRequest] = SimpleQueue()
        self._taken: set[CodeRequestId] = set()
        self._thread: threading.Thread | None = None

    def take(self, requests: Iterable[CodeRequest]) -> None:
        """Carry these out, unless that has begun."""
        for request in requests:
            if request.id not in self._taken:
                self._taken.add(request.id)
                self._queue.put(request)
                if self._thread is None:
                    self._thread = threading.Thread(target=self._work, name="fetcher", daemon=True)
                    self._thread.start()

    def _work(self) -> None:
        while True:
            request = self._queue.get()
            try:
                self._carry_out(request)
            except (StorageError, StorageBusy) as error:
                log.warning("code_request_not_stored", request_id=request.id, error=str(error))
            finally:
                self._taken.discard(request.id)  # Where its end was not stored, the next sweep finds it again.

    def _carry_out(self, request: CodeRequest) -> None:
        problem = None
        try:
            code = self._fetch(request)
            with self._storage.write() as uow:
                uow.code_requests.fulfil(request, code, self._clock.now())
        except (StorageError, StorageBusy):
            raise
        except DomainError as refusal:
            problem = refusal.message
        except OSError as error:
            problem = f"The portal's disk: {error.strerror or error}."
        if problem is not None:
            log.info("code_not_fetched", request_id=request.id, problem=problem)
            with self._storage.write() as uow:
                uow.code_requests.refuse(request, problem, self._clock.now())

    def _fetch(self, request: CodeRequest) -> Code:
        from addon_portal.workspaces.git import Fetching, GitFailed  # Loads what starts processes.

        source = request.source
        with self._store.receive() as upload:
            upload.close()
            upload.archive.unlink()
            fetching = Fetching(upload.directory, self._options.code_limits, self._options.git_transports)
            try:
                commit = fetching.fetch(source, upload.archive)
            except GitFailed as failure:
                raise CodeNotFetched(str(failure)) from failure
            faultpoints.reach("code.fetched")
            code = self._store.keep(upload, request.tenant_id)
        return replace(code, git=Commit(source.url, source.ref, commit))
