"""Code in, results out: a folder is pushed, run, stopped half-way, gone on with, and its results are fetched."""

import tarfile
from pathlib import Path

import pytest

from addon_portal.cli.exit_codes import ExitCode
from tests.integration.cli.installed import Portal
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ETL = """
import json, pathlib, sys, time
place, results = pathlib.Path("checkpoint.json"), pathlib.Path("results")
results.mkdir(exist_ok=True)
rows = [line.split(",") for line in open("data/rows.csv").read().splitlines()]
begin = json.loads(place.read_text()) if place.exists() else 0
print("begins at", begin, flush=True)
for number, (name, amount) in enumerate(rows[begin:], begin):
    if number == 60 and not pathlib.Path("go-on").exists():
        pathlib.Path("go-on").touch()
        print("half-way", flush=True)
        time.sleep(3600)
    with open(results / "loaded.csv", "a") as loaded:
        loaded.write(f"{name},{int(amount) * 2}\\n")
    place.write_text(json.dumps(number + 1))
print("done", flush=True)
"""
ROWS = [f"row-{number},{number}" for number in range(100)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An ETL with its rows."""
    place = tmp_path / "etl"
    (place / "data").mkdir(parents=True)
    (place / "etl.py").write_text(ETL)
    (place / "data" / "rows.csv").write_text("\n".join(ROWS) + "\n")
    return place


def test_a_pushed_program_is_stopped_half_way_gone_on_with_and_its_results_are_fetched(
    portal: Portal, source: Path, tmp_path: Path
) -> None:
    push = portal.call("project", "push", str(source), "--name", "etl", "--", "python3", "etl.py")
    assert push.returncode == 0, push.stderr
    first = portal.ask("run", "etl", "--detach")["run_id"]
    wait_until(lambda: "half-way" in portal.call("logs", first).stdout, "the program to be half-way")
    assert portal.call("stop", "etl", "--grace", "5", "--wait").returncode == 0
    assert len(fetch(portal, "etl", "results/loaded.csv", tmp_path).splitlines()) == 60

    second = portal.call("restart", "etl", "--workspace", "keep", "--follow")
    assert second.returncode == 0, second.stderr
    assert second.stdout == "begins at 60\ndone\n"
    loaded = fetch(portal, "etl", "results/loaded.csv", tmp_path)
    assert loaded.splitlines() == [f"row-{number},{number * 2}" for number in range(100)]

    changed = portal.ask("files", "changed", "etl")
    assert [item["path"] for item in changed["items"]] == ["checkpoint.json", "results/loaded.csv"]
    before = portal.ask("files", "changed", first)
    assert [item["path"] for item in before["items"]] == ["go-on"]
    assert before["continued_by"] == changed["run_id"]
    listed = [item["path"] for item in portal.ask("files", "list", "etl")["items"]]
    assert listed == ["checkpoint.json", "data", "etl.py", "go-on", "results"]
    packed = portal.call("files", "archive", "etl", "results", cwd=tmp_path)
    assert packed.stdout.startswith("Wrote results.tar.gz (")
    with tarfile.open(tmp_path / "results.tar.gz") as archive:
        member = archive.extractfile("loaded.csv")
        assert member is not None
        assert member.read().decode() == loaded

    clean = portal.call("restart", "etl", "--workspace", "clean")
    assert clean.returncode == 0, clean.stderr
    wait_until(lambda: "half-way" in portal.call("logs", "etl").stdout, "the program to begin anew")
    assert portal.call("logs", "etl").stdout.startswith("begins at 0\n")
    portal.call("stop", "etl", "--grace", "0", "--wait")


def fetch(portal: Portal, name: str, path: str, into: Path) -> str:
    """A file of the newest run."""
    target = into / "fetched"
    done = portal.ask("files", "get", name, path, "-o", str(target))
    content = target.read_text()
    assert done == {"file": str(target), "bytes": len(content)}
    return content


def test_a_file_goes_to_standard_output_or_is_named_like_itself(portal: Portal, tmp_path: Path) -> None:
    portal.call("run", "--name", "writes", "--workspace", "--", "sh", "-c", "mkdir d; printf 'a\\nb' > 'd/a b.txt'")
    assert portal.call("files", "get", "writes", "d/a b.txt", "-o", "-").stdout == "a\nb"
    done = portal.call("files", "get", "writes", "d/a b.txt", cwd=tmp_path)
    assert done.stdout == "Wrote a b.txt (3 bytes).\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a b.txt"]
    table = portal.call("files", "list", "writes", "d").stdout
    assert table.splitlines()[0].split() == ["KIND", "BYTES", "MODIFIED", "PATH"]
    assert "d/a b.txt" in table
    limited = portal.call("files", "list", "writes", "--limit", "1")
    assert "d" in limited.stdout


def test_refusals_leave_no_file(portal: Portal, tmp_path: Path) -> None:
    portal.call("run", "--name", "here", "--", "true", cwd=tmp_path)
    for arguments in (("get", "here", "x"), ("list", "here"), ("changed", "here"), ("archive", "here")):
        done = portal.call("files", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (ExitCode.REFUSED, "")
        assert "of its project's own" in done.stderr
    portal.call("project", "create", "fresh", "--", "true")
    assert "never run" in portal.call("files", "list", "fresh").stderr
    portal.call("run", "--name", "empty", "--workspace", "--", "true")
    for path in ("nothing", "../../portal.db"):
        assert portal.call("files", "get", "empty", path, cwd=tmp_path).returncode == ExitCode.REFUSED
    assert portal.call("files", "list", "empty").stderr == "The directory is empty.\n"
    assert list(tmp_path.iterdir()) == []
