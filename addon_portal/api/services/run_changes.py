"""Telling those who wait what happens to runs: one thread hears wakes and reads the journal for all of them.

Promises that a follower misses nothing that was recorded after its `start`, in order, that each change is read once,
however many follow, and that nothing is told whose key was revoked, or whose session has ended, before. Who waits for
the end of one run costs a reading at the beginning and one at the end, in this thread too: no other has to be woken for
it. While nobody waits nothing is read. Leaves the wire to `api.event_stream`.
"""

import asyncio
import contextlib
import os
import selectors
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from addon_portal.api.services.followers import Follower, HostChanged, RunChanged
from addon_portal.api.services.live_runs import LiveRuns, LogGrown
from addon_portal.api.services.portal import Portal
from addon_portal.api.services.run_views import show_runs
from addon_portal.api.services.shown import ShownRun
from addon_portal.domain.errors import DomainError
from addon_portal.domain.health import UNREACHABLE_AFTER
from addon_portal.domain.ids import RunId
from addon_portal.domain.states import FINAL
from addon_portal.storage import StorageError, UnitOfWork, wakeups
from addon_portal.storage.journal import EntryHead
from addon_portal.storage.surroundings import Surroundings
from addon_portal.storage.values import Said

SLOW_POLL_SECONDS = 1.0
"""The safety net for a lost wake, and how exactly the loss of a supervisor is told."""
KEYS_EVERY_SECONDS = 2.0
"""How long a follower of a tenant in which nothing happens may outlive its key."""
_PAGE = 1000
_FINAL_WORDS = frozenset(state.value for state in FINAL)

log = structlog.get_logger(__name__)


Look = Callable[[UnitOfWork], ShownRun]
"""Reads one run, or refuses."""


class _Watch:
    """Somebody who waits for the end of one run. `outcome` belongs to the event loop: None says to look again."""

    def __init__(self, run_id: RunId, look: Look, loop: asyncio.AbstractEventLoop) -> None:
        self.run_id = run_id
        self._look = look
        self.outcome: asyncio.Future[ShownRun | None] = loop.create_future()

    def look(self, uow: UnitOfWork) -> ShownRun | DomainError | None:
        """The run if it is final, the refusal if there is one; None while it has to be waited for."""
        try:
            shown = self._look(uow)
        except DomainError as refusal:
            return refusal
        return None if shown.run.is_active else shown

    def settle(self, outcome: ShownRun | Exception | None) -> None:
        """Tell what came of it, in the event loop, unless nobody waits any more."""
        if self.outcome.done():
            return
        if isinstance(outcome, Exception):
            self.outcome.set_exception(outcome)
        else:
            self.outcome.set_result(outcome)


