"""Leaves a stubborn daemon behind (setsid, double fork, deaf to polite signals) and exits with the code in argv[1].

The daemon holds the FIFO named by LIFELINE. With "bare" in argv it has an empty environment, so that no cookie gives it
away.
"""

import os
import signal
import sys

if "daemon" not in sys.argv:
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.set_inheritable(write_end, True)
            environment = {"LIFELINE": os.environ["LIFELINE"]} if "bare" in sys.argv else dict(os.environ)
            os.execve(sys.executable, [sys.executable, __file__, *sys.argv[1:], "daemon"], environment)
        os._exit(0)
    os.close(write_end)
    os.read(read_end, 1)  # the daemon has closed its copy: it is ready
    os._exit(int(sys.argv[1]))

signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
lifeline = os.dup2(os.open(os.environ["LIFELINE"], os.O_WRONLY), 3)
os.write(lifeline, b"daemon\n")
os.closerange(lifeline + 1, 256)  # the pipe to the main program
while True:
    signal.pause()
