"""What runs use, sampled by a real supervisor."""

import sys

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.limits import Limits
from addon_portal.domain.terms import Terms
from addon_portal.domain.usage import Source, UsageLog
from addon_portal.evidence.usage import USAGE_FILE, read_usage
from tests.support.control_groups import needs
from tests.support.host import SupervisedHost

pytestmark = pytest.mark.slow

MIB = 1 << 20
LARGE = "import subprocess, sys; block = bytearray(b'x') * (48 << 20); subprocess.call(sys.argv[1:])"


def await_samples(host: SupervisedHost, run_id: RunId, count: int) -> UsageLog:
    """Wait until so many are kept."""

    def look() -> UsageLog | None:
        log = read_usage(host.directory(run_id))
        return log if log is not None and len(log.samples) >= count else None

    found = host.wait_for(look, f"{count} samples")
    assert isinstance(found, UsageLog)
    return found


def test_a_run_is_sampled_with_and_without_its_shim_and_by_the_next_supervisor(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(sys.executable, "-c", LARGE, *leash.argv)
    log = await_samples(host, run_id, 2)
    assert (log.memory_from, log.cpu_from) == (Source.PROCESSES, Source.PROCESSES)
    assert log.samples[-1].processes >= 2
    assert 48 * MIB <= log.samples[-1].memory_bytes < 200 * MIB
    assert log.samples[-1].cpu_micros > 0

    host.shim(run_id).kill()
    count = len(await_samples(host, run_id, len(log.samples) + 2).samples)
    host.supervisor.kill()
    host.start_supervisor()
    after = await_samples(host, run_id, count + 2)
    assert after.samples[: len(log.samples)] == log.samples
    assert after.samples[-1].memory_bytes >= 48 * MIB
    leash.end(0)
    host.final(run_id)


def test_a_run_that_is_short_leaves_no_samples(host: SupervisedHost) -> None:
    run_id = host.run("true")
    host.final(run_id)
    host.await_sweep()
    assert not host.has(run_id, USAGE_FILE)


@needs("memory")
def test_a_run_with_a_group_is_sampled_by_the_kernels_count(host: SupervisedHost) -> None:
    leash = host.leash()
    terms = Terms(limits=Limits(memory_bytes=256 * MIB))
    run_id = host.running(sys.executable, "-c", LARGE, *leash.argv, terms=terms)
    log = await_samples(host, run_id, 2)
    assert log.memory_from is Source.CONTROL_GROUP
    assert 48 * MIB <= log.samples[-1].memory_bytes < 256 * MIB
    leash.end(0)
    host.final(run_id)