class RunChanges:
    """The one reader of the journal in an api process. `start` and `close` once; `follow` from any thread."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._lock = threading.Lock()
        self._followers: set[Follower] = set()
        self._live = LiveRuns(portal)
        self._arrived: deque[_Watch] = deque()
        """Those who have not looked at their runs yet."""
        self._watches: set[_Watch] = set()
        self._position = 0
        self._was_unreachable: bool | None = None
        self._keys_at = float("-inf")
        self.is_ending = False
        """Whether `end_streams` was called: whoever comes now is told nothing."""
        self._closing = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to listen; changes are handed over in `loop`. Raises StorageError."""
        self._loop = loop
        self._listener = self._portal.storage.listen(wakeups.API)
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._portal.wakes.on_waiting = self._ring
        self._thread = threading.Thread(target=self._work, name="run-changes", daemon=True)
        self._thread.start()

    def end_streams(self) -> None:
        """Tell every follower that nothing more comes, so that a server that shuts down need not wait for them.

        Called in the event loop, which must not wait for the lock: it is held while the database is read. Whoever is
        being moved at this moment is told by the thread, which looks at `is_ending` after it has moved them.
        """
        self.is_ending = True
        for follower in tuple(self._followers):
            follower.end()
        for watch in (*self._arrived, *self._watches):
            watch.settle(None)

    def close(self) -> None:
        """Stop listening. The thread has ended on return."""
        if self._thread is None:
            return
        self._closing.set()
        self._portal.wakes.on_waiting = lambda: None
        self._ring()
        self._thread.join()
        self._listener.close()
        os.close(self._bell)
        self._thread = None

    def follow(self, follower: Follower) -> None:
        """Hand over to `follower` what is recorded after its `start`, which is set here."""
        with self._lock:
            is_first = not self._followers
            if is_first:
                self._live = LiveRuns(self._portal)  # nobody has looked meanwhile
            if is_first and not self._watches:
                with self._portal.storage.read() as uow:
                    self._position = uow.journal.last_seq()
            follower.start = self._position
            self._followers.add(follower)
        if is_first:
            self._ring()

    def unfollow(self, follower: Follower) -> None:
        """Hand over nothing more. Called in the event loop, and so without the lock."""
        self._followers.discard(follower)

    @property
    def waiting(self) -> int:
        """How many follow, or wait for the end of a run."""
        return len(self._followers) + len(self._watches)

    async def wait_until_final(self, run_id: RunId, seconds: float, look: Look) -> ShownRun:
        """The run as soon as it is final, or as it stands when the time is over; `look` reads it, or refuses."""
        loop = asyncio.get_running_loop()
        watch = _Watch(run_id, look, loop)
        self._arrived.append(watch)
        self._ring()
        timer = loop.call_later(seconds, watch.settle, None)
        try:
            shown = await watch.outcome
        finally:
            timer.cancel()
            watch.outcome.cancel()
            self._watches.discard(watch)
        if shown:
            return shown
        return await loop.run_in_executor(None, self._portal.read, look)

    def _ring(self) -> None:
        """Have the thread look up: somebody waits, or it is to end."""
        os.eventfd_write(self._bell, 1)

    def _work(self) -> None:
        with selectors.DefaultSelector() as everything, selectors.DefaultSelector() as bell_alone:
            everything.register(self._listener.fileno(), selectors.EVENT_READ)
            for selector in (everything, bell_alone):
                selector.register(self._bell, selectors.EVENT_READ)
            while not self._closing.is_set():
                try:
                    self._take_turn(everything, bell_alone)
                except Exception:  # noqa: BLE001 - whatever it is
                    # Nobody would start this thread again, and streams would fall silent without a word.
                    _complain("changes_failed", exc_info=True)
                    self._closing.wait(SLOW_POLL_SECONDS)

    def _take_turn(self, everything: selectors.BaseSelector, bell_alone: selectors.BaseSelector) -> None:
        """Wait until there may be something new, and hand it over."""
        # While nobody waits, wakes are left lying: each would cost a request that is just being answered.
        if self._followers or self._watches or self._portal.wakes.is_awaited:
            ready = everything.select(SLOW_POLL_SECONDS)
        else:
            ready = bell_alone.select()
        if any(key.fd == self._bell for key, _ in ready):
            os.eventfd_read(self._bell)
        self._listener.drain()
        self._portal.wakes.wake()
        self._tell()

    def _tell(self) -> None:
        """Hand over what is new. Trouble with the database is waited out; the position stays where it was."""
        try:
            while self._tell_page():
                pass
        except (StorageError, DomainError) as error:
            _complain("changes_not_read", problem=error.message)

    def _tell_page(self) -> bool:
        with self._lock:
            arrived = [self._arrived.popleft() for _ in range(len(self._arrived))]
            if not (arrived or self._followers or self._watches):
                return False
            # Followers are told what one state of the database says; an end, whoever sees it, is one for ever.
            reading = self._portal.storage.read if self._followers else self._portal.storage.glance
            try:
                with reading() as uow:
                    news, is_page_full = self._read_news(uow, arrived)
            except Exception as error:
                # Whoever has only just come is told of the trouble; the others wait until it is over.
                self._hand_over(_News(settled=[(watch, error) for watch in arrived]))
                raise
        self._hand_over(news)
        return is_page_full

    def _read_news(self, uow: UnitOfWork, arrived: Sequence[_Watch]) -> tuple["_News", bool]:
        """What is new for everybody, and whether there may be more; moves the position."""
        if not (self._followers or self._watches):
            position, heads = uow.journal.last_seq(), []
        else:
            heads = uow.journal.read_heads_after(self._position, _PAGE)
            position = heads[-1].seq if heads else self._position
        news = _News(tuple(self._followers))
        ended = {head.run_id for head in heads if head.to_state in _FINAL_WORDS}
        concerned = [watch for watch in tuple(self._watches) if watch.run_id in ended]
        looked = [(watch, watch.look(uow)) for watch in (*concerned, *arrived)]
        if self._followers:
            tenants = {follower.tenant_id for follower in news.followers}
            news.changes = read_changes(self._portal, uow, [head for head in heads if head.tenant_id in tenants])
            news.host = self._host_change(Surroundings(uow).observed_at(self._portal.host_id))
            turned, news.grown = self._live.look(uow, tenants, [change.run.run for change in news.changes])
            news.changes += [RunChanged(None, shown) for shown in turned]
            news.refused = self._refuse(uow, news)
        self._watches.difference_update(concerned)
        self._watches.update(watch for watch, outcome in looked if outcome is None)
        # Whose time was over before they got in would never be taken out.
        self._watches.difference_update([watch for watch in arrived if watch.outcome.done()])
        news.settled = [(watch, outcome) for watch, outcome in looked if outcome is not None or self.is_ending]
        self._position = position
        return news, len(heads) == _PAGE

    def _refuse(self, uow: UnitOfWork, news: "_News") -> list[Follower]:
        """Whose key or session is good no more, or sees another tenant.

        Looked up for those about to be told something, and for all now and then.
        """
        told = {change.run.run.tenant_id for change in news.changes} | {grown.tenant_id for grown in news.grown}
        now = self._portal.clock.monotonic()
        is_time = now - self._keys_at >= KEYS_EVERY_SECONDS
        if is_time:
            self._keys_at = now
        shown = {
            (each.credential, each.tenant_id)
            for each in news.followers
            if is_time or news.host or each.tenant_id in told
        }
        refused = {each for each in shown if not self._portal.still_sees(uow, *each)}
        return [each for each in news.followers if (each.credential, each.tenant_id) in refused]

    def _hand_over(self, news: "_News") -> None:
        assert self._loop is not None
        if news.changes or news.grown or news.host or news.settled or news.refused:
            self._loop.call_soon_threadsafe(news.give)

    def _host_change(self, observed_at: datetime | None) -> HostChanged | None:
        change = host_standing(self._portal, observed_at)
        before, self._was_unreachable = self._was_unreachable, change.is_unreachable
        return change if before is not None and before != change.is_unreachable else None


