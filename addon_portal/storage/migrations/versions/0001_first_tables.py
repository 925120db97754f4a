"""The first tables: tenants, keys, programs, hosts, projects, runs, journal, idempotency keys, clean-ups.

Runs on a new database. Words that the constraints list are written out here: a later word needs a migration of its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")
STATES = "'cancelled', 'completed', 'failed', 'pending', 'running', 'starting', 'stopping'"
ACTIVE = "state IN ('pending', 'running', 'starting', 'stopping')"
FINAL = "(state IN ('cancelled', 'completed', 'failed'))"
REASONS = (
    "'check_failed', 'could_not_start', 'executor_lost', 'exit_code', 'host_restarted', 'launch_interrupted', "
    "'out_of_memory', 'outcome_unknown', 'replaced', 'signal', 'stalled', 'stopped_by_person', 'succeeded', "
    "'timed_out', 'withdrawn'"
)
FAILURES = (
    "'check_failed', 'could_not_start', 'executor_lost', 'exit_code', 'host_restarted', 'launch_interrupted', "
    "'out_of_memory', 'outcome_unknown', 'signal', 'stalled', 'timed_out'"
)


def upgrade() -> None:
    _make_owners()
    _make_projects()
    op.create_table("runs", *_run_columns(), *_run_constraints(), sqlite_autoincrement=True)
    _index_runs()
    _make_journal()
    _make_requests()


def _make_owners() -> None:
    op.create_table(
        "hosts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=True),
        sa.Column("observed_at", sa.BigInteger(), nullable=True),
        sa.Column("supervisor_pid", sa.Integer(), nullable=True),
        sa.Column("max_concurrent_runs", sa.Integer(), nullable=True),
        sa.CheckConstraint("max_concurrent_runs >= 0", name=op.f("ck_hosts_max_concurrent_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hosts")),
    )
    op.create_table(
        "installation",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_installation_single")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_installation")),
    )
    op.create_table(
        "programs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("argv", DOCUMENT, nullable=False),
        sa.Column("parameters_schema", DOCUMENT, nullable=False),
        sa.Column("env", DOCUMENT, nullable=False),
        sa.Column("working_directory", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 500", name=op.f("ck_programs_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programs")),
        sa.UniqueConstraint("name", name=op.f("uq_programs_name")),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("max_concurrent_runs", sa.Integer(), nullable=True),
        sa.Column("may_run_own_commands", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 500", name=op.f("ck_tenants_name_length")),
        sa.CheckConstraint("max_concurrent_runs >= 0", name=op.f("ck_tenants_max_concurrent_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("name", name=op.f("uq_tenants_name")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'member', 'operator', 'viewer')", name=op.f("ck_api_keys_role")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_api_keys_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_keys_secret_hash")),
    )
    op.create_index(op.f("ix_api_keys_tenant_id"), "api_keys", ["tenant_id"], unique=False)


def _make_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("seq", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_folded", sa.Text(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 500", name=op.f("ck_projects_name_length")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_projects_tenant_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_projects")),
        sa.UniqueConstraint("id", name=op.f("uq_projects_id")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_projects_tenant_id_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_projects_live",
        "projects",
        ["tenant_id", "seq"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "uq_projects_live_name",
        "projects",
        ["tenant_id", "name"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "definitions",
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("command", DOCUMENT, nullable=True),
        sa.Column("program_id", sa.Text(), nullable=True),
        sa.Column("parameters", DOCUMENT, nullable=False),
        sa.Column("env", DOCUMENT, nullable=False),
        sa.Column("working_directory", sa.Text(), nullable=True),
        sa.Column("stop_signal", sa.Integer(), nullable=False),
        sa.Column("stop_grace_seconds", sa.Double(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(command IS NULL) <> (program_id IS NULL)", name=op.f("ck_definitions_command_or_program")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_definitions_version")),
        sa.ForeignKeyConstraint(["program_id"], ["programs.id"], name=op.f("fk_definitions_program_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_definitions_project_id")),
        sa.PrimaryKeyConstraint("project_id", "version", name=op.f("pk_definitions")),
    )


def _run_columns() -> list["sa.Column[object]"]:
    return [
        sa.Column("seq", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("previous_state", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("parameters", DOCUMENT, nullable=False),
        sa.Column("env", DOCUMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("waiting_for", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("boot_id", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("signal", sa.Integer(), nullable=True),
        sa.Column("tree", sa.Text(), nullable=True),
        sa.Column("ending", DOCUMENT, nullable=True),
        sa.Column("amended_at", sa.BigInteger(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("condition_detail", sa.Text(), nullable=True),
        sa.Column("last_seen_alive_at", sa.BigInteger(), nullable=True),
        sa.Column("stop_requested_at", sa.BigInteger(), nullable=True),
        sa.Column("stop_requested_by", sa.Text(), nullable=True),
        sa.Column("stop_why", sa.Text(), nullable=True),
        sa.Column("stop_grace_seconds", sa.Double(), nullable=True),
        sa.Column("stop_deadline_at", sa.BigInteger(), nullable=True),
        sa.Column("restart_of", sa.Text(), nullable=True),
        sa.Column("root_run", sa.Text(), nullable=True),
        sa.Column("restart_count", sa.Integer(), nullable=False),
    ]


def _run_constraints() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "(state = 'completed') = (outcome IS NOT NULL AND outcome = 'success')",
            name=op.f("ck_runs_success_is_completed"),
        ),
        sa.CheckConstraint(f"{FINAL} = (finished_at IS NOT NULL)", name=op.f("ck_runs_final_has_time")),
        sa.CheckConstraint(f"{FINAL} = (reason IS NOT NULL)", name=op.f("ck_runs_final_has_reason")),
        sa.CheckConstraint(
            "(state IN ('completed', 'failed')) = (outcome IS NOT NULL)", name=op.f("ck_runs_outcome_of_final")
        ),
        sa.CheckConstraint("outcome IN ('failure', 'success', 'unknown')", name=op.f("ck_runs_outcome")),
        sa.CheckConstraint(f"previous_state IN ({STATES})", name=op.f("ck_runs_previous_state")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_runs_reason")),
        sa.CheckConstraint(
            "state <> 'cancelled' OR reason IN ('replaced', 'stopped_by_person', 'withdrawn')",
            name=op.f("ck_runs_reasons_of_cancelled"),
        ),
        sa.CheckConstraint(
            "state <> 'completed' OR (exit_code IS NOT NULL AND exit_code = 0)", name=op.f("ck_runs_success_is_zero")
        ),
        sa.CheckConstraint(
            "state <> 'completed' OR reason IN ('succeeded')", name=op.f("ck_runs_reasons_of_completed")
        ),
        sa.CheckConstraint(f"state <> 'failed' OR reason IN ({FAILURES})", name=op.f("ck_runs_reasons_of_failed")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_runs_state")),
        sa.CheckConstraint("restart_of <> id", name=op.f("ck_runs_not_restart_of_itself")),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_runs_host_id")),
        sa.ForeignKeyConstraint(
            ["project_id", "definition_version"],
            ["definitions.project_id", "definitions.version"],
            name=op.f("fk_runs_project_id_definition_version"),
        ),
        sa.ForeignKeyConstraint(["restart_of"], ["runs.id"], name=op.f("fk_runs_restart_of")),
        sa.ForeignKeyConstraint(["root_run"], ["runs.id"], name=op.f("fk_runs_root_run")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["projects.tenant_id", "projects.id"],
            name=op.f("fk_runs_tenant_id_project_id"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_runs")),
        sa.UniqueConstraint("id", name=op.f("uq_runs_id")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_runs_project_id_number")),
        sa.UniqueConstraint("restart_of", name=op.f("uq_runs_restart_of")),
    ]


def _index_runs() -> None:
    op.create_index(
        "ix_runs_unfinished",
        "runs",
        ["host_id", "state", "seq"],
        unique=False,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_runs_reason",
        "runs",
        ["tenant_id", "reason", "seq"],
        unique=False,
        sqlite_where=sa.text("reason IS NOT NULL"),
        postgresql_where=sa.text("reason IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_runs_tenant_id_requested_at_seq"), "runs", ["tenant_id", "requested_at", "seq"], unique=False
    )
    op.create_index(op.f("ix_runs_tenant_id_seq"), "runs", ["tenant_id", "seq"], unique=False)
    op.create_index(op.f("ix_runs_tenant_id_state_seq"), "runs", ["tenant_id", "state", "seq"], unique=False)
    op.create_index(
        "ix_runs_unknown",
        "runs",
        ["host_id", "seq"],
        unique=False,
        sqlite_where=sa.text("outcome = 'unknown' AND amended_at IS NULL"),
        postgresql_where=sa.text("outcome = 'unknown' AND amended_at IS NULL"),
    )
    op.create_index(
        "uq_runs_active_project",
        "runs",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text(ACTIVE),
        postgresql_where=sa.text(ACTIVE),
    )


def _make_journal() -> None:
    op.create_table(
        "journal",
        sa.Column("seq", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("detail", DOCUMENT, nullable=False),
        sa.CheckConstraint(f"from_state IN ({STATES})", name=op.f("ck_journal_from_state")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_journal_reason")),
        sa.CheckConstraint(f"to_state IN ({STATES})", name=op.f("ck_journal_to_state")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_journal_run_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_journal_run_id_seq"), "journal", ["run_id", "seq"], unique=False)


def _make_requests() -> None:
    op.create_table(
        "cleanups",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("report", DOCUMENT, nullable=True),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_cleanups_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cleanups")),
    )
    op.create_index(
        "ix_cleanups_open",
        "cleanups",
        ["host_id", "requested_at"],
        unique=False,
        sqlite_where=sa.text("completed_at IS NULL"),
        postgresql_where=sa.text("completed_at IS NULL"),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_idempotency_keys_run_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_idempotency_keys_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "key_id", "request_hash", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"], unique=False)
