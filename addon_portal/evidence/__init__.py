"""Reading run directories: records and output. Read-only; leaves every conclusion to `domain.verdict`."""