def read_changes(portal: Portal, uow: UnitOfWork, heads: Iterable[EntryHead]) -> list[RunChanged]:
    """How the runs of these entries stand, each once, in the order of their last entries."""
    last: dict[RunId, int] = {}
    for head in heads:
        last.pop(head.run_id, None)
        last[head.run_id] = head.seq
    rows = uow.host_runs.find_many(last)
    found = [rows[run_id] for run_id in last if run_id in rows]
    shown = show_runs(uow, found, portal.circumstances())
    return [RunChanged(last[run.run.id], run) for run in shown]


def host_standing(portal: Portal, observed_at: datetime | None) -> HostChanged:
    """Whether somebody looks after the runs of this host."""
    is_unreachable = observed_at is None or portal.clock.now() - observed_at > UNREACHABLE_AFTER
    return HostChanged(observed_at, is_unreachable)


def _complain(event: str, **facts: object) -> None:
    """Log, if that can be done: the thread must outlive a full disk."""
    with contextlib.suppress(Exception):
        log.warning(event, **facts)


@dataclass
class _News:
    """What is to be told in the event loop, and to whom."""

    followers: Sequence[Follower] = ()
    changes: list[RunChanged] = field(default_factory=list)
    grown: Sequence[LogGrown | Said] = ()
    host: HostChanged | None = None
    settled: Sequence[tuple[_Watch, ShownRun | Exception | None]] = ()
    refused: Sequence[Follower] = ()

    def give(self) -> None:
        """Tell it."""
        for watch, outcome in self.settled:
            watch.settle(outcome)
        for follower in self.refused:
            follower.end()
        for follower in self.followers:
            if follower.is_ended:
                continue
            for change in self.changes:
                is_news = change.seq is None or change.seq > follower.start
                if change.run.run.tenant_id == follower.tenant_id and is_news:
                    follower.put(change)
            for grown in self.grown:
                if grown.tenant_id == follower.tenant_id:
                    follower.put(grown)
            if self.host:
                follower.put(self.host)
