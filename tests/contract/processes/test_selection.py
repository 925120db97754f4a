"""Which way is used, what it costs who does not use it, and what a stepped clock does to psutil's view."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from addon_portal.domain.verdict import Liveness
from addon_portal.executors.processes.selection import choose, open_processes
from tests.contract.processes.conftest import Child

_IS_LOADED = (
    "import sys; import addon_portal.cli.commands.supervise; from addon_portal.executors.processes import selection; "
    "selection.open_processes(selection.choose(sys.argv[1])); print('psutil' in sys.modules)"
)


def test_auto_is_pidfd_where_the_kernel_has_it() -> None:
    assert (choose("auto"), choose("pidfd"), choose("psutil")) == ("pidfd", "pidfd", "psutil")


@pytest.mark.slow
@pytest.mark.parametrize(("wanted", "loaded"), [("auto", "False"), ("psutil", "True")])
def test_a_supervisor_imports_psutil_only_when_that_is_chosen(wanted: str, loaded: str) -> None:
    done = subprocess.run([sys.executable, "-c", _IS_LOADED, wanted], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == loaded


def test_without_psutil_its_choice_is_refused_in_words() -> None:
    code = (
        "import sys; sys.modules['psutil'] = None; "
        "from addon_portal.executors.processes.selection import IdentityUnavailable, choose\n"
        "try: choose('psutil')\nexcept IdentityUnavailable as refusal: print(refusal)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "not installed" in done.stdout


def test_a_stepped_clock_changes_nobody(child: Child, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A /proc of our own in which the time of the boot is another one, as it is after the wall clock was set."""
    (tmp_path / str(child.pid)).symlink_to(f"/proc/{child.pid}")
    stepped = [line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime")]
    booted_at = int(stepped[0].split()[1])
    processes = open_processes("psutil")
    held = processes.hold(child.identity)
    assert held is not None
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    for step in (-86400, -1, 0, 1, 3600):
        (tmp_path / "stat").write_text(f"btime {booted_at + step}\n")
        assert processes.liveness(child.identity) is Liveness.ALIVE
        assert not held.has_ended()
        again = processes.hold(child.identity)
        assert again is not None
    child.tell("exit 0")
    child.reap()
    assert held.has_ended()
