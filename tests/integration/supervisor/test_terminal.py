"""A terminal from the definition to the log, with the shim and without it."""

import sys

import pytest

from addon_portal.domain.terms import Terms
from tests.integration.supervisor.test_output import EXPECTED, loud, unsupervised
from tests.support.host import SupervisedHost

pytestmark = pytest.mark.slow

TERMINAL = Terms(terminal=True)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_run_has_a_terminal_where_its_definition_says_so(host: SupervisedHost, terminal: bool) -> None:
    code = "import os; print(os.isatty(1))"
    run_id = host.run(sys.executable, "-c", code, terms=Terms(terminal=terminal))
    assert host.final(run_id).exit_code == 0
    assert host.output(run_id) == f"{terminal}\n".encode()


def test_the_supervisor_reads_on_where_the_shim_is_dead(host: SupervisedHost) -> None:
    leash = host.leash()
    run_id = unsupervised(host, loud(leash), TERMINAL)
    leash.end()
    assert host.final(run_id).exit_code == 4
    written = host.output(run_id)
    assert (b"0\n" + EXPECTED).startswith(written)
    assert len(written) > 8 << 20, "all but what the terminal held at the end"
