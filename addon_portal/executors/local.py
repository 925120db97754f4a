"""Running programs on this host, through keepers and shims.

All it knows is on disk and in the kernel; what it remembers (descriptors, answers of keepers) can be lost at any
moment and is found again. Promises that no start happens twice, that no signal reaches a stranger and that nothing
blocks. Leaves conclusions to `domain.verdict`.
"""

import contextlib
import os
import signal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from selectors import EVENT_READ, BaseSelector
from typing import Any

from addon_portal import faultpoints
from addon_portal.domain.clock import Clock
from addon_portal.domain.data_directory import DataDirectory
from addon_portal.domain.exits import ProcessExit
from addon_portal.domain.ids import RunId, has_form
from addon_portal.domain.models import StopSettings
from addon_portal.domain.records import ChildRecord, ProcessIdentity, SentSignal, StopRecord
from addon_portal.domain.verdict import Keeper, Liveness, Lock, Place, RunEvidence, Tree
from addon_portal.evidence.records import DamagedRecord, read_child, read_json, read_notify, read_records
from addon_portal.executors import run_files
from addon_portal.executors.base import KnownRun, LaunchOrder, OnChange, Prepared
from addon_portal.executors.control_groups.groups import ControlGroups
from addon_portal.executors.hints import NEWS_WITHIN_SECONDS, Hints
from addon_portal.executors.keeper_client import Answer, KeeperClient
from addon_portal.executors.leftovers import Leftovers
from addon_portal.executors.output_takeover import OutputTakeover
from addon_portal.executors.processes import place
from addon_portal.executors.processes.contract import HeldProcess, Processes
from addon_portal.executors.run_evidence import read_all, without_evidence
from addon_portal.executors.start_requests import StartRequests
from addon_portal.executors.success_checks import SuccessChecks
from addon_portal.executors.usage_meter import UsageMeter

_ANSWER_WITHIN_SECONDS = 2.0
"""A keeper that has not answered for so long is called silent; it stays so until it does."""


@dataclass(slots=True)
class _Watched:
    """What this process remembers of a run; nothing here is needed to know the truth later."""

    held: dict[str, HeldProcess] = field(default_factory=dict)
    """`shim` and `program`; kept after the process ended, since the kernel tells its exit through them."""
    start: StartRequests = field(default_factory=StartRequests)
    adoption_asked: float | None = None
    adoption: Keeper = Keeper.NOT_ASKED
    takeover: OutputTakeover | None = None
    tree: Tree = Tree.UNCHECKED


