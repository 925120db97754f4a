"""The tests. Their levels, and what each may touch, are described in docs/contributing.md."""
