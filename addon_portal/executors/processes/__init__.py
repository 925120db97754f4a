"""Processes of this host: who one is, whether it still lives, and how to signal or outlive it.

One contract (`contract`), two ways to keep it: `pidfds` for Linux, and `portable`, which asks psutil and is
experimental. Where a process belongs (`place`) is told the same way for both, and `selection` chooses.
"""
