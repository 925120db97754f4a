"""The parts of `/api/tenant` beside projects: runs and what is known of them, their output, and what happens now."""
