"""`python -m benchmarks`: measures all rows or some, prints a table and writes JSON."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.results import ROOT, Row, describe_machine, load_average, save, table
from benchmarks.rows import capture, cost, crashes, latency, output, page, size, throughput

GROUPS: dict[str, Callable[[Bench], list[Row]]] = {
    "latency": latency.measure,
    "throughput": throughput.measure,
    "output": output.measure,
    "capture": capture.measure,
    "cost": cost.measure,
    "crashes": crashes.measure,
    "size": size.measure,
    "page": page.measure,
}
"""In the order in which they are measured; the first ones share a portal."""


def main(argv: Sequence[str]) -> int:
    """Measure; 0 even where an aim is not met, since machines differ. A wrong answer of the portal raises."""
    arguments = _parse(argv)
    directory = Path(tempfile.mkdtemp(prefix="portal-bench-", dir=arguments.dir))
    machine, before = describe_machine(directory), load_average()
    print(f"Measuring in {directory}; load {before} on {machine['cores']} cores.", flush=True)
    bench = Bench(directory, quick=arguments.quick)
    rows: list[Row] = []
    try:
        for name in arguments.only or GROUPS:
            began = time.monotonic()
            rows += GROUPS[name](bench)
            print(f"  {name}: {time.monotonic() - began:.0f} s, load {load_average()}", flush=True)
    finally:
        bench.close_portal()
        if not arguments.keep:
            shutil.rmtree(directory)
        # Also after a failure: what was measured until then took minutes.
        save(arguments.out, rows, machine, (before, load_average()))
        print(f"\n{table(rows)}\n\nAll figures: {arguments.out}", flush=True)
    return 0


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    out = os.environ.get("OUT") or ROOT / "benchmarks" / "results" / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}.json"
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(GROUPS), help="measure this group; may be repeated")
    parser.add_argument("--quick", action="store_true", help="few samples: to see that it works, not to be quoted")
    parser.add_argument("--out", type=Path, default=Path(out), help="where the JSON goes; also OUT=")
    parser.add_argument("--dir", type=Path, help="directory of the measured portals, on a local disk")
    parser.add_argument("--keep", action="store_true", help="leave the measured portals' directories behind")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
