"""Writes a migration from the difference between the tables and what all migrations so far have made.

`make migration m="why"` calls it. The comparison is with a new SQLite database; the numbers go up by one.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from addon_portal.storage.migrations.runner import config_for, engine_for, run_migrations


def write_migration(why: str) -> None:
    """Add the next migration, to be read, corrected and tested by a person."""
    with tempfile.TemporaryDirectory() as directory:
        file = str(Path(directory) / "portal.db")
        run_migrations("sqlite", file)
        with engine_for("sqlite", file).begin() as connection:
            config = config_for(connection)
            newest = ScriptDirectory.from_config(config).get_current_head()
            command.revision(config, why, autogenerate=True, rev_id=f"{int(newest or 0) + 1:04}")


if __name__ == "__main__":
    write_migration(sys.argv[1])