class LocalExecutor:
    """The executor `local`."""

    def __init__(
        self, data: DataDirectory, clock: Clock, processes: Processes, groups: ControlGroups | None = None
    ) -> None:
        self._data = data
        self._clock = clock
        self._processes = processes
        self._groups = groups or ControlGroups(data.root)
        self._leftovers = Leftovers(self._groups, processes, clock)
        # As text: these are asked for at every start and every look.
        self._run_root = str(data.run_root)
        self._marker = str(data.run_root_marker)
        self._hints_path = str(data.hints)
        self._keepers = KeeperClient(data.keepers)
        self._checks = SuccessChecks()
        self._usage = UsageMeter(self._run_root, self._groups, clock)
        self._watched: dict[RunId, _Watched] = {}
        self._selector: BaseSelector | None = None
        self._on_change: OnChange = lambda _run_id, _within_seconds: None
        self._hints: Hints | None = None
        self.boot_id = place.boot_id()

    def attach(self, selector: BaseSelector, on_change: OnChange) -> None:
        """Listen to hints, keepers and the deaths of processes."""
        self._selector, self._on_change = selector, on_change
        self._hints = Hints(self._data.hints, selector, on_change)
        self._keepers.attach(selector, self._on_answer)

    def root_present(self) -> bool:
        """Whether the run root carries its marker; without it, it is taken for not mounted."""
        return os.path.exists(self._marker)  # noqa: PTH110  a string: asked at every look

    def was_launched(self, run_id: RunId) -> bool:
        """Whether the lock's link exists."""
        return run_files.was_launched(self._directory_of(run_id))

    def prepare(self, order: LaunchOrder) -> Prepared:
        """Make the run directory and its spec. Raises CannotPrepare."""
        return run_files.prepare(self._directory_of(order.run_id), order, self._hints_path, self._groups.make)

    def ask_start(self, run_id: RunId, environment: Mapping[str, str]) -> None:
        """Send the request to a keeper unless one was sent a moment ago."""
        watched = self._remember(run_id)
        now = self._clock.monotonic()
        if watched.start.may_ask(now) and self._keepers.ask_start(run_id, environment):
            watched.start.was_sent(now)

    def forbid_start(self, run_id: RunId) -> None:
        """Win the lock's link, so that no keeper can."""
        run_files.win_link(self._directory_of(run_id))

    def observe(self, known: KnownRun) -> RunEvidence:
        """Read the lock, the records, every other fact, and the records once more."""
        alive_at = known.last_seen_alive_at
        if not self.root_present():
            return RunEvidence(self._clock.now(), root_present=False, last_seen_alive_at=alive_at)
        directory = self._directory_of(known.run_id)
        lock = run_files.probe(f"{directory}/lock")
        if lock is Lock.MISSING and not os.path.isdir(directory):  # noqa: PTH112
            return without_evidence(known, self._processes, self.root_present, self._clock)
        records = read_all(directory)
        place = self._place(known, records.child, lock)
        seen = RunEvidence(self._clock.now(), True, True, lock, records, place, last_seen_alive_at=alive_at)
        if records.child is not None:
            seen = replace(seen, said=read_notify(directory))
        if lock is Lock.MISSING and known.run_id in self._watched:
            seen = replace(seen, start_trouble=self._watched[known.run_id].start.trouble(self._clock, self._keepers))
        if (records.exit and records.done) or (records.start_error and lock is not Lock.HELD):
            return self._look_at_check(self._leftovers.prove(seen, known.run_id), known.run_id, directory)
        watched = self._remember(known.run_id)
        if place is Place.HERE and records.child is not None:
            seen = self._look_at_program(seen, known.run_id, watched, records.child)
        faultpoints.reach("supervisor.read_once")
        again = read_all(directory, records)
        if again.child is not None and records.child is None:
            return self.observe(known)  # it was named meanwhile, and nobody has looked whether its gate is open
        seen = replace(seen, tree=watched.tree, records=again, looked_at=self._clock.now())
        return self._look_at_check(seen, known.run_id, directory)

    def _look_at_check(self, seen: RunEvidence, run_id: RunId, directory: str) -> RunEvidence:
        """Whether the success check of a program that has ended is being evaluated."""
        child = seen.records.child
        is_due = child is not None and child.terms.success_check is not None and seen.program is not Liveness.ALIVE
        if not is_due or seen.records.check is not None:
            return seen
        runs = self._checks.is_running(run_id, directory)
        return replace(seen, check_runs=runs, records=read_all(directory, seen.records))

    def _look_at_program(self, seen: RunEvidence, run_id: RunId, watched: _Watched, child: ChildRecord) -> RunEvidence:
        self._watch(run_id, watched, "program", child.program)
        self._usage.begin(run_id, child)
        if seen.lock is Lock.HELD:
            self._watch(run_id, watched, "shim", child.shim)
        program = self._processes.liveness(child.program)
        faultpoints.reach("supervisor.found_alive")
        # The lock of the gate says less: a stub that dies lets go of it, and may have been alive a moment ago.
        gate_held = program in {Liveness.ALIVE, Liveness.ZOMBIE} and not self._processes.has_executed(child.program)
        if gate_held and program is Liveness.ZOMBIE:
            # Killed behind the gate. Its parent will say so; until then nothing of the program has run.
            gate_held = seen.lock is Lock.HELD or (child.keeper is not None and self._keepers.is_alive(child.keeper))
        kernel_exit = self._kernel_exit(watched, child.program) if program is not Liveness.ALIVE else None
        keeper = Keeper.NOT_ASKED
        if program is not Liveness.ALIVE and seen.lock is Lock.FREE:
            keeper = self._adoption(watched, child)
        held = watched.held.get("program")
        began = child.started_monotonic
        return replace(
            seen,
            program=program,
            runs_for_seconds=None if began is None else self._clock.monotonic() - began,
            death_is_heard=held is not None and held.fileno() is not None,
            gate_held=gate_held,
            kernel_exit=kernel_exit,
            oom_kills=self._groups.count_oom_kills(run_id) if kernel_exit is not None else 0,
            keeper=keeper,
        )

    def _place(self, known: KnownRun, child: ChildRecord | None, lock: Lock) -> Place:
        if child is None:
            elsewhere = known.boot_id is not None and known.boot_id != self.boot_id
            return Place.OTHER_BOOT if elsewhere else Place.HERE
        if not place.is_of_this_boot(child.program):
            return Place.OTHER_BOOT
        if place.is_of_this_namespace(child.program):
            return Place.HERE
        held = lock is Lock.HELD or (child.keeper is not None and self._keepers.is_alive(child.keeper))
        return Place.OTHER_NAMESPACE_ALIVE if held else Place.OTHER_NAMESPACE

    def _kernel_exit(self, watched: _Watched, program: ProcessIdentity) -> ProcessExit | None:
        held = watched.held.get("program")
        return (held.exit() if held is not None else None) or self._processes.zombie_exit(program)

    def _adoption(self, watched: _Watched, child: ChildRecord) -> Keeper:
        """The keeper's word, which counts only when it was asked after the program had been found dead."""
        if child.keeper is None or not self._keepers.is_alive(child.keeper):
            return Keeper.NOT_MINE
        if watched.adoption_asked is None:
            return Keeper.NOT_ASKED
        overdue = self._clock.monotonic() - watched.adoption_asked > _ANSWER_WITHIN_SECONDS
        return Keeper.SILENT if watched.adoption is Keeper.NOT_ASKED and overdue else watched.adoption

    def ask_adoption(self, run_id: RunId) -> None:
        """Ask the keeper that forked the shim."""
        child = read_records(self._directory_of(run_id)).child
        watched = self._remember(run_id)
        if child is None or child.keeper is None:
            return
        if watched.adoption_asked is None:
            watched.adoption_asked = self._clock.monotonic()
        self._keepers.ask(child.keeper, "adopted", run_id)

    def stop_settings(self, run_id: RunId) -> StopSettings:
        """From `spec.json`."""
        try:
            wanted: Any = self.read_spec(run_id).get("stop")
            return StopSettings(int(wanted["signal"]), float(wanted["grace_seconds"]))
        except (OSError, DamagedRecord, LookupError, TypeError, ValueError):
            return StopSettings()

    def write_stop(self, run_id: RunId, stop: StopRecord) -> StopRecord:
        """Write `stop.json` unless there is one with no later a deadline."""
        directory = self._directory_of(run_id)
        earlier = read_records(directory).stop
        stands = stop if earlier is None else earlier.ending_by(stop)
        if stands != earlier:
            run_files.write_stop(directory, run_id, stands)
        return stands

    def wake_shim(self, run_id: RunId) -> None:
        """SIGUSR1 makes it read `stop.json`; SIGCONT first, in case somebody froze it."""
        shim = self._remember(run_id).held.get("shim")
        if shim is not None:
            shim.send_signal(signal.SIGCONT)
            shim.send_signal(signal.SIGUSR1)

    def signal_program(self, run_id: RunId, number: int, why: str) -> None:
        """Signal the program and its group, after the record says so."""
        directory = self._directory_of(run_id)
        program = self._remember(run_id).held.get("program")
        stop = read_records(directory).stop
        if program is None or stop is None or program.has_ended():
            return
        sent = SentSignal(number, self._clock.now(), why)
        run_files.write_stop(directory, run_id, replace(stop, signals=(*stop.signals, sent)))
        program.send_signal_to_group(number)
        program.send_signal_to_group(signal.SIGCONT)

    def take_output(self, run_id: RunId) -> None:
        """Become the FIFO's reader; asked only when the lock was seen free."""
        with contextlib.suppress(OSError):
            takeover = self._take_over(run_id)
            if takeover is not None:
                takeover.listen()

    def _take_over(self, run_id: RunId) -> OutputTakeover | None:
        """The reader of a dead shim's FIFO; None where there is no FIFO any more. Raises OSError."""
        watched = self._remember(run_id)
        if watched.takeover is None and self._selector is not None:
            with contextlib.suppress(FileNotFoundError):
                watched.takeover = OutputTakeover(self._data.run_directory(run_id), self._selector, self._clock)
        return watched.takeover

    def clean_up(self, run_id: RunId) -> None:
        """Have the keeper end its adopted children of the run; without a keeper, find and end them here."""
        directory = self._directory_of(run_id)
        child = read_records(directory).child
        self._groups.kill(run_id, self._processes)
        if child is not None and child.keeper is not None and self._keepers.is_alive(child.keeper):
            self._keepers.ask(child.keeper, "end", run_id)
            return
        watched = self._remember(run_id)
        # The session's number may be a stranger's by now, unless we saw its leader alive a moment ago.
        session = child.program.pid if child is not None and "program" in watched.held else None
        watched.tree = self._leftovers.end(run_id, directory, session)

    def ask_check(self, run_id: RunId, environment: Mapping[str, str]) -> None:
        """Start a process for it; what one that was killed has left is ended first."""
        directory = self._directory_of(run_id)
        now = self._clock.monotonic()
        self._checks.start(run_id, directory, environment, now, lambda: self._leftovers.kill_members(run_id, None))

    def save_output(self, run_id: RunId) -> None:
        """Empty the FIFO for good, and have the keeper let it go. Raises OSError."""
        takeover = self._take_over(run_id)
        if takeover is None:
            return
        takeover.finish()
        child = read_child(self._directory_of(run_id))
        if child is not None and child.keeper is not None and self._keepers.is_alive(child.keeper):
            self._keepers.ask(child.keeper, "adopted", run_id)  # makes it look; what it answers is not needed

    def forget(self, run_id: RunId) -> None:
        """Close everything, and remove the groups of a run that had limits."""
        self._groups.let_go(run_id)
        self._close(run_id)

    def _close(self, run_id: RunId) -> None:
        self._checks.forget(run_id)
        self._usage.forget(run_id)
        watched = self._watched.pop(run_id, None)
        if watched is None:
            return
        if watched.takeover is not None:
            watched.takeover.close()
        for held in watched.held.values():
            self._unregister(held)
            held.close()

    def tick(self) -> None:
        """Ask silent keepers again, and see to our hints."""
        self._checks.tick()
        self._usage.tick()
        if self._hints is not None:
            self._hints.heal()
        self._groups.tick()
        for run_id, watched in self._watched.items():
            if watched.adoption_asked is not None and watched.adoption is not Keeper.NOT_MINE:
                with contextlib.suppress(OSError, DamagedRecord):
                    self.ask_adoption(run_id)

    def remove_leftovers(self, active: Collection[RunId]) -> None:
        """The control groups of runs that crashes have left behind."""
        self._groups.remove_leftovers(active)

    def list_runs(self) -> Sequence[RunId]:
        """The names of the run directories, which sort by age."""
        with os.scandir(self._data.run_root) as entries:
            return sorted(RunId(entry.name) for entry in entries if has_form("run_", entry.name))

    def read_spec(self, run_id: RunId) -> Mapping[str, object]:
        """`spec.json`."""
        return read_json(f"{self._directory_of(run_id)}/spec.json") or {}

    def close(self) -> None:
        """Close every descriptor; runs, shims and keepers go on."""
        for run_id in list(self._watched):
            self._close(run_id)
        self._groups.close()
        self._keepers.close()
        if self._hints is not None:
            self._hints.close()
            self._hints = None

    def _directory_of(self, run_id: RunId) -> str:
        return f"{self._run_root}/{run_id}"

    def _remember(self, run_id: RunId) -> _Watched:
        watched = self._watched.get(run_id)
        if watched is None:
            watched = self._watched[run_id] = _Watched()
        return watched

    def _watch(self, run_id: RunId, watched: _Watched, role: str, identity: ProcessIdentity) -> None:
        """Hold the process, so that its death is an event and its exit can be asked for afterwards, if that can be."""
        if role in watched.held or self._selector is None:
            return
        held = self._processes.hold(identity)
        if held is None:
            return
        watched.held[role] = held
        descriptor = held.fileno()

        def on_death() -> None:
            # The descriptor of a dead process stays readable for ever.
            self._unregister(held)
            # A shim that lives tells more about its program's end in a moment.
            self._on_change(run_id, NEWS_WITHIN_SECONDS if role == "program" and "shim" in watched.held else 0.0)

        if descriptor is not None:
            self._selector.register(descriptor, EVENT_READ, on_death)

    def _unregister(self, held: HeldProcess) -> None:
        descriptor = held.fileno()
        if self._selector is not None and descriptor is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(descriptor)

    def _on_answer(self, _keeper_id: str, answer: Answer) -> None:
        run_id = RunId(str(answer.get("run", "")))
        watched = self._watched.get(run_id)
        if watched is None:
            return
        match answer.get("op"), answer.get("result"):
            case "adopted", "mine" | "shim_alive":
                watched.adoption = Keeper.MINE
            case "adopted", "not_mine":
                watched.adoption = Keeper.NOT_MINE
            case "start", _:
                watched.start.was_answered(answer)
                return
        self._on_change(run_id, 0.0)
