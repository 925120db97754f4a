"""What runs use: measured at real processes, kept in real files."""
