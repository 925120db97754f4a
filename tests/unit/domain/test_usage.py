"""Samples of what a run has used: written, read, and put together when there are too many."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon_portal.domain.usage import (
    MOST_SAMPLES,
    Sample,
    Source,
    UsageLog,
    decode,
    encode,
    encode_header,
    halve,
    is_gap,
    thin_out,
)

NUMBERS = st.integers(0, 2**63 - 1)
SAMPLES = st.lists(st.builds(Sample, NUMBERS, NUMBERS, st.integers(0, 2**40), NUMBERS, NUMBERS, NUMBERS), max_size=50)
HEADER = encode_header(4, Source.CONTROL_GROUP, Source.PROCESSES)
SECOND = 1_000_000


def sample(second: int, memory: int = 1, unsampled: int = 0) -> Sample:
    """What was seen in a second of a run that keeps one processor busy."""
    return Sample(second * SECOND, second * SECOND, unsampled, memory, second * SECOND, 1)


@given(samples=SAMPLES, torn=st.integers(0, 47))
def test_what_is_written_is_read_but_for_a_sample_that_is_not_whole(samples: list[Sample], torn: int) -> None:
    log = decode(HEADER + encode(samples) + bytes(torn))
    assert log == UsageLog(4, Source.CONTROL_GROUP, Source.PROCESSES, tuple(samples))


@pytest.mark.parametrize(
    "content",
    [b"", HEADER[:-1], b"x" + HEADER[1:], HEADER[:4] + b"\2" + HEADER[5:], HEADER[:6] + b"\7" + HEADER[7:], bytes(16)],
)
def test_any_other_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"header|file of samples|is not a valid Source"):
        decode(content)


@given(samples=SAMPLES.filter(bool), most=st.integers(1, 60))
def test_putting_together_keeps_the_end_the_most_and_what_was_not_seen(samples: list[Sample], most: int) -> None:
    thin = thin_out(samples, most)
    assert len(thin) <= most
    assert thin[-1].cpu_micros == samples[-1].cpu_micros
    assert max(each.memory_bytes for each in thin) == max(each.memory_bytes for each in samples)
    assert sum(each.unsampled_micros for each in thin) == sum(each.unsampled_micros for each in samples)
    assert {each.at_micros for each in thin} <= {each.at_micros for each in samples}


def test_fewer_than_are_wanted_stay_as_they_are() -> None:
    samples = [sample(second) for second in range(7)]
    assert thin_out(samples, 7) == tuple(samples)
    assert thin_out([], 7) == ()


def test_a_run_of_a_month_is_kept_in_as_much_room_as_one_of_ten_minutes() -> None:
    log = UsageLog(1, Source.PROCESSES, Source.PROCESSES, ())
    second, largest = 0, 0
    while second < 30 * 86_400:
        second += log.interval_seconds
        log = replace(log, samples=(*log.samples, sample(second, memory=second % 1000)))
        largest = max(largest, len(log.samples))
        if len(log.samples) > MOST_SAMPLES:
            log = halve(log)
    assert largest == MOST_SAMPLES + 1
    assert len(log.samples) >= MOST_SAMPLES // 2
    stretches = [
        after.monotonic_micros - before.monotonic_micros
        for before, after in zip(log.samples, log.samples[1:], strict=False)
    ]
    assert max(stretches) <= 2 * log.interval_seconds * SECOND
    assert log.interval_seconds == 16_384


@pytest.mark.parametrize(("seconds", "interval", "gap"), [(3, 1, False), (3.1, 1, True), (17, 8, False), (18, 8, True)])
def test_a_late_sweep_is_no_gap(seconds: float, interval: int, gap: bool) -> None:
    assert is_gap(round(seconds * SECOND), interval) is gap
