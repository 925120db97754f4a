"""What it costs to have the portal there, and what each supervised run adds."""

import time

from benchmarks import processes, programs
from benchmarks.bench import Bench
from benchmarks.portal import Portal, wait_for
from benchmarks.results import Row


def measure(bench: Bench) -> list[Row]:
    """On a portal that has just been started, as long as nothing runs, and then with sleepers."""
    with bench.own_portal() as portal:
        idle = _idle(bench, portal)
        return [*idle, _memory_of_runs(bench, portal)]


def _idle(bench: Bench, portal: Portal) -> list[Row]:
    time.sleep(bench.times(3, 1))
    parts = {name: [pid] for name, pid in portal.pids().items()}
    parts["spare"] = processes.descendants(parts["keeper"][0])
    everybody = [pid for pids in parts.values() for pid in pids]
    before, began = processes.cpu_seconds(everybody), time.monotonic()
    time.sleep(bench.times(20, 5))
    share = (processes.cpu_seconds(everybody) - before) / (time.monotonic() - began) * 100
    each = {name: round(processes.memory(pids), 1) for name, pids in parts.items()}
    total = processes.memory(everybody)
    return [
        Row(
            name="idle_memory",
            what="idle: proportional set size of all processes",
            unit="MiB",
            direct=None,
            ours=total,
            aim="≤ 140 MiB",
            met=total <= 140,
            detail=each,
        ),
        Row(
            name="idle_cpu",
            what="idle: share of one core",
            unit="%",
            direct=None,
            ours=share,
            aim="≤ 0.5 %",
            met=share <= 0.5,
        ),
    ]


def _memory_of_runs(bench: Bench, portal: Portal) -> Row:
    count = bench.times(50, 10)
    client = portal.client()
    pids = portal.pids()
    warm = client.create_project("warm", programs.nothing())
    client.wait_final(client.run(warm))  # what the first run ever makes us load is no run's share
    before = {name: processes.memory([pid]) for name, pid in pids.items()}
    before["shims"] = processes.memory(_shims(pids["keeper"], 1))
    runs = [client.run(client.create_project(f"sleeper-{number}", programs.sleep())) for number in range(count)]
    for run_id in runs:
        client.wait_running(run_id)
    shims = _shims(pids["keeper"], count + 1)
    after = {name: processes.memory([pid]) for name, pid in pids.items()} | {"shims": processes.memory(shims)}
    added = {name: round((after[name] - before[name]) / count, 3) for name in after}
    client.close()
    each = sum(after.values()) - sum(before.values())
    return Row(
        name="memory",
        what="memory added per supervised run, the program's own not counted",
        unit="MiB",
        direct=None,
        ours=each / count,
        aim="≤ 1.2 MiB",
        met=each / count <= 1.2,
        detail={"proportional": added, "private_of_a_shim": round(processes.private_memory(shims) / len(shims), 3)},
    )


def _shims(keeper: int, count: int) -> list[int]:
    """The shims, with the one that waits for the next run, once that has its stub."""
    wait_for(lambda: len(processes.children(keeper)) == count, f"{count} shims")
    wait_for(lambda: all(map(processes.children, processes.children(keeper))), "each shim to have its child")
    return processes.children(keeper)
