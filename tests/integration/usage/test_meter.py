"""The meter: real processes and files, and a clock that the test holds."""

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.records import ChildRecord
from addon_portal.domain.usage import MOST_SAMPLES, Source, UsageLog
from addon_portal.evidence.usage import USAGE_FILE, read_usage
from addon_portal.executors.control_groups.groups import ControlGroups
from addon_portal.executors.usage_meter import UsageMeter
from tests.integration.usage.conftest import Program

RUN = RunId("run_01k7qz9t3v5x8y2m4n6p0r1s2a")
BEGAN = datetime(2026, 5, 4, 9, tzinfo=UTC)
SECOND = 1_000_000


class HeldClock:
    """Stands still until it is moved; the wall clock can be set apart."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.stepped = timedelta()

    def now(self) -> datetime:
        """Wall time."""
        return BEGAN + timedelta(seconds=self.seconds - 1000) + self.stepped

    def monotonic(self) -> float:
        """Seconds."""
        return self.seconds


class Metered:
    """One run directory, a program, and meters that come and go like supervisors."""

    def __init__(self, root: Path, program: Program) -> None:
        self.root = root
        self.program = program
        self.directory = root / RUN
        self.directory.mkdir()
        self.clock = HeldClock()
        self.child = ChildRecord(program.identity, BEGAN, program.identity, None, self.clock.seconds)
        self.new_meter()

    def new_meter(self) -> None:
        """What a supervisor that has just started knows: the record."""
        self.meter = UsageMeter(str(self.root), ControlGroups(self.root, "off"), self.clock)
        self.meter.begin(RUN, self.child)

    def pass_seconds(self, count: int, seconds: float = 1.0) -> None:
        """Sweep so many times."""
        for _ in range(count):
            self.clock.seconds += seconds
            self.meter.begin(RUN, self.child)
            self.meter.tick()

    def log(self) -> UsageLog:
        """What is kept."""
        found = read_usage(self.directory)
        assert found is not None
        return found


@pytest.fixture
def metered(tmp_path: Path, start: Callable[[str], Program]) -> Metered:
    """A run that does nothing until it gets a line."""
    program = start("print('there', flush=True); input()")
    program.hear("there")
    return Metered(tmp_path, program)


def test_a_run_is_not_looked_at_in_its_first_second(metered: Metered) -> None:
    metered.meter.tick()
    metered.pass_seconds(1, 0.9)
    assert read_usage(metered.directory) is None
    metered.pass_seconds(1, 0.2)
    log = metered.log()
    assert (log.interval_seconds, log.memory_from, log.cpu_from) == (1, Source.PROCESSES, Source.PROCESSES)
    (first,) = log.samples
    assert first.at_micros == round((BEGAN + timedelta(seconds=1.1)).timestamp() * SECOND)
    assert (first.unsampled_micros, first.processes) == (0, 1)
    assert first.memory_bytes > 4096


def test_samples_get_rarer_with_the_runs_age_and_never_more(metered: Metered) -> None:
    metered.pass_seconds(MOST_SAMPLES)
    assert (metered.log().interval_seconds, len(metered.log().samples)) == (1, MOST_SAMPLES)
    metered.pass_seconds(1)
    assert (metered.log().interval_seconds, len(metered.log().samples)) == (2, MOST_SAMPLES // 2 + 1)
    metered.pass_seconds(2 * MOST_SAMPLES)
    log = metered.log()
    assert log.interval_seconds == 4
    assert len(log.samples) <= MOST_SAMPLES
    assert log.samples[-1].monotonic_micros == round(metered.clock.seconds * SECOND)
    assert sum(sample.unsampled_micros for sample in log.samples) == 0
    assert {path.name for path in metered.directory.iterdir()} == {USAGE_FILE}


def test_time_without_a_supervisor_is_a_gap_and_stays_one(metered: Metered) -> None:
    metered.pass_seconds(10)
    metered.clock.seconds += 100
    metered.new_meter()
    metered.pass_seconds(10)
    gaps = [sample.unsampled_micros for sample in metered.log().samples]
    assert gaps == [0] * 10 + [101 * SECOND] + [0] * 9
    metered.pass_seconds(2 * MOST_SAMPLES)
    assert sum(sample.unsampled_micros for sample in metered.log().samples) == 101 * SECOND


def test_a_program_that_was_started_while_nobody_looked_begins_with_a_gap(metered: Metered) -> None:
    metered.clock.seconds += 500
    metered.new_meter()
    metered.pass_seconds(2)
    assert [sample.unsampled_micros for sample in metered.log().samples] == [501 * SECOND, 0]


def test_a_stepped_clock_makes_no_gap(metered: Metered) -> None:
    metered.pass_seconds(3)
    metered.clock.stepped = timedelta(hours=-5)
    metered.pass_seconds(3)
    assert all(sample.unsampled_micros == 0 for sample in metered.log().samples)


def test_an_end_is_not_sampled(metered: Metered) -> None:
    metered.pass_seconds(2)
    metered.program.tell("")
    metered.program.wait_zombie()
    metered.pass_seconds(1)
    metered.program.process.wait(60)
    metered.pass_seconds(3)
    assert len(metered.log().samples) == 2


def test_a_file_that_is_none_of_ours_is_left_alone_and_said_once(
    metered: Metered, capsys: pytest.CaptureFixture[str]
) -> None:
    (metered.directory / USAGE_FILE).write_bytes(b"somebody else's")
    metered.pass_seconds(3)
    metered.pass_seconds(3, 61)
    assert (metered.directory / USAGE_FILE).read_bytes() == b"somebody else's"
    assert capsys.readouterr().out.count("usage_not_sampled") == 1


def test_a_disk_that_is_full_for_a_while_leaves_a_gap(metered: Metered, monkeypatch: pytest.MonkeyPatch) -> None:
    metered.pass_seconds(3)

    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "pwrite", refuse)
        metered.pass_seconds(5)
    metered.pass_seconds(61)
    gaps = [sample.unsampled_micros for sample in metered.log().samples]
    assert gaps[:3] == [0, 0, 0]
    assert gaps[3] == 61 * SECOND
    assert not any(gaps[4:])


def test_what_a_torn_write_has_left_is_written_over(metered: Metered) -> None:
    metered.pass_seconds(3)
    with (metered.directory / USAGE_FILE).open("ab") as file:
        file.write(b"half of a sample")
    metered.new_meter()
    metered.pass_seconds(2)
    times = [sample.monotonic_micros for sample in metered.log().samples]
    assert times == [round((1000.0 + second) * SECOND) for second in range(1, 6)]
    assert os.stat(metered.directory / USAGE_FILE).st_size == 16 + 5 * 48
