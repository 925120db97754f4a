"""What `addon-portal down` does: ends `up`, and on request every run and the keeper with it.

Addresses processes by the locks they hold, through pidfds. Leaves stopping runs to `stopping` and a supervisor: where
none lives, one is started for as long as it takes.
"""

import json
import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from addon_portal.cli.errors import InstallationTrouble
from addon_portal.cli.options import has_portal, opened_storage
from addon_portal.cli.output import hint
from addon_portal.cli.stopping import RunStopper, Stopped, list_active
from addon_portal.cli.upkeep import keepers
from addon_portal.cli.upkeep.forking import be, fork
from addon_portal.cli.upkeep.locks import LockTaken, is_held, open_holder, take_lock
from addon_portal.cli.upkeep.log_files import LOG_FILE, log_path, open_log
from addon_portal.cli.upkeep.options import SUPERVISOR_OPTIONS
from addon_portal.cli.upkeep.services import PARENT_FD
from addon_portal.config import Settings, ensure_host_id
from addon_portal.domain.clock import SystemClock

KEEPER_PATIENCE_SECONDS = 5.0
PORTAL_PATIENCE_SECONDS = 3.0
SUPERVISOR_PATIENCE_SECONDS = 10.0

NOTHING = Stopped([], [])
"""Of a data directory that is not there, so that there is nothing to be said of its runs."""


def end_up(settings: Settings) -> int | None:
    """End the `up` of this data directory and wait until it is gone; returns its pid, None when there was none."""
    try:
        holder = open_holder(str(settings.data.up_lock))
    except LookupError as error:
        raise InstallationTrouble(
            f"{error} End it where it was started, for instance by stopping its container."
        ) from None
    if holder is None:
        return None
    pid, pidfd = holder
    try:
        signal.pidfd_send_signal(pidfd, signal.SIGTERM)
        if not select.select([pidfd], [], [], PORTAL_PATIENCE_SECONDS)[0]:
            hint(f"Waiting for the portal (pid {pid}) to end; what it waits for it says where it was started ...")
            select.select([pidfd], [], [])
    except ProcessLookupError:
        pass
    finally:
        os.close(pidfd)
    return pid


def count_active_runs(settings: Settings) -> int:
    """How many runs of this host can still move. Raises InstallationTrouble where nobody can tell."""
    if not has_portal(settings):
        return 0
    with opened_storage(settings) as storage, storage.read() as uow:
        return len(list_active(uow, ensure_host_id(settings, SystemClock())))


@dataclass(frozen=True, slots=True)
class KeeperEnd:
    """A keeper that was asked to leave, and whether it has."""

    pid: int
    ended: bool


def stop_everything(settings: Settings, timeout_seconds: float | None) -> tuple[Stopped, list[KeeperEnd]]:
    """Stop all runs of this host, wait until they are final, then end the keepers. No `up` may begin meanwhile.

    `RunStopper` says when runs are given up.
    """
    if not settings.data_dir.exists():
        return NOTHING, []
    try:
        lock = take_lock(str(settings.data.up_lock))
    except LockTaken as taken:
        raise InstallationTrouble(f"A portal was started again meanwhile, with pid {taken.pid}. Try again.") from None
    try:
        done = _stop_runs(settings, timeout_seconds) if count_active_runs(settings) else Stopped([], [])
        return done, _end_keepers(settings, 0.0 if done.left else KEEPER_PATIENCE_SECONDS)
    finally:
        os.close(lock)


def _stop_runs(settings: Settings, timeout_seconds: float | None) -> Stopped:
    clock = SystemClock()
    host_id = ensure_host_id(settings, clock)
    # In this order: a fork must not begin with what SQLite knows of the files that are open here (sqlite.org, "How To
    # Corrupt An SQLite Database File", 2.6).
    with _supervisor(settings) as has_ended, opened_storage(settings) as storage:

        def check() -> None:
            if has_ended():
                log = log_path(str(settings.data.logs), "supervisor")
                raise InstallationTrouble(f"The supervisor that was to stop the runs has ended; {log} says why.")

        return RunStopper(storage, host_id, clock, "operator:down", hint, timeout_seconds).stop_all(check)


@contextmanager
def _supervisor(settings: Settings) -> Iterator[Callable[[], bool]]:
    """A supervisor while the block runs: the one that lives, else one of our own that ends with us.

    Yields what says whether ours has ended before.
    """
    if is_held(str(settings.data.supervisor_lock)):
        yield lambda: False
        return
    reader, writer = os.pipe()
    try:
        pid = _fork_supervisor(settings, reader)
    finally:
        os.close(reader)
    pidfd = os.pidfd_open(pid)
    try:
        yield lambda: bool(select.select([pidfd], [], [], 0)[0])
    finally:
        os.close(writer)
        if not select.select([pidfd], [], [], SUPERVISOR_PATIENCE_SECONDS)[0]:
            os.kill(pid, signal.SIGKILL)  # a supervisor may be killed at any time
        os.waitpid(pid, 0)
        os.close(pidfd)


def _fork_supervisor(settings: Settings, parent: int) -> int:
    told = json.dumps(settings.supervisor_options(ensure_host_id(settings, SystemClock())))
    settings.data.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = open_log(str(settings.data.logs), "supervisor")
    environment = {
        **os.environ,
        SUPERVISOR_OPTIONS: told,
        LOG_FILE: log_path(str(settings.data.logs), "supervisor"),
    }
    try:
        name = f"supervisor {settings.data_dir}"
        return fork(name, partial(be, "supervise"), environment, inherited={PARENT_FD: parent}, output=log, errors=log)
    finally:
        os.close(log)


def _end_keepers(settings: Settings, patience_seconds: float) -> list[KeeperEnd]:
    """Ask them to leave; one that looks after processes does so when they end."""
    ends = []
    for keeper in keepers.find_living(str(settings.data.keepers)):
        keeper.ask_to_leave()
        gone, _, _ = select.select([keeper.pidfd], [], [], patience_seconds)
        keeper.close()
        ends.append(KeeperEnd(keeper.pid, bool(gone)))
    return ends
