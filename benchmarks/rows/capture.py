"""What taking output through a FIFO costs, beside giving the program a file to append to; no portal is involved.

The FIFO is read by the shim's own code in this process, once with splice(2) and once by copying, as where splice is
missing. The figures stand in the decision record on output.
"""

import os
import select
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from addon_portal.shim import shim
from benchmarks import programs
from benchmarks.bench import Bench
from benchmarks.results import Row, spread

Capture = Callable[[Path, list[str]], tuple[float, float]]


def measure(bench: Bench) -> list[Row]:
    """Blocks and lines, each way in turn."""
    bench.close_portal()
    mib, lines = bench.times(1024, 64), 200_000
    return [
        *_rows(bench, "blocks", f"{mib} MiB in blocks", programs.write_blocks(mib), mib << 20),
        *_rows(bench, "lines", "200,000 lines", programs.write_lines(lines), lines * programs.LINE_BYTES),
    ]


def _rows(bench: Bench, name: str, words: str, argv: list[str], size: int) -> list[Row]:
    ways: dict[str, Capture] = {"file": _into_file, "splice": _through_fifo, "copy": _through_fifo_copied}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    cpu: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(bench.times(7, 2)):
        for way, capture in ways.items():
            directory = bench.file("capture")
            directory.mkdir()
            os.sync()  # so that no sample waits for what the one before left to write
            taken, used = capture(directory, argv)
            log = directory / "output.log"
            assert log.stat().st_size == size, f"{way}: {log.stat().st_size} bytes instead of {size}"
            log.unlink()
            seconds[way].append(taken)
            cpu[way].append(used)
    direct = statistics.median(seconds["file"])
    return [
        Row(
            name=f"capture_{name}_{way}",
            what=f"{words}: {described}, beside a file",
            unit="ms",
            direct=direct * 1000,
            ours=statistics.median(seconds[way]) * 1000,
            ratio=statistics.median(seconds[way]) / direct,
            aim="–",
            met=None,
            detail={
                "direct_s": spread(seconds["file"]),
                "ours_s": spread(seconds[way]),
                "our_cpu_s": spread(cpu[way]),
            },
        )
        for way, described in (("splice", "FIFO and splice(2)"), ("copy", "FIFO and copying"))
    ]


def _into_file(directory: Path, argv: list[str]) -> tuple[float, float]:
    """A plain file, opened for appending; seconds, and our CPU seconds: none."""
    with (directory / "output.log").open("ab") as log:
        began = time.monotonic()
        subprocess.run(argv, stdout=log, check=True)
    return time.monotonic() - began, 0.0


def _through_fifo(directory: Path, argv: list[str]) -> tuple[float, float]:
    return _read_fifo(_make_shim(directory), directory, argv)


def _through_fifo_copied(directory: Path, argv: list[str]) -> tuple[float, float]:
    reader = _make_shim(directory)
    reader.splice = None
    return _read_fifo(reader, directory, argv)


def _make_shim(directory: Path) -> shim.Shim:
    reader = shim.Shim(str(directory), -1, None, -1)
    reader.spec = {}
    reader.open_fifo()
    reader.open_log()
    return reader


def _read_fifo(reader: shim.Shim, directory: Path, argv: list[str]) -> tuple[float, float]:
    """The shim's loop without a run around it: wait, copy, rest after little, drain at the end."""
    output = os.open(directory / "output.fifo", os.O_RDWR | os.O_CLOEXEC)
    began, used = time.monotonic(), time.thread_time()
    child = subprocess.Popen(argv, stdout=output)
    ended = os.pidfd_open(child.pid)
    poller = select.poll()
    poller.register(ended, select.POLLIN)
    ready: dict[int, int] = {}
    while ended not in ready:
        rest = reader.output_at - time.monotonic()
        poller.register(reader.fifo, 0 if rest > 0 else select.POLLIN)
        ready = dict(poller.poll(rest * 1000 if rest > 0 else None))
        if reader.fifo in ready:
            reader.copy_output()
    while reader.copy_output():
        pass
    taken, used = time.monotonic() - began, time.thread_time() - used
    child.wait()
    for descriptor in (output, ended, reader.fifo, reader.log, reader.index, reader.directory):
        os.close(descriptor)
    return taken, used
