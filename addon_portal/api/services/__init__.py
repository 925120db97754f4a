"""Use cases: each checks, stores and wakes, or reads and joins. Nothing here knows of HTTP, processes or signals."""
