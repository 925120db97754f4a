"""Writes argv[1] bytes to stdout as fast as they are taken, in pieces of argv[2] bytes: the numbers from 0 on."""

import os
import sys

SIZE, PIECE = int(sys.argv[1]), int(sys.argv[2])


def numbers() -> bytes:
    """A mebibyte that repeats only as a whole, so that no lost or doubled piece goes unnoticed."""
    return b"".join(b"%07d\n" % number for number in range(1 << 17))


block = numbers()
written = 0
while written < SIZE:
    start = written % len(block)
    written += os.write(1, block[start : min(start + PIECE, start + SIZE - written)])
