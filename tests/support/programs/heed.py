"""Waits, and ends on the signal argv[1] with the code argv[2]; first reads a line from the FIFO argv[3], if given.

Says "ready" in the FIFO named by LIFELINE once it would heed the signal, and "heard" when it did.
"""

import os
import signal
import sys


def end(*_: object) -> None:
    """Leave, in our own time."""
    os.write(lifeline, b"heard\n")
    if len(sys.argv) > 3:
        with open(sys.argv[3]) as file:
            file.readline()
    os._exit(int(sys.argv[2]))


lifeline = os.open(os.environ["LIFELINE"], os.O_WRONLY)
signal.signal(int(sys.argv[1]), end)
os.write(lifeline, b"ready\n")
while True:
    signal.pause()
