"""Taking waiting runs, first come first served, and having them started.

Promises that a run's directory is on disk before its row says `starting`, and that nobody is asked to start it before
that row is committed. A run that cannot start says in `waiting_for` what it waits for. Leaves the start itself to the
executor, which lets only one happen.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import structlog

from addon_portal import faultpoints
from addon_portal.domain import endings, launch, transitions
from addon_portal.domain.clock import Clock
from addon_portal.domain.errors import NotFound
from addon_portal.domain.ids import ProjectId, RunId, TenantId
from addon_portal.domain.launch import LaunchFacts
from addon_portal.domain.models import Run
from addon_portal.domain.transitions import Transition
from addon_portal.executors.base import CannotPrepare, Executor, LaunchOrder, Prepared
from addon_portal.storage import Storage, UnitOfWork, apply
from addon_portal.supervisor.filler import Filler
from addon_portal.supervisor.options import SupervisorOptions
from addon_portal.supervisor.restarter import Restarter

log = structlog.get_logger()

_AT_ONCE = 64
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class _Candidate:
    facts: LaunchFacts
    environment: Mapping[str, str]
    move: Transition
    ask: bool


class Launcher:
    """Claims for one host."""

    def __init__(
        self,
        storage: Storage,
        executor: Executor,
        options: SupervisorOptions,
        clock: Clock,
        filler: Filler,
        on_claimed: Callable[[Run], None],
        restarter: Restarter,
    ) -> None:
        self._storage = storage
        self._executor = executor
        self._options = options
        self._clock = clock
        self._filler = filler
        self._on_claimed = on_claimed
        self._restarter = restarter
        self._queue_is_long = False
        self.somebody_waits = False
        """Whether the last claim left a run waiting, so that the end of another may be what it waits for."""

    def claim_launched(self) -> None:
        """Claim what our books say is waiting and the disk says was launched: a database restored from a backup."""
        with self._storage.read() as uow:
            waiting = uow.host_runs.list_pending(self._options.host_id, _ALL)
        launched = [facts for facts in waiting if self._executor.was_launched(facts.run.id)]
        self._start([self._prepare(facts) for facts in launched])

    def list_waiting(self, uow: UnitOfWork, full: Collection[TenantId] = ()) -> Sequence[LaunchFacts]:
        """Those who have waited longest, without the tenants that have no room; nobody while the host is drained."""
        return uow.host_runs.list_startable(self._options.host_id, _AT_ONCE, excluding=full)

    def claim(
        self, waiting: Sequence[LaunchFacts], active: Mapping[RunId, Run], blocked: Mapping[ProjectId, RunId]
    ) -> bool:
        """Claim and ask to start what may start now; True when there may be more than one round took.

        `waiting` is what `list_waiting` found; `blocked` names projects with a live run that the books do not know.
        """
        full: set[TenantId] = set()
        self._queue_is_long = self.somebody_waits = False
        while True:
            self._queue_is_long |= len(waiting) == _AT_ONCE
            if not waiting:
                return False
            if not self._executor.root_present():
                self.somebody_waits = True
                self._say_waiting(waiting, dict.fromkeys((f.run.id for f in waiting), "the run root to be mounted"))
                return False
            chosen, waiting_for, out_of_room = self._choose(waiting, active, blocked)
            self.somebody_waits |= bool(waiting_for)
            self._say_waiting(waiting, waiting_for)
            self._start([self._prepare(facts) for facts in chosen])
            if len(waiting) < _AT_ONCE or chosen:
                return len(waiting) == _AT_ONCE
            if out_of_room <= full:
                return False
            # Nobody waits behind the runs of a tenant that has no room.
            full |= out_of_room
            with self._storage.read() as uow:
                waiting = self.list_waiting(uow, full)

    def explain(self, active: Mapping[RunId, Run], blocked: Mapping[ProjectId, RunId]) -> None:
        """Say what the runs wait for that are so far back that no claim looks at them."""
        if not self._queue_is_long:
            return
        with self._storage.read() as uow:
            waiting = uow.host_runs.list_pending(self._options.host_id, _ALL)
        self._say_waiting(waiting, self._choose(waiting, active, blocked)[1])

    def start_again(self, run_id: RunId) -> None:
        """Ask once more for the start of a claimed run whose lock nobody has taken."""
        environment = self._environment_of(run_id)
        if environment is not None:
            self._executor.ask_start(run_id, environment)

    def check(self, run_id: RunId) -> None:
        """Have the success check of a run evaluated, in the environment that the run had."""
        environment = self._environment_of(run_id)
        if environment is not None:
            self._executor.ask_check(run_id, environment)

    def _environment_of(self, run_id: RunId) -> dict[str, str] | None:
        try:
            with self._storage.read() as uow:
                facts = uow.host_runs.launch_order(run_id)
        except NotFound:
            return None  # The database was replaced by an older one; a clean-up will notice.
        return launch.environment(facts, self._working_directory(facts))

    def _choose(
        self, waiting: Sequence[LaunchFacts], active: Mapping[RunId, Run], blocked: Mapping[ProjectId, RunId]
    ) -> tuple[list[LaunchFacts], dict[RunId, str], set[TenantId]]:
        """Who may start, what the others wait for, and which tenants have no room."""
        limit = self._options.max_concurrent_runs
        taken = len(active)
        by_tenant: Counter[TenantId] = Counter(run.tenant_id for run in active.values())
        chosen: list[LaunchFacts] = []
        waiting_for: dict[RunId, str] = {}
        full: set[TenantId] = set()
        for facts in waiting:
            tenant = facts.tenant
            if facts.run.project_id in blocked:
                waiting_for[facts.run.id] = f"the end of {blocked[facts.run.project_id]}, which the database had lost"
            elif limit is not None and taken >= limit:
                waiting_for[facts.run.id] = f"a free place: the installation's {limit} are taken"
            elif tenant.max_concurrent_runs is not None and by_tenant[tenant.id] >= tenant.max_concurrent_runs:
                waiting_for[facts.run.id] = f"a free place: the tenant's {tenant.max_concurrent_runs} are taken"
                full.add(tenant.id)
            else:
                taken += 1
                by_tenant[tenant.id] += 1
                if _is_ours(facts) and (lacking := self._filler.waits_for(facts)):
                    waiting_for[facts.run.id] = lacking  # In its place: nobody overtakes it.
                else:
                    chosen.append(facts)
        return chosen, waiting_for, full

    def _say_waiting(self, waiting: Sequence[LaunchFacts], waiting_for: dict[RunId, str]) -> None:
        said = {facts.run.id: facts.run.waiting_for for facts in waiting}
        changed = {run_id: text for run_id, text in waiting_for.items() if said[run_id] != text}
        if changed:
            with self._storage.write() as uow:
                uow.host_runs.set_waiting_for(changed)

    def _prepare(self, facts: LaunchFacts) -> _Candidate:
        """Write the run's directory; a run that can never have one is refused with the reason."""
        run, now = facts.run, self._clock.now()
        try:
            self._filler.check(facts)
            order = self._order(facts)
            prepared = self._executor.prepare(order)
        except CannotPrepare as error:
            ending = endings.could_not_prepare(error.step, error.errno, error.message, now)
            return _Candidate(facts, {}, transitions.refused(run.id, ending, now, self._options.actor), ask=False)
        except (KeyError, ValueError, IndexError) as error:
            ending = endings.could_not_prepare("command", 0, f"its template cannot be filled: {error}", now)
            return _Candidate(facts, {}, transitions.refused(run.id, ending, now, self._options.actor), ask=False)
        move = transitions.claimed(run.id, now, self._options.actor, self._executor.boot_id)
        is_new = prepared is Prepared.READY
        return _Candidate(facts, order.environment, replace(move, unless_drained=is_new), ask=is_new)

    def _order(self, facts: LaunchFacts) -> LaunchOrder:
        cwd = self._working_directory(facts)
        return LaunchOrder(
            facts.run.id,
            launch.spec(facts, self._installation_id, cwd, self._options.log_limit_bytes),
            launch.environment(facts, cwd),
            cwd if _is_ours(facts) else None,
            facts.definition.terms.limits,
        )

    def _working_directory(self, facts: LaunchFacts) -> str:
        named = facts.definition.working_directory or (facts.program.working_directory if facts.program else None)
        return named or f"{self._workspaces}/{facts.run.workspace}"

    @cached_property
    def _installation_id(self) -> str:
        return self._storage.installation_id

    @cached_property
    def _workspaces(self) -> str:
        return str(self._options.data.workspace(""))

    def _start(self, candidates: list[_Candidate]) -> None:
        if not candidates:
            return
        faultpoints.reach("supervisor.prepared")
        won = self._restarter.write(self._storage, lambda uow: [each for each in candidates if apply(uow, each.move)])
        faultpoints.reach("supervisor.claimed")
        for candidate in won:
            if candidate.ask:
                self._executor.ask_start(candidate.facts.run.id, candidate.environment)
                faultpoints.reach("supervisor.asked")
        for candidate in won:  # Only now: for what comes before it the programs wait.
            run = candidate.move.applied_to(candidate.facts.run)
            self._on_claimed(run)
            log.info("run_changed", event_kind=candidate.move.kind, run_id=run.id, to_state=run.state)


def _is_ours(facts: LaunchFacts) -> bool:
    """Whether the run begins in a workspace that we make, and not where its project or program says."""
    return facts.definition.working_directory is None and not (facts.program and facts.program.working_directory)
