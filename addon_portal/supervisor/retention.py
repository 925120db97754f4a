"""Removing what the rules of retention say, beside the loop: logs and workspaces of runs, and code that nobody uses.

One thread at the lowest priority, begun when there is something to do; the loop only says that it is time. Promises
that nothing goes which a row calls in use or of which no row is known, that why it goes is on disk before it goes, and
that no record of a run goes, ever. It remembers nothing that matters: what a killed supervisor had begun to remove is
found under its name and removed to the end. Leaves what the rules mean to `domain.retention`.
"""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue

import structlog

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock, to_text
from addon_portal.domain.errors import StorageBusy
from addon_portal.domain.ids import RetentionId
from addon_portal.domain.retention import Kind, Removal, RetentionPolicy, Rule, choose_by_size, find_due
from addon_portal.storage import Storage, StorageError
from addon_portal.storage.retentions import Retentions
from addon_portal.supervisor.options import SupervisorOptions
from addon_portal.supervisor.unused import UnusedThings

log = structlog.get_logger()

_MOST_TOLD = 100
"""So many removals, and so many failures, are told one by one in a report."""


@dataclass(slots=True)
class Report:
    """What one pass removed, or would remove."""

    dry_run: bool
    counts: dict[Kind, list[int]] = field(default_factory=lambda: {kind: [0, 0] for kind in Kind})
    names: set[str] = field(default_factory=set)
    items: list[dict[str, object]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, removal: Removal) -> None:
        """One more."""
        thing = removal.thing
        self.names.add(thing.name)
        self.counts[thing.kind][0] += 1
        self.counts[thing.kind][1] += thing.size
        if len(self.items) < _MOST_TOLD:
            told = {"kind": thing.kind.value, "name": thing.name, "bytes": thing.size}
            self.items.append({**told, "unused_since": to_text(thing.since), "why": removal.why})

    def fail(self, removal: Removal, error: OSError) -> None:
        """One that could not be removed."""
        log.warning("not_removed", kind=removal.thing.kind, name=removal.thing.name, error=str(error))
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(f"{removal.thing.kind} {removal.thing.name}: {error.strerror or error}")

    def as_json(self) -> dict[str, object]:
        """As the API and the command line show it."""
        counts = {f"{kind}s": {"count": count, "bytes": size} for kind, (count, size) in self.counts.items()}
        counts["code"] = counts.pop("codes")
        return {"dry_run": self.dry_run, **counts, "items": self.items, "problems": self.problems}


class Retention:
    """Told by the loop when a sweep has been made; its thread does the rest."""

    def __init__(self, storage: Storage, options: SupervisorOptions, clock: Clock) -> None:
        self._storage = storage
        self._host_id = options.host_id
        self._clock = clock
        self._policy = RetentionPolicy.of(options.retention)
        self._interval_seconds = options.retention.interval_seconds
        self._things = UnusedThings(storage, options.data, clock)
        self._next_pass = 0.0
        self._queue: SimpleQueue[bool] = SimpleQueue()
        self._is_busy = False
        self._has_thread = False

    def take_turn(self, *, is_asked_for: bool) -> None:
        """Have a pass made if one is due or asked for, and none is being made."""
        now = self._clock.monotonic()
        is_due = not self._policy.is_empty and now >= self._next_pass
        if self._is_busy or not (is_due or is_asked_for):
            return
        self._is_busy = True
        if is_due:
            self._next_pass = now + self._interval_seconds
        self._queue.put(is_due)
        if not self._has_thread:
            self._has_thread = True
            threading.Thread(target=self._work, name="retention", daemon=True).start()

    def _work(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        while True:
            is_due = self._queue.get()
            try:
                self._answer_requests(is_due=is_due)
            except (StorageError, StorageBusy) as error:
                log.warning("retention_interrupted", error=str(error))  # What was asked for is found by a later sweep.
            finally:
                self._is_busy = False

    def _answer_requests(self, *, is_due: bool) -> None:
        """One pass for all who have asked, or because it is time; a dry run for those who only want to know first."""
        with self._storage.read() as uow:
            requests = Retentions(uow).list_open(self._host_id)
        dry = [request.id for request in requests if request.dry_run]
        if dry:
            self._complete(dry, self._pass(Report(dry_run=True)))
        wet = [request.id for request in requests if not request.dry_run]
        if wet or is_due:
            report = self._pass(Report(dry_run=False))
            log.info("retention_done", **{kind.value: count for kind, (count, _) in report.counts.items()})
            self._complete(wet, report)

    def _complete(self, requests: list[RetentionId], report: Report) -> None:
        if requests:
            with self._storage.write() as uow:
                for retention_id in requests:
                    Retentions(uow).complete(retention_id, report.as_json(), self._clock.now())

    def _pass(self, report: Report) -> Report:
        now = self._clock.now()
        for kind, rule in (
            (Kind.LOG, self._policy.logs),
            (Kind.WORKSPACE, self._policy.workspaces),
            (Kind.CODE, self._policy.code),
        ):
            try:
                if not report.dry_run:
                    self._things.finish_removals(kind)
                if not rule.is_empty:
                    self._apply(kind, rule, now, report)
            except (OSError, LookupError, TypeError, ValueError) as error:
                log.exception("retention_failed", kind=kind)
                report.problems.append(f"{kind}: {error}")
        return report

    def _apply(self, kind: Kind, rule: Rule, now: datetime, report: Report) -> None:
        for thing in self._things.iter_unused(kind, measure=rule.total_bytes is not None or report.dry_run):
            if removal := find_due(thing, rule, now):
                self._remove(removal, report)
        if rule.total_bytes is not None:
            total = self._things.measure_all(kind) - (report.counts[kind][1] if report.dry_run else 0)
            left = (each for each in self._things.iter_unused(kind, measure=True) if each.name not in report.names)
            for removal in choose_by_size(left, total, rule):
                self._remove(removal, report)

    def _remove(self, removal: Removal, report: Report) -> None:
        try:
            if report.dry_run or self._things.remove(removal):
                report.add(removal)
        except OSError as error:
            report.fail(removal, error)
        faultpoints.reach("retention.removed_one")
