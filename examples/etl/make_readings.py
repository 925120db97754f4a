"""Makes readings.csv.xz, always the same: made-up temperatures of twelve stations, one an hour, 120,000 in all."""

import lzma
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

STATIONS = ("alder", "birch", "cedar", "elder", "hazel", "holly", "larch", "maple", "oak", "pine", "rowan", "willow")
HOURS = 10_000
FIRST = datetime(2025, 1, 1)  # noqa: DTZ001  local time of the stations


def make() -> str:
    """The table as text."""
    dice = random.Random(1)
    lines = ["id,taken_at,station,celsius"]
    for number, station in enumerate(STATIONS):
        warmer = 0
        for hour in range(HOURS):
            warmer = max(-40, min(40, warmer + dice.choice((-2, 0, 0, 0, 2))))
            season = -100 * math.cos(2 * math.pi * hour / 8766)
            day = -40 * math.cos(2 * math.pi * (hour - 3) / 24)
            tenths = round(90 + season + day) + warmer + 5 * number
            taken_at = (FIRST + timedelta(hours=hour)).isoformat(timespec="minutes")
            lines.append(f"{number * HOURS + hour + 1},{taken_at},{station},{tenths / 10}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    packed = lzma.compress(make().encode())
    Path(__file__).with_name("readings.csv.xz").write_bytes(packed)
