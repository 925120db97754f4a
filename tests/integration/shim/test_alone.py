"""The shim as one file on its own, on old Pythons too, as a cluster engine would carry it to another machine."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.shim.test_output import flood, is_flood
from tests.support.keeper_process import ENVIRONMENT, SHIM, KeeperWorld, RunDirectory

PYTHONS = [sys.executable, "python3.8", "python3.9", "python3.13"]


@pytest.fixture(params=PYTHONS, ids=lambda python: Path(python).name)
def python(request: pytest.FixtureRequest) -> str:
    """An interpreter of this machine that works; one that pyenv installed counts, also where it is not selected."""
    by_pyenv = (Path.home() / ".pyenv" / "versions").glob(f"*/bin/{Path(request.param).name}")
    candidates: list[str | None] = [shutil.which(request.param), *map(str, by_pyenv)]
    for candidate in filter(None, candidates):
        if subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
            return candidate
    pytest.skip(f"there is no {request.param} here")


def launch(python: str, run: RunDirectory, shim: Path = SHIM) -> list[str]:
    """The command that starts a shim with the environment on descriptor 3."""
    environment = run.path.parent / "environment.json"
    environment.write_text(json.dumps(ENVIRONMENT))
    return ["/bin/sh", "-c", f'exec "$@" 3< {environment}', "sh", python, "-I", "-S", str(shim), str(run.path)]


@pytest.mark.slow
def test_the_file_alone_starts_watches_and_records(world: KeeperWorld, python: str, tmp_path: Path) -> None:
    alone = shutil.copy(SHIM, tmp_path / "carried.py")
    run = world.new_run("/bin/sh", "-c", '"$@"; (sleep 1000 &); exit 3', "sh", *flood(2_000_000, 4096))
    world.start_caged(launch(python, run, Path(alone)))
    run.wait("done")
    assert is_flood(run.output, 2_000_000)
    assert (run.wait_status, run.record("exit")["by"], run.record("child")["keeper"]) == (3 << 8, "shim", None)
    assert (run.record("done")["proof"], run.record("done")["killed"]) == ("no_children", 1)


def test_the_file_alone_stops_a_program(world: KeeperWorld, python: str) -> None:
    run = world.new_run("sleep", "1000")
    world.start_caged(launch(python, run))
    run.wait("started")
    run.stop()
    run.wait("done")
    assert (run.wait_status, run.signals) == (signal.SIGTERM, [(signal.SIGTERM, "stop", "group")])


def test_the_file_alone_exits_with_0_when_all_is_done_and_with_1_if_it_is_not_the_first(world: KeeperWorld) -> None:
    run = world.new_run("/bin/sh", "-c", "exit 3")
    assert subprocess.run(launch(sys.executable, run), timeout=20).returncode == 0
    second = subprocess.run(launch(sys.executable, run), timeout=20, capture_output=True, text=True)
    assert (second.returncode, second.stderr) == (1, "this run was started before\n")
    assert run.wait_status == 3 << 8
