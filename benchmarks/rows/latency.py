"""How long a start takes, and how long an end stays unknown."""

import statistics
import time

from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.direct import DirectRun
from benchmarks.portal import Client
from benchmarks.results import Row, ratio_of, spread

_REST_SECONDS = 0.03
"""Between two samples, so that one does not pay for what the other left to do."""


def measure(bench: Bench) -> list[Row]:
    """Both rows, baseline and portal in turn, sample by sample."""
    return [_start(bench), _end(bench)]


def _start(bench: Bench) -> Row:
    argv = programs.say_when_started()
    client = bench.portal.client()
    project = client.create_project(bench.name("start"), argv)
    direct, ours = [], []
    for _ in range(bench.times(60, 10)):
        direct.append(_direct_start(bench, argv))
        ours.append(_our_start(client, project))
    client.close()
    return Row(
        name="start",
        what="request sent → first line of the program",
        unit="ms",
        direct=statistics.median(direct),
        ours=statistics.median(ours),
        ratio=ratio_of(direct, ours),
        aim="≤ 1.7 × direct",
        met=ratio_of(direct, ours) <= 1.7,
        detail={"direct": spread(direct), "ours": spread(ours)},
    )


def _direct_start(bench: Bench, argv: list[str]) -> float:
    time.sleep(_REST_SECONDS)
    output = bench.file("output")
    run = DirectRun(argv, output)
    run.join()
    return (int(output.read_text()) - run.asked_ns) / 1e6


def _our_start(client: Client, project: str) -> float:
    time.sleep(_REST_SECONDS)
    asked_ns = time.monotonic_ns()
    run_id = client.run(project)
    client.wait_final(run_id)
    return (int(client.log_of(run_id)) - asked_ns) / 1e6


def _end(bench: Bench) -> Row:
    argv = programs.end_with_code(3, after_seconds=0.15)
    client = bench.portal.client()
    project = client.create_project(bench.name("end"), argv)
    direct, ours = [], []
    for _ in range(bench.times(50, 10)):
        output = bench.file("output")
        run = DirectRun(argv, output)
        assert run.join() == 3
        direct.append((run.ended_ns - int(output.read_text())) / 1e6)
        ours.append(_our_end(client, project))
    client.close()
    return Row(
        name="end",
        what="program exits with 3 → the API says failed, code 3",
        unit="ms",
        direct=statistics.median(direct),
        ours=statistics.median(ours),
        ratio=ratio_of(direct, ours),
        aim="≤ 2 × direct",
        met=ratio_of(direct, ours) <= 2,
        detail={"direct": spread(direct), "ours": spread(ours), "how": "GET …/runs/{id}?wait_seconds=60 returns"},
    )


def _our_end(client: Client, project: str) -> float:
    run_id = client.run(project)
    run = client.wait_final(run_id)
    known_ns = time.monotonic_ns()
    assert (run["state"], run["exit_code"]) == ("failed", 3), run
    return (known_ns - int(client.log_of(run_id))) / 1e6
