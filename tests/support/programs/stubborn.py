"""Does not end when asked to: ignores the polite signals, and so do its children, one of them in a session of its own.

All hold the FIFO named by LIFELINE; "ready" is said there when all are.
"""

import os
import signal

for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
lifeline = os.open(os.environ["LIFELINE"], os.O_WRONLY)
if os.fork() == 0:
    os.setsid()
elif os.fork() != 0:
    os.write(lifeline, b"ready\n")
while True:
    signal.pause()
