"""Following a run: its output byte for byte as it grows, and its end.

The end is told by a request that the portal answers when the run is final; the output is asked for beside it, often
while it grows and rarely while it is silent. Survives a portal that is restarted meanwhile. Leaves Ctrl-C to the
caller: the run goes on.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

from typing_extensions import override

from addon_portal.cli.client import PIECE_BYTES, Address, PortalClient, path_of
from addon_portal.cli.errors import CommandFailed, PortalUnavailable
from addon_portal.cli.outcomes import is_final
from addon_portal.cli.output import hint
from addon_portal.domain.clock import SystemClock

WAIT_SECONDS = 50
"""How long one request waits at the portal; it allows 60."""
BUSY_SECONDS = 0.03
IDLE_SECONDS = 0.5
"""Between two looks at the output: at first, and after it has been silent for a while."""
PATIENCE_SECONDS = 60.0
"""How long a portal may be away before following ends."""
_AGAIN_SECONDS = 0.5
_MOST_TEXT = 1 << 20
"""Bytes of output that the portal gives as text at once."""

Json = dict[str, Any]
P = ParamSpec("P")
T = TypeVar("T")


class Patience:
    """Asks again while the portal is away, for a bounded time that begins anew with every answer."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._away_since: float | None = None
        self._pause = threading.Event()

    def ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer to a question that may be repeated. Raises PortalUnavailable when patience is over."""
        while True:
            try:
                answer = question(*args, **kwargs)
            except PortalUnavailable as away:
                now = self._clock.monotonic()
                self._away_since = self._away_since or now
                if not away.worth_retrying or now - self._away_since > PATIENCE_SECONDS:
                    raise
                self._pause.wait(_AGAIN_SECONDS)
                continue
            self._away_since = None
            return answer


def wait_for_end(address: Address, run_id: str, timeout_seconds: float | None = None) -> Json:
    """The run when it is final, or as it stands after the time-out. Event-driven: the portal answers at the end."""
    client, patience, clock = PortalClient(address), Patience(), SystemClock()
    deadline = None if timeout_seconds is None else clock.monotonic() + timeout_seconds
    path = path_of("tenant", "runs", run_id)
    while True:
        left = WAIT_SECONDS if deadline is None else max(0, min(WAIT_SECONDS, deadline - clock.monotonic()))
        run: Json = patience.ask(client.get, path, wait_seconds=round(left, 3))
        if is_final(run) or (deadline is not None and clock.monotonic() >= deadline):
            client.close()
            return run


class _End(threading.Thread):
    """Waits for the end beside the reader of the output."""

    def __init__(self, address: Address, run_id: str) -> None:
        super().__init__(daemon=True)
        self._address = address
        self._run_id = run_id
        self.seen = threading.Event()
        self.run_object: Json | None = None
        self.failure: CommandFailed | None = None

    @override
    def run(self) -> None:
        """Until the end, or until patience is over."""
        try:
            self.run_object = wait_for_end(self._address, self._run_id)
        except CommandFailed as failure:
            self.failure = failure
        self.seen.set()


OnDropped = Callable[[int], None]
"""Told how much is no longer there of an output, before what comes behind it."""


def teller(client: PortalClient, run_id: str) -> OnDropped:
    """Says beside the output what is no longer there of it, and why."""

    def tell(first_offset: int) -> None:
        part = client.get(path_of("tenant", "runs", run_id, "log"), offset=first_offset, limit=1)
        hint(part["dropped"] or f"The first {first_offset} bytes are no longer there.")

    return tell


def iter_output(client: PortalClient, run_id: str, offset: int, on_dropped: OnDropped) -> Iterator[bytes]:
    """The output as it is now from an offset on, all that is there. Raises PortalUnavailable when it is cut off."""
    patience, path = Patience(), path_of("tenant", "runs", run_id, "log", "raw")
    size = patience.ask(client.size_of, path)
    while offset < size:
        begin, content = patience.ask(client.read_output, path, offset, min(PIECE_BYTES, size - offset))
        if begin > offset:
            on_dropped(begin)
            offset = begin
            if not content:
                continue
        if not content:
            raise PortalUnavailable(f"The output had {size} bytes and now ends at {offset}.", worth_retrying=False)
        yield content
        offset += len(content)


def read_text(client: PortalClient, run_id: str, offset: int) -> Json:
    """The output as it is now from an offset on as one object with its text, as the API gives a part of it."""
    patience, path = Patience(), path_of("tenant", "runs", run_id, "log")
    texts: list[str] = []
    size, end = None, offset
    while True:
        part: Json = patience.ask(client.get, path, offset=end, limit=_MOST_TEXT)
        if part["offset"] > end:  # what came before is no longer there, or went while we read
            offset, texts = part["offset"], []
        texts.append(part["text"])
        size = part["size"] if size is None else size  # a program may write faster than we read
        if part["next_offset"] >= size or part["next_offset"] == part["offset"]:
            return {**part, "offset": offset, "text": "".join(texts)}
        end = part["next_offset"]


def follow_output(
    address: Address,
    run_id: str,
    write: Callable[[bytes], None],
    offset: int = 0,
    on_dropped: OnDropped = lambda _: None,
) -> Json:
    """Write the output from an offset on until the run is final; returns the final run."""
    client, patience = PortalClient(address), Patience()
    end = _End(address, run_id)
    end.start()
    path = path_of("tenant", "runs", run_id, "log", "raw")
    pause = BUSY_SECONDS
    while True:
        was_final = end.seen.is_set()  # asked before the output, which is complete from then on
        begin, content = patience.ask(client.read_output, path, offset)
        if begin > offset:
            on_dropped(begin)
        if content or begin > offset:
            write(content)
            offset = begin + len(content)
            pause = BUSY_SECONDS
        elif was_final:
            break
        else:
            end.seen.wait(pause)
            pause = min(IDLE_SECONDS, pause * 1.3)
    client.close()
    if end.failure is not None:
        raise end.failure
    assert end.run_object is not None
    return end.run_object
