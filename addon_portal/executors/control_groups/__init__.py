"""Limits on what a run uses, kept by the kernel for all that the run starts: cgroups(7), both versions."""
