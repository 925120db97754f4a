"""The storage on SQLite and PostgreSQL."""
