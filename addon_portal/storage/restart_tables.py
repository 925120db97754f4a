"""The tables of restarts that are to come. Part of `tables.metadata`."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
)

from addon_portal.domain.models import RestartCause
from addon_portal.storage.table_parts import Document, Micros, metadata, one_of

scheduled_restarts = Table(
    "scheduled_restarts",
    metadata,
    Column("run_id", Text, nullable=False, unique=True),
    Column("restart_of", ForeignKey("runs.id"), nullable=False, unique=True),
    Column("tenant_id", Text, nullable=False),
    Column("project_id", Text, primary_key=True),
    Column("host_id", ForeignKey("hosts.id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("scheduled_at", Micros, nullable=False),
    Column("scheduled_by", Text, nullable=False),
    Column("definition_version", Integer, nullable=False),
    Column("parameters", Document, nullable=False),
    Column("env", Document, nullable=False),
    Column("note", Text),
    Column("workspace", Text, nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("delay_seconds", Double, nullable=False),
    Column("due_at", Micros),
    Column("boot_id", Text),
    Column("due_monotonic", Double),
    ForeignKeyConstraint(["tenant_id", "project_id"], ["projects.tenant_id", "projects.id"]),
    ForeignKeyConstraint(["project_id", "definition_version"], ["definitions.project_id", "definitions.version"]),
    one_of("cause", RestartCause),
    CheckConstraint("delay_seconds >= 0", name="delay"),
    CheckConstraint("(boot_id IS NULL) = (due_monotonic IS NULL)", name="monotonic_of_a_boot"),
    Index(None, "host_id"),
    Index(None, "tenant_id"),
)

automatic_restarts = Table(
    "automatic_restarts",
    metadata,
    Column("project_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("counts", Boolean, nullable=False),
    Column("made_at", Micros, nullable=False),
    Column("boot_id", Text),
    Column("made_monotonic", Double),
    ForeignKeyConstraint(["project_id", "number"], ["runs.project_id", "runs.number"]),
    CheckConstraint("(boot_id IS NULL) = (made_monotonic IS NULL)", name="monotonic_of_a_boot"),
)
