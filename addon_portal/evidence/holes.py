"""Where a file has holes: what was taken off the disk, and reads as zeros that nobody has written, lseek(2)."""

import os


def first_kept(file: int, size: int) -> int:
    """Where the part begins that has no hole before it reaches `size`; 0 where there is none, or only one at the end.

    The last hole counts, not the first: one that was being made when the power went may have been begun at its end. A
    file system that knows no holes says that all is there, and is right.
    """
    begin = 0
    while begin < size:
        hole = os.lseek(file, begin, os.SEEK_HOLE)
        if hole >= size:
            return begin
        try:
            begin = os.lseek(file, hole, os.SEEK_DATA)
        except OSError:  # ENXIO: it reaches to the end, which nobody makes who takes from the front
            return begin
    return begin
