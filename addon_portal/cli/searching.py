"""Searching a run's output at the portal, which answers in parts: each says where the next begins."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from addon_portal.cli.client import PortalClient, path_of

_PLACES_AT_ONCE = 200

Json = dict[str, Any]


def iter_places(
    client: PortalClient, run_id: str, text: str, offset: int, on_dropped: Callable[[int], None], *, ignore_case: bool
) -> Iterator[Json]:
    """Every place where the text stands now, from an offset on; what is no longer there is told. Raises Refused."""
    path = path_of("tenant", "runs", run_id, "log", "search")
    query: Json = {"q": text, "case": "ignore" if ignore_case else "exact", "limit": _PLACES_AT_ONCE}
    is_done = False
    while not is_done:
        answer = client.get(path, **query, **{"from": offset})
        if answer["first_offset"] > offset:
            on_dropped(answer["first_offset"])
        yield from answer["items"]
        offset, is_done = answer["next_from"], answer["done"]


def iter_lines(places: Iterable[Json]) -> Iterator[bytes]:
    """Each line once; one that is longer than the portal shows as the part around each place."""
    last_end = -1
    for place in places:
        if place["cut"]:
            yield f"…{place['text']}…\n".encode()
        elif place["line_end"] > last_end:
            last_end = place["line_end"]
            yield f"{place['text']}\n".encode()
