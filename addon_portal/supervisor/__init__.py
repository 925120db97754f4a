"""One daemon per host: claims runs, has them started, watches them end, and records what it saw."""
