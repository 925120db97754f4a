"""Runs the migrations from inside the product: no configuration file, no logging set up.

One process at a time migrates; the others wait and then find nothing to do.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool


def engine_for(dialect: str, address: str) -> Engine:
    """An engine for schema work. On SQLite a migration is one transaction, which the driver has to be told."""
    if dialect == "postgresql":
        return create_engine(make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    file = URL.create("sqlite", database=address)
    engine = create_engine(file, poolclass=NullPool, connect_args={"isolation_level": None, "timeout": 60})

    @event.listens_for(engine, "begin")
    def begin_for_real(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def config_for(connection: Connection) -> Config:
    """Alembic's configuration around an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def run_migrations(dialect: str, address: str, target: str = "head") -> None:
    """Bring the database to a revision."""
    engine = engine_for(dialect, address)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1095782477)")
        command.upgrade(config_for(connection), target)
    engine.dispose()
