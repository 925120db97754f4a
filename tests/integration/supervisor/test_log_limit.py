"""The limit of a log from the definition to the disk, with the shim and without it."""

import pytest

from addon_portal.domain.ids import RunId
from addon_portal.domain.reasons import Reason
from addon_portal.domain.terms import SuccessCheck, Terms
from addon_portal.evidence.output import open_output
from tests.integration.supervisor.test_output import EXPECTED, loud, unsupervised
from tests.support.host import SupervisedHost

pytestmark = pytest.mark.slow

LIMIT = 1 << 20
WRITES = b"0\n" + EXPECTED


def assert_the_newest_part_is_kept(host: SupervisedHost, run_id: RunId) -> None:
    """At most the limit is kept, and that as it was written."""
    with open_output(host.directory(run_id)) as output:
        first = output.first_offset()
        assert output.size() == len(WRITES)
        assert len(WRITES) - LIMIT <= first <= len(WRITES) - LIMIT // 2
        assert b"".join(output.iter_bytes(first, len(WRITES))) == WRITES[first:]
    assert (host.directory(run_id) / "output.log").stat().st_blocks * 512 <= LIMIT + 65536


def test_what_a_project_says_goes_before_what_the_installation_says(idle_host: SupervisedHost) -> None:
    idle_host.options["log_limit_bytes"] = 5 << 20
    host = idle_host.start()
    for terms, expected in ((Terms(), 5 << 20), (Terms(log_limit_bytes=LIMIT), LIMIT), (Terms(log_limit_bytes=0), 0)):
        run_id = host.run("true", terms=terms)
        host.final(run_id)
        assert host.record(run_id, "spec")["log_limit_bytes"] == expected


def test_the_shim_keeps_the_limit(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = host.running(*loud(leash), terms=Terms(log_limit_bytes=LIMIT))
    leash.end()
    assert host.final(run_id).exit_code == 4
    assert_the_newest_part_is_kept(host, run_id)


def test_the_supervisor_keeps_it_in_place_of_a_dead_shim(idle_host: SupervisedHost) -> None:
    idle_host.options["log_limit_bytes"] = LIMIT
    host = idle_host.start()
    leash = host.leash()
    run_id = unsupervised(host, loud(leash))
    leash.end()
    assert host.final(run_id).exit_code == 4
    assert_the_newest_part_is_kept(host, run_id)


@pytest.mark.faults
@pytest.mark.parametrize("point", ["supervisor.before_drop", "supervisor.dropped"])
def test_a_supervisor_that_dies_while_it_drops_is_followed_by_one_that_goes_on(
    idle_host: SupervisedHost, point: str
) -> None:
    idle_host.options["log_limit_bytes"] = LIMIT
    host = idle_host.start()
    leash = host.leash()
    run_id = unsupervised(host, loud(leash))
    host.supervisor.kill()
    deadly = host.spawn_supervisor(faultpoints={point: "kill"})
    leash.end()
    deadly.wait()
    host.start_supervisor()
    assert host.final(run_id).exit_code == 4
    assert_the_newest_part_is_kept(host, run_id)


def test_a_check_does_not_hold_that_would_have_to_know_what_is_gone(host: SupervisedHost) -> None:
    many = ("sh", "-c", "seq 1 400000")
    for check, expected in (
        (SuccessCheck(output_matches="^399999$"), None),
        (SuccessCheck(output_matches="^1$"), "no line of the output matches '^1$' (its first "),
        (SuccessCheck(output_lacks="ERROR"), "whether a line of the output matches 'ERROR' cannot be told (its first "),
    ):
        run = host.final(host.run(*many, terms=Terms(success_check=check, log_limit_bytes=LIMIT)))
        assert run.reason is (Reason.CHECK_FAILED if expected else Reason.SUCCEEDED)
        assert (expected or "") in str(run.message)
