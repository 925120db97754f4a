"""Output: many short lines, very much of it, and what taking it through a FIFO costs beside a plain file."""

import os
import statistics
import time
from pathlib import Path

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.direct import DirectRun
from benchmarks.portal import Client, Portal, wait_for
from benchmarks.processes import children, cpu_seconds, cpu_seconds_of_reaped
from benchmarks.results import Row, ratio_of, spread

MIB = 1 << 20


def measure(bench: Bench) -> list[Row]:
    """200,000 lines, then 1 GiB."""
    return [_many_lines(bench), *_one_gibibyte(bench)]


def _many_lines(bench: Bench) -> Row:
    count = 200_000
    argv = programs.write_lines(count)
    client = bench.portal.client()
    project = client.create_project(bench.name("lines"), argv)
    direct, ours = [], []
    for _ in range(bench.times(7, 2)):
        output = bench.file("output")
        began = time.monotonic()
        DirectRun(argv, output).join()
        assert output.read_bytes().count(b"\n") == count
        direct.append(time.monotonic() - began)
        began = time.monotonic()
        run_id = client.run(project)
        assert client.wait_final(run_id)["state"] == "completed"
        assert client.log_of(run_id).count(b"\n") == count, "lines were lost"
        ours.append(time.monotonic() - began)
        output.unlink()
    client.close()
    return Row(
        name="lines",
        what="200,000 lines as fast as they come: finished, all readable",
        unit="ms",
        direct=statistics.median(direct) * 1000,
        ours=statistics.median(ours) * 1000,
        ratio=ratio_of(direct, ours),
        aim="≤ 1.2 × direct",
        met=ratio_of(direct, ours) <= 1.2,
        detail={"direct_s": spread(direct), "ours_s": spread(ours), "how": "one write(2) for each line"},
    )


def _one_gibibyte(bench: Bench) -> list[Row]:
    size = bench.times(1024, 64)
    argv = programs.write_blocks(size)
    client = bench.portal.client()
    project = client.create_project(bench.name("bytes"), argv)
    direct, ours, cpu, first_screen, later_screens = [], [], [], [], []
    for _ in range(bench.times(5, 2)):
        direct.append(_direct_rate(bench, argv, size))
        rate, used, run_id, log = _our_rate(bench.portal, client, project, size)
        ours.append(rate)
        cpu.append(used)
        screens = [_last_screen(client, run_id, size) for _ in range(11)]
        first_screen.append(screens[0])
        later_screens += screens[1:]
        os.truncate(log, 0)  # nobody has to write it to disk any more
    client.close()
    return [
        Row(
            name="output_rate",
            what=f"{size} MiB of output, none lost",
            unit="MB/s",
            direct=statistics.median(direct),
            ours=statistics.median(ours),
            ratio=statistics.median(direct) / statistics.median(ours),
            aim="≥ 500 MB/s",
            met=statistics.median(ours) >= 500,
            detail={"direct": spread(direct), "ours": spread(ours)},
        ),
        Row(
            name="output_cpu",
            what=f"{size} MiB of output: CPU time of ours",
            unit="s",
            direct=None,
            ours=statistics.median(cpu),
            aim="≤ 1.5 s",
            met=statistics.median(cpu) <= 1.5,
            detail=spread(cpu),
        ),
        Row(
            name="last_screen",
            what=f"{size} MiB of output: the last screen opens",
            unit="ms",
            direct=None,
            ours=statistics.median(first_screen),
            aim="≤ 100 ms",
            met=max(first_screen) <= 100,
            detail={"first_time": spread(first_screen), "later": spread(later_screens)},
        ),
    ]


def _direct_rate(bench: Bench, argv: list[str], size: int) -> float:
    output = bench.file("output")
    os.sync()  # so that no sample waits for what the one before left to write
    run = DirectRun(argv, output)
    run.join()
    _check_blocks(output, size)
    output.unlink()
    return size * MIB / 1e6 / ((run.ended_ns - run.asked_ns) / 1e9)


def _our_rate(portal: Portal, client: Client, project: str, size: int) -> tuple[float, float, str, Path]:
    """MB/s from the request to the final state; what shim, keeper, supervisor and api used meanwhile; the log."""
    os.sync()
    pids = portal.pids()
    before = _used(pids)
    began = time.monotonic()
    run_id = client.run(project)
    assert client.wait_final(run_id)["state"] == "completed"
    seconds = time.monotonic() - began
    evidence = client.ask("GET", f"/api/tenant/runs/{run_id}/evidence")
    end = evidence["records"]["exit.json"]
    of_the_program = end["cpu_user_seconds"] + end["cpu_system_seconds"]
    log = Path(evidence["directory"]) / "output.log"
    shim = evidence["records"]["child.json"]["shim"]["pid"]
    wait_for(lambda: shim not in children(pids["keeper"]), "the shim to be reaped")
    used = _used(pids) - before - of_the_program
    _check_blocks(log, size)
    return size * MIB / 1e6 / seconds, used, run_id, log


def _used(pids: dict[str, int]) -> float:
    """A shim's own time is known when it has been reaped; it comes with that of its program."""
    return cpu_seconds(pids[name] for name in ("api", "supervisor", "keeper")) + cpu_seconds_of_reaped(pids["keeper"])


def _last_screen(client: Client, run_id: str, size: int) -> float:
    began = time.monotonic()
    page = client.ask("GET", f"/api/tenant/runs/{run_id}/log?offset={size * MIB - 16384}&limit=16384")
    taken = (time.monotonic() - began) * 1000
    assert (page["next_offset"], len(page["text"])) == (size * MIB, 16384), "the last screen"
    return taken


def _check_blocks(path: Path, size: int) -> None:
    """Every block is there, in its order, once."""
    assert path.stat().st_size == size * MIB, f"{path}: {path.stat().st_size} bytes"
    with path.open("rb") as file:
        for number in range(size * 16):
            assert int(os.pread(file.fileno(), 16, number * 65536)) == number, f"block {number}"
