"""The command line against the real thing: `up` on a directory of its own, real programs, real signals."""
