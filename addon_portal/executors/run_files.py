"""The supervisor's side of a run directory: making it, its lock, and the request to stop.

Promises that a file is written whole or not at all, and that the lock's link is won by exactly one. Leaves the
shim's and keeper's files to them (`docs/design/shim.md`).
"""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from addon_portal.domain.clock import to_text
from addon_portal.domain.ids import RunId
from addon_portal.domain.records import StopRecord
from addon_portal.domain.verdict import Lock
from addon_portal.executors.base import CannotPrepare, LaunchOrder, Prepared


def was_launched(directory: Path) -> bool:
    """Whether the lock's link was ever won."""
    return (directory / "lock").exists()


def prepare(directory: Path, order: LaunchOrder) -> Prepared:
    """Make the directory and its spec unless the run was launched before. Raises CannotPrepare."""
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        if was_launched(directory):
            return Prepared.ALREADY_LAUNCHED
        write_json(directory / "spec.json", {"version": 1, "run": order.run_id, **order.spec}, durable=False)
    except OSError as error:
        raise CannotPrepare("run_directory", error) from error
    if order.workspace is not None:
        try:
            order.workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotPrepare("workspace", error) from error
    return Prepared.READY


def write_json(path: Path, record: Mapping[str, object], *, durable: bool = True) -> None:
    """Write a record under another name, bring it to disk, then give it its name.

    The spec need not survive a power cut (its row does, and another boot proves that the program is gone), which saves
    every start the wait for the disk.
    """
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        content = json.dumps(record, ensure_ascii=False).encode()
        while content:  # A disk that is nearly full takes a part, and refuses only the rest.
            content = content[os.write(descriptor, content) :]
        if durable:
            os.fdatasync(descriptor)
        temporary.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    finally:
        os.close(descriptor)


def probe(path: Path) -> Lock:
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


def win_link(directory: Path) -> bool:
    """Take the lock's link so that nobody can start the run any more; False when somebody had it before."""
    temporary = directory / f"lock.{secrets.token_hex(4)}"
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        os.link(temporary, directory / "lock")
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    return True


def write_stop(directory: Path, run_id: RunId, stop: StopRecord) -> None:
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
    }
    write_json(directory / "stop.json", record)
