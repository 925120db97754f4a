"""Random histories against the real thing and a small model of it."""
