"""The tables, and the invariants that the database itself keeps.

Read by the migrations and the tests alone: at run time the statements of the repositories are plain SQL, so that
neither SQLAlchemy nor Alembic is loaded. `metadata` has all, also those of `restart_tables`, `bulk_tables`,
`schedule_tables`, `session_tables` and `notification_tables`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from addon_portal.domain.models import Role
from addon_portal.domain.reasons import REASONS, Reason
from addon_portal.domain.states import ACTIVE, FINAL, Outcome, RunState
from addon_portal.storage.bulk_tables import bulk_restart_items, bulk_restarts
from addon_portal.storage.connection import quoted
from addon_portal.storage.notification_tables import deliveries, delivery_attempts, notifier, webhooks
from addon_portal.storage.restart_tables import automatic_restarts, scheduled_restarts
from addon_portal.storage.rows import HOUR_MICROS
from addon_portal.storage.schedule_tables import schedules
from addon_portal.storage.session_tables import login_links, sessions
from addon_portal.storage.table_parts import (
    Derived,
    Document,
    Micros,
    index_on_postgresql,
    metadata,
    one_of,
    sequence,
    short,
)

__all__ = [
    "automatic_restarts",
    "bulk_restart_items",
    "bulk_restarts",
    "deliveries",
    "delivery_attempts",
    "login_links",
    "metadata",
    "notifier",
    "runs",
    "scheduled_restarts",
    "schedules",
    "sessions",
    "webhooks",
]

installation = Table(
    "installation",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("created_at", Micros, nullable=False),
    CheckConstraint("one = 1", name="single"),
)

tenants = Table(
    "tenants",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", Micros, nullable=False),
    Column("max_concurrent_runs", Integer),
    Column("may_run_own_commands", Boolean, nullable=False),
    short(),
    CheckConstraint("max_concurrent_runs >= 0", name="max_concurrent_runs"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant_id", ForeignKey("tenants.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", Micros, nullable=False),
    Column("last_used_at", Micros),
    Column("revoked_at", Micros),
    one_of("role", Role),
    Index(None, "tenant_id"),
)

programs = Table(
    "programs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("argv", Document, nullable=False),
    Column("parameters_schema", Document, nullable=False),
    Column("env", Document, nullable=False),
    Column("working_directory", Text),
    Column("created_at", Micros, nullable=False),
    short(),
)

hosts = Table(
    "hosts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("boot_id", Text),
    Column("observed_at", Micros),
    Column("supervisor_pid", Integer),
    Column("max_concurrent_runs", Integer),
    Column("drained_at", Micros),
    Column("drained_by", Text),
    CheckConstraint("max_concurrent_runs >= 0", name="max_concurrent_runs"),
)

_LIVE = text("deleted_at IS NULL")

projects = Table(
    "projects",
    metadata,
    sequence(),
    Column("id", Text, nullable=False, unique=True),
    Column("tenant_id", ForeignKey("tenants.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_folded", Text, nullable=False),
    Column("definition_version", Integer, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("updated_at", Micros, nullable=False),
    Column("deleted_at", Micros),
    Column("restart_policy", Document),
    short(),
    UniqueConstraint("tenant_id", "id"),
    Index(
        "uq_projects_live_name",
        "tenant_id",
        "name",
        unique=True,
        sqlite_where=text("deleted_at IS NULL"),
        postgresql_where=text("deleted_at IS NULL"),
    ),
    *(
        Index(name, "tenant_id", *columns, sqlite_where=_LIVE, postgresql_where=_LIVE)
        for name, columns in {
            "ix_projects_live": ["seq"],
            "ix_projects_count": [],
            "ix_projects_name": ["name_folded", "seq"],
            "ix_projects_change": ["updated_at", "seq"],
        }.items()
    ),
    sqlite_autoincrement=True,
)

definitions = Table(
    "definitions",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("command", Document),
    Column("program_id", ForeignKey("programs.id")),
    Column("parameters", Document, nullable=False),
    Column("env", Document, nullable=False),
    Column("working_directory", Text),
    Column("stop_signal", Integer, nullable=False),
    Column("stop_grace_seconds", Double, nullable=False),
    Column("created_at", Micros, nullable=False),
    Column("terms", Document),
    Column("code", Document),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("(command IS NULL) <> (program_id IS NULL)", name="command_or_program"),
)

_ACTIVE_ONLY = text(f"state IN ({quoted(ACTIVE)})")
# Queries repeat the condition of a partial index: SQLite draws no conclusions from others.
_UNFINISHED = text("finished_at IS NULL")
_HAS_REASON = text("reason IS NOT NULL")
_FINISHED = text("finished_at IS NOT NULL")
_UNKNOWN_ONLY = text("outcome = 'unknown' AND amended_at IS NULL")
_FINAL = f"(state IN ({quoted(FINAL)}))"


def _reasons_of(state: RunState) -> CheckConstraint:
    allowed = quoted(reason for reason, info in REASONS.items() if info.state is state)
    return CheckConstraint(f"state <> '{state}' OR reason IN ({allowed})", name=f"reasons_of_{state}")


runs = Table(
    "runs",
    metadata,
    sequence(),
    Column("id", Text, nullable=False, unique=True),
    Column("tenant_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("definition_version", Integer, nullable=False),
    Column("host_id", ForeignKey("hosts.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("previous_state", Text),
    Column("requested_at", Micros, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("parameters", Document, nullable=False),
    Column("env", Document, nullable=False),
    Column("note", Text),
    Column("workspace", Text, nullable=False),
    Column("waiting_for", Text),
    Column("claimed_at", Micros),
    Column("boot_id", Text),
    Column("started_at", Micros),
    Column("ended_at", Micros),
    Column("finished_at", Micros),
    Column("reason", Text),
    Column("outcome", Text),
    Column("message", Text),
    Column("exit_code", Integer),
    Column("signal", Integer),
    Column("tree", Text),
    Column("ending", Document),
    Column("amended_at", Micros),
    Column("conditions", Text, nullable=False),
    Column("condition_detail", Text),
    Column("last_seen_alive_at", Micros),
    Column("stop_requested_at", Micros),
    Column("stop_requested_by", Text),
    Column("stop_why", Text),
    Column("stop_grace_seconds", Double),
    Column("stop_deadline_at", Micros),
    Column("restart_of", ForeignKey("runs.id"), unique=True),
    Column("root_run", ForeignKey("runs.id")),
    Column("restart_count", Integer, nullable=False),
    Column("progress", Double),
    Column("status_text", Text),
    Column("last_heartbeat_at", Micros),
    Column("silent_since", Micros),
    # Counted by on PostgreSQL, where an index keeps values that are alike once; on SQLite it takes no room at all.
    Column("finished_hour", BigInteger, Derived(f"finished_at / {HOUR_MICROS}")),
    UniqueConstraint("project_id", "number"),
    ForeignKeyConstraint(["tenant_id", "project_id"], ["projects.tenant_id", "projects.id"]),
    ForeignKeyConstraint(["project_id", "definition_version"], ["definitions.project_id", "definitions.version"]),
    one_of("state", RunState),
    one_of("previous_state", RunState),
    one_of("reason", Reason),
    one_of("outcome", Outcome),
    CheckConstraint(f"{_FINAL} = (finished_at IS NOT NULL)", name="final_has_time"),
    CheckConstraint(f"{_FINAL} = (reason IS NOT NULL)", name="final_has_reason"),
    CheckConstraint("(state IN ('completed', 'failed')) = (outcome IS NOT NULL)", name="outcome_of_final"),
    CheckConstraint(
        "(state = 'completed') = (outcome IS NOT NULL AND outcome = 'success')", name="success_is_completed"
    ),
    CheckConstraint("state <> 'completed' OR (exit_code IS NOT NULL AND exit_code = 0)", name="success_is_zero"),
    *(_reasons_of(state) for state in sorted(FINAL)),
    CheckConstraint("restart_of <> id", name="not_restart_of_itself"),
    Index(
        "uq_runs_active_project",
        "project_id",
        unique=True,
        sqlite_where=_ACTIVE_ONLY,
        postgresql_where=_ACTIVE_ONLY,
    ),
    Index("ix_runs_unfinished", "host_id", "state", "seq", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
    Index("ix_runs_unknown", "host_id", "seq", sqlite_where=_UNKNOWN_ONLY, postgresql_where=_UNKNOWN_ONLY),
    Index(None, "tenant_id", "seq"),
    Index(None, "tenant_id", "state", "seq"),
    Index(None, "tenant_id", "requested_at", "seq"),
    Index(
        "ix_runs_finished",
        "tenant_id",
        "state",
        "finished_at",
        "outcome",
        "started_at",
        "ended_at",
        sqlite_where=_FINISHED,
        postgresql_where=_FINISHED,
    ),
    index_on_postgresql(
        "ix_runs_finished_hour", "tenant_id", "outcome", "finished_hour", where="finished_hour IS NOT NULL"
    ),
    Index("ix_runs_reason", "tenant_id", "reason", "seq", sqlite_where=_HAS_REASON, postgresql_where=_HAS_REASON),
    sqlite_autoincrement=True,
)

journal = Table(
    "journal",
    metadata,
    sequence(),
    Column("tenant_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text),
    Column("reason", Text),
    Column("actor", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("happened_at", Micros, nullable=False),
    Column("recorded_at", Micros, nullable=False),
    Column("detail", Document, nullable=False),
    one_of("from_state", RunState),
    one_of("to_state", RunState),
    one_of("reason", Reason),
    Index(None, "run_id", "seq"),
    sqlite_autoincrement=True,
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("tenant_id", ForeignKey("tenants.id"), primary_key=True),
    Column("key_id", Text, primary_key=True),
    Column("request_hash", LargeBinary, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("run_id", ForeignKey("runs.id"), nullable=False),
    Column("created_at", Micros, nullable=False),
    Index(None, "created_at"),
)

code_requests = Table(
    "code_requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant_id", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("host_id", ForeignKey("hosts.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("requested_at", Micros, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("completed_at", Micros),
    Column("definition_version", Integer),
    Column("problem", Text),
    ForeignKeyConstraint(["tenant_id", "project_id"], ["projects.tenant_id", "projects.id"]),
    CheckConstraint("definition_version IS NULL OR problem IS NULL", name="version_or_problem"),
    Index(None, "tenant_id", "project_id"),
    Index(
        "ix_code_requests_open",
        "host_id",
        "requested_at",
        sqlite_where=text("completed_at IS NULL"),
        postgresql_where=text("completed_at IS NULL"),
    ),
)

retentions = Table(
    "retentions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host_id", ForeignKey("hosts.id"), nullable=False),
    Column("requested_at", Micros, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Column("completed_at", Micros),
    Column("report", Document),
    Index(
        "ix_retentions_open",
        "host_id",
        "requested_at",
        sqlite_where=text("completed_at IS NULL"),
        postgresql_where=text("completed_at IS NULL"),
    ),
)

cleanups = Table(
    "cleanups",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host_id", ForeignKey("hosts.id"), nullable=False),
    Column("requested_at", Micros, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("completed_at", Micros),
    Column("report", Document),
    Index(
        "ix_cleanups_open",
        "host_id",
        "requested_at",
        sqlite_where=text("completed_at IS NULL"),
        postgresql_where=text("completed_at IS NULL"),
    ),
)
