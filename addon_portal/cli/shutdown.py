"""What `addon-portal down` does: ends `up`, and on request every run and the keeper with it.

Addresses processes by the locks they hold, through pidfds. Leaves stopping runs to `stopping` and a supervisor: where
none lives, one is started for as long as it takes.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from addon_portal.cli.errors import InstallationTrouble
from addon_portal.cli.options import has_portal, opened_storage
from addon_portal.cli.output import hint
from addon_portal.cli.stopping import RunStopper, Stopped, list_active
from addon_portal.cli.upkeep import keepers
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
    with opened_storage(settings) as storage, _supervisor(settings) as supervisor:

        def check() -> None:
            if supervisor is not None and supervisor.poll() is not None:
                log = log_path(str(settings.data.logs), "supervisor")
                raise InstallationTrouble(f"The supervisor that was to stop the runs has ended; {log} says why.")

        return RunStopper(storage, host_id, clock, "operator:down", hint, timeout_seconds).stop_all(check)


@contextmanager
def _supervisor(settings: Settings) -> Iterator[subprocess.Popen[bytes] | None]:
    """A supervisor while the block runs: the one that lives, else one of our own that ends with us."""
    if is_held(str(settings.data.supervisor_lock)):
        yield None
        return
    told = json.dumps(settings.supervisor_options(ensure_host_id(settings, SystemClock())))
    settings.data.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = open_log(str(settings.data.logs), "supervisor")
    reader, writer = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "addon_portal.cli.commands.supervise", str(settings.data_dir)],
            env={
                **os.environ,
                SUPERVISOR_OPTIONS: told,
                PARENT_FD: str(reader),
                LOG_FILE: log_path(str(settings.data.logs), "supervisor"),
            },
            pass_fds=[reader],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C is for us
        )
    finally:
        os.close(reader)
        os.close(log)
    try:
        yield process
    finally:
        os.close(writer)
        try:
            process.wait(SUPERVISOR_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()  # a supervisor may be killed at any time
            process.wait()


def _end_keepers(settings: Settings, patience_seconds: float) -> list[KeeperEnd]:
    """Ask them to leave; one that looks after processes does so when they end."""
    ends = []
    for keeper in keepers.find_living(str(settings.data.keepers)):
        keeper.ask_to_leave()
        gone, _, _ = select.select([keeper.pidfd], [], [], patience_seconds)
        keeper.close()
        ends.append(KeeperEnd(keeper.pid, bool(gone)))
    return ends
