"""`kill -9` and five seconds of SIGSTOP, for each process and each pair of processes, at every stage of a run.

One test is one set of victims; its stages are played side by side on portals of their own. The number of cases is
printed at the end of the session.
"""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from addon_portal.executors.processes.selection import Chosen
from tests.faults.conftest import PORTALS, Pool
from tests.faults.experiment import Experiment
from tests.faults.matrix import Action, Case, cases, ending_of, victim_sets
from tests.support.identities import kernel_tells

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(600)]

_NUMBERS = itertools.count(1)

# The actions take turns, so that a service is not killed again within the seconds in which `up` starts it more slowly.
_GROUPS = [(action, victims) for victims in victim_sets() for action in Action]


@pytest.mark.parametrize(("action", "victims"), _GROUPS, ids=[f"{a}-{'-'.join(v)}" for a, v in _GROUPS])
def test_no_death_and_no_freeze_makes_the_portal_lie(
    pool: Pool,
    identity: Chosen,
    action: Action,
    victims: tuple[str, ...],
    record_property: Callable[[str, object], None],
) -> None:
    def play(case: Case) -> str | None:
        try:
            with pool.portal() as portal:
                ending = ending_of(case, kernel_tells=kernel_tells(identity))
                Experiment(portal, case, ending, f"{next(_NUMBERS)}", sees_zombies=identity == "pidfd").play()
        except Exception as error:
            return f"{case}: {type(error).__name__}: {error}"
        return None

    played = list(cases(action, victims))
    record_property(f"fault cases with {identity}", len(played))
    with ThreadPoolExecutor(PORTALS) as threads:
        failed = [problem for problem in threads.map(play, played) if problem]
    record_property(f"failed fault cases with {identity}", len(failed))
    assert not failed, "\n".join(failed)
