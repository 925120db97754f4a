"""Counts the primes up to a limit, stretch by stretch, and says how far it is all the while.

It can be told to go silent: from SILENT_AFTER (0 to 1) of the way on it says and does nothing more, as a program does
that hangs. Then the portal shows it as silent, and what its project wants for that case is done.
"""

import json
import math
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

LIMIT = int(float(os.environ.get("LIMIT", "1e9")))
SILENT_AFTER = float(os.environ.get("SILENT_AFTER", "inf"))
STRETCH = 2_000_000
RESULT = Path("primes.json")


def tell(*words: str) -> None:
    """Say something to whoever runs this program: sd_notify(3) in a few lines. Nobody has to listen."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify, suppress(OSError):
            notify.sendto("\n".join(words).encode(), address)


def list_primes(end: int) -> list[int]:
    """The primes below a small number."""
    is_prime = bytearray([1]) * end
    is_prime[:2] = bytes(2)
    for number in range(2, math.isqrt(end - 1) + 1):
        if is_prime[number]:
            is_prime[number * number :: number] = bytes(len(range(number * number, end, number)))
    return [number for number in range(end) if is_prime[number]]


def count_primes(start: int, end: int, divisors: list[int]) -> int:
    """How many primes there are from `start`, which is even and at least 2, up to but not including `end`."""
    size = (end - start) // 2
    is_prime = bytearray([1]) * size
    for divisor in divisors:
        if divisor * divisor >= end:
            break
        first = max(divisor * divisor, (start // divisor + 1) * divisor)
        if first % 2 == 0:
            first += divisor
        place = (first - start) // 2
        is_prime[place::divisor] = bytes(len(range(place, size, divisor)))
    return is_prime.count(1)


def main() -> None:
    """Everything."""
    tell("READY=1", "STATUS=looking for divisors")
    divisors = list_primes(math.isqrt(LIMIT) + 2)[1:]
    found, done, began = 1, 0.0, time.monotonic()  # 2 is found already
    for start in range(2, LIMIT + 1, STRETCH):
        if done >= SILENT_AFTER:
            print(f"Going silent at {start}, as I was told.", flush=True)
            signal.pause()
        end = min(start + STRETCH, LIMIT + 1)
        found += count_primes(start, end, divisors)
        done = (end - 1) / LIMIT
        tell(f"X_PROGRESS={done:.4f}", f"STATUS={found} primes up to {end - 1}", "WATCHDOG=1")
    took = time.monotonic() - began
    RESULT.write_text(json.dumps({"limit": LIMIT, "primes": found}) + "\n")
    print(f"There are {found} primes up to {LIMIT}; that took {took:.1f} s.")


if __name__ == "__main__":
    main()
