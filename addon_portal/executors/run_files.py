"""The supervisor's side of a run directory: making it, its lock, and the request to stop.

Promises that a file is written whole or not at all, and that the lock's link is won by exactly one. Leaves the
shim's and keeper's files to them (`docs/design/shim.md`). Paths are text here: every start and every look would pay as
much for making a Path as for what is done with it.
"""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

from addon_portal.domain.clock import to_text
from addon_portal.domain.ids import RunId
from addon_portal.domain.limits import NO_LIMITS, Limits
from addon_portal.domain.records import StopRecord
from addon_portal.domain.verdict import Lock
from addon_portal.executors.base import CannotPrepare, LaunchOrder, Prepared


def was_launched(directory: str) -> bool:
    """Whether the lock's link was ever won."""
    return os.path.exists(f"{directory}/lock")


KeepLimits = Callable[[RunId, Limits], Mapping[str, object]]
"""Sees to the limits of a run, and returns what its spec is to say of that."""


def prepare(directory: str, order: LaunchOrder, hints: str, keep_limits: KeepLimits) -> Prepared:
    """Make the directory and its spec unless the run was launched before. Raises CannotPrepare."""
    try:
        is_new = _make_directory(directory)
        if not is_new and was_launched(directory):
            return Prepared.ALREADY_LAUNCHED
        spec = {"version": 1, "run": order.run_id, **order.spec, "hints": hints}
        if order.limits != NO_LIMITS:
            spec |= keep_limits(order.run_id, order.limits)
        write_json(f"{directory}/spec.json", spec, durable=False)
    except OSError as error:
        raise CannotPrepare("run_directory", error) from error
    if order.workspace is not None and not os.path.isdir(order.workspace):
        try:
            os.makedirs(order.workspace, 0o700, exist_ok=True)
        except OSError as error:
            raise CannotPrepare("workspace", error) from error
    return Prepared.READY


def _make_directory(path: str) -> bool:
    """Whether it was not there; raises FileExistsError for anything there that is no directory."""
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if not os.path.isdir(path):
            raise
        return False
    return True


def write_json(path: str, record: Mapping[str, object], *, durable: bool = True) -> None:
    """Write a record under another name, bring it to disk, then give it its name.

    The spec need not survive a power cut (its row does, and another boot proves that the program is gone), which saves
    every start the wait for the disk.
    """
    temporary = f"{path}.{secrets.token_hex(4)}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        content = json.dumps(record, ensure_ascii=False).encode()
        while content:  # A disk that is nearly full takes a part, and refuses only the rest.
            content = content[os.write(descriptor, content) :]
        if durable:
            os.fdatasync(descriptor)
        os.rename(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    finally:
        os.close(descriptor)


def probe(path: str) -> Lock:
    """Whether a lock file is held. Shared, so that two who look at once do not take each other for the holder."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return Lock.MISSING
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Lock.HELD
    finally:
        os.close(descriptor)
    return Lock.FREE


def win_link(directory: str) -> bool:
    """Take the lock's link so that nobody can start the run any more; False when somebody had it before."""
    temporary = f"{directory}/lock.{secrets.token_hex(4)}"
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        os.link(temporary, f"{directory}/lock")
    except FileExistsError:
        return False
    finally:
        os.unlink(temporary)
    return True


def write_stop(directory: str, run_id: RunId, stop: StopRecord) -> None:
    """Write `stop.json`, replacing one that said less."""
    record = {
        "version": 1,
        "run": run_id,
        "requested_at": to_text(stop.requested_at),
        "requested_by": stop.requested_by,
        "why": stop.why,
        "signal": stop.signal,
        "grace_seconds": stop.grace_seconds,
        "deadline_at": to_text(stop.deadline_at),
        "signals": [{"signal": sent.signal, "at": to_text(sent.at), "why": sent.why} for sent in stop.signals],
        "limit_seconds": stop.limit_seconds,
    }
    write_json(f"{directory}/stop.json", record)


def write_done(directory: str, run_id: RunId, at: datetime, killed: int) -> None:
    """Say that nothing of the run is left, by the word of its control group, where shim and keeper are dead."""
    record = {"version": 1, "run": run_id, "at": to_text(at), "by": "supervisor", "proof": "cgroup", "killed": killed}
    with contextlib.suppress(OSError):
        record["output_bytes"] = os.stat(f"{directory}/output.log").st_size
    write_json(f"{directory}/done.json", {"output_bytes": 0, **record, "max_rss_bytes": None})
