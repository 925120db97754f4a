"""What is said of when a run ended, where the moment is known, was not seen, or does not exist."""

import pytest

from addon_portal.cli.output import ended_sentence, ended_text

STARTED, ENDED, FINISHED = (f"2026-11-23T16:57:{second}.123456Z" for second in (10, 20, 30))


@pytest.mark.parametrize(
    ("started_at", "ended_at", "finished_at", "cell", "words"),
    [
        (STARTED, ENDED, FINISHED, "2026-11-23T16:57:20Z", ENDED),
        (STARTED, None, FINISHED, "≤ 2026-11-23T16:57:30Z", f"at {FINISHED} at the latest; nobody saw the moment"),
        (None, None, FINISHED, "2026-11-23T16:57:30Z", None),
        (STARTED, ENDED, None, "2026-11-23T16:57:20Z", ENDED),
        (STARTED, None, None, "", None),
    ],
    ids=["seen", "not seen", "never started", "finishing", "running"],
)
def test_only_what_was_seen_is_said_of_an_end(
    started_at: str | None, ended_at: str | None, finished_at: str | None, cell: str, words: str | None
) -> None:
    run = {"started_at": started_at, "ended_at": ended_at, "finished_at": finished_at}
    assert (ended_text(run), ended_sentence(run)) == (cell, words)
