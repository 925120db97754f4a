"""How many runs of /bin/true a second, each durable and with its full history."""

import statistics
import threading
import time

from benchmarks import direct, programs
from benchmarks.bench import Bench
from benchmarks.portal import Portal, in_threads
from benchmarks.processes import cpu_seconds, cpu_seconds_of_reaped
from benchmarks.results import Row, spread


def measure(bench: Bench) -> list[Row]:
    """With 8 and with 32 at once: one project and one client each, the next run when the one before is final."""
    widths = (8, 32)
    client = bench.portal.client()
    projects = [client.create_project(bench.name("true"), programs.nothing()) for _ in range(max(widths))]
    count = bench.times(400, 120)
    direct_rates: dict[int, list[float]] = {width: [] for width in widths}
    our_rates: dict[int, list[float]] = {width: [] for width in widths}
    costs: dict[int, list[dict[str, float]]] = {width: [] for width in widths}
    for _ in range(bench.times(5, 1)):
        for width in widths:
            direct_rates[width].append(direct.throughput(programs.nothing(), width, count))
            rate, cost = _our_rate(bench.portal, projects[:width], count)
            our_rates[width].append(rate)
            costs[width].append(cost)
    client.close()
    return [_row(width, direct_rates[width], our_rates[width], costs[width]) for width in widths]


def _row(width: int, direct_rates: list[float], our_rates: list[float], costs: list[dict[str, float]]) -> Row:
    ours = statistics.median(our_rates)
    return Row(
        name=f"throughput_{width}",
        what=f"runs of /bin/true, {width} at once",
        unit="/s",
        direct=statistics.median(direct_rates),
        ours=ours,
        ratio=statistics.median(direct_rates) / ours,
        aim="≥ 160 /s",
        met=ours >= 160,
        detail={
            "direct": spread(direct_rates),
            "ours": spread(our_rates),
            "cpu_ms_per_run": {name: round(statistics.median(cost[name] for cost in costs), 2) for name in costs[0]},
        },
    )


def _our_rate(portal: Portal, projects: list[str], count: int) -> tuple[float, dict[str, float]]:
    left = iter(range(count))
    turn = threading.Lock()
    done: list[str] = []

    def work(number: int) -> None:
        client = portal.client()
        while True:
            with turn:
                if next(left, None) is None:
                    break
            run_id = client.run(projects[number])
            client.wait_final(run_id)
            done.append(run_id)
        client.close()

    pids = portal.pids()
    before = _used(pids)
    began = time.monotonic()
    in_threads(len(projects), work)
    seconds = time.monotonic() - began
    after = _used(pids)
    _check_history(portal, done, count)
    return count / seconds, {name: (after[name] - before[name]) * 1000 / count for name in after}


def _used(pids: dict[str, int]) -> dict[str, float]:
    used = {name: cpu_seconds([pids[name]]) for name in ("api", "supervisor", "keeper")}
    return used | {"shims_and_programs": cpu_seconds_of_reaped(pids["keeper"])}


def _check_history(portal: Portal, run_ids: list[str], count: int) -> None:
    """Every run is there and says how it went; the journal of some is looked at whole."""
    assert len(set(run_ids)) == count
    client = portal.client()
    for run_id in run_ids[:: max(1, count // 20)]:
        evidence = client.ask("GET", f"/api/tenant/runs/{run_id}/evidence")
        assert evidence["run"]["exit_code"] == 0, evidence
        moves = [entry["to_state"] for entry in evidence["journal"] if entry["to_state"]]
        assert moves == ["pending", "starting", "running", "completed"], evidence["journal"]
    client.close()
