"""One supervisor per data directory, also while somebody looks whether there is one."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from addon_portal.supervisor.instance_lock import AlreadySupervised, InstanceLock


def test_a_second_holder_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "supervisor.lock"
    with InstanceLock(path), pytest.raises(AlreadySupervised, match=str(os.getpid())), InstanceLock(path):
        pass


def test_the_lock_is_free_again_after_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "supervisor.lock"
    for _ in range(2):
        with InstanceLock(path):
            pass


def test_somebody_who_only_looks_is_not_taken_for_a_holder(tmp_path: Path) -> None:
    path = tmp_path / "supervisor.lock"
    path.touch()
    looking = os.open(path, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.05, os.close, [looking]).start()
    with InstanceLock(path):
        assert path.read_text(encoding="ascii").strip() == str(os.getpid())
