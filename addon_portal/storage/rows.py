"""From rows to values and back.

Times are whole microseconds since 1970 UTC, JSON is ASCII text, sets are sorted words with commas: each reads back as
exactly what was written, on both databases. The order of columns here is the order in which rows are read.
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from addon_portal.domain.code import code_from_record
from addon_portal.domain.models import ApiKey, Definition, JournalEntry, Program, Role, Run, StopSettings, Tenant
from addon_portal.domain.reasons import Reason
from addon_portal.domain.states import Outcome, RunState
from addon_portal.domain.terms import terms_from_json
from addon_portal.storage.connection import Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
HOUR_MICROS = 3_600_000_000
"""An hour, as times are stored."""

_STATES = {state.value: state for state in RunState}
_REASONS = {reason.value: reason for reason in Reason} | {None: None}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome} | {None: None}


def to_micros(moment: datetime) -> int:
    """A time as whole microseconds since 1970; raises TypeError for one without an offset."""
    return (moment - _EPOCH) // _MICROSECOND


def to_micros_or_none(moment: datetime | None) -> int | None:
    """As `to_micros`, for a time that may not be known."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The time, UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def from_micros_or_none(micros: int | None) -> datetime | None:
    """The time, UTC, if there is one."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)


def to_json(value: object) -> str:
    """JSON in ASCII, in the order of the value: any text can be stored so, also one that is no valid Unicode."""
    return json.dumps(value, separators=(",", ":"), default=_unwrap) if value else _to_short_json(value)


def _to_short_json(value: object) -> str:
    return "{}" if isinstance(value, Mapping) else json.dumps(value)


def _unwrap(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not JSON: {value!r}")


def from_json(text: str | None) -> Any:
    """What `to_json` wrote; None for NULL."""
    if text is None:
        return None
    return {} if text == "{}" else json.loads(text)


def to_words(words: frozenset[str]) -> str:
    """A set of words as one text."""
    return ",".join(sorted(words))


def from_words(text: str) -> frozenset[str]:
    """The set that `to_words` wrote."""
    return frozenset(text.split(",")) if text else frozenset()


def storable(text: str) -> str:
    """The text, with what no database column holds (NUL, lone surrogates) written as escapes.

    File names and messages of the system may contain such characters, and must not keep a fact from being recorded.
    """
    if text.isascii():
        return text.replace("\0", "\\x00") if "\0" in text else text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def to_column(value: object) -> object:
    """A fact of a transition as its column stores it."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return storable(value)
        case datetime():
            return to_micros(value)
        case frozenset():
            return to_words(value)
        case Mapping():
            return to_json(value)
        case _:
            raise TypeError(f"no column holds {value!r}")


RUN_FIELDS = tuple(each.name for each in fields(Run))
"""The columns of a run in the order of `Run`; the last, `restarted_by`, is looked up."""


def run_columns(alias: str) -> str:
    """The columns that `run_from_row` reads, of a row of `runs` under this alias."""
    own = ", ".join(f"{alias}.{name}" for name in RUN_FIELDS[:-1])
    return f"{own}, (SELECT successor.id FROM runs AS successor WHERE successor.restart_of = {alias}.id)"  # noqa: S608


def run_from_row(row: Row) -> Run:
    """The run in the columns of `run_columns`."""
    (
        seq, run_id, tenant_id, project_id, number, definition_version, host_id, state, requested_at, requested_by,
        parameters, env, note, workspace, waiting_for, claimed_at, boot_id, started_at, ended_at, finished_at,
        reason, outcome, message, exit_code, signal, tree, ending, conditions, condition_detail, last_seen_alive_at,
        stop_requested_at, stop_requested_by, stop_why, stop_grace_seconds, stop_deadline_at,
        restart_of, root_run, restart_count, progress, status_text, last_heartbeat_at, silent_since,
        restarted_by,
    ) = row  # fmt: skip
    return Run(
        seq, run_id, tenant_id, project_id, number, definition_version, host_id, _STATES[state],
        from_micros(requested_at), requested_by, from_json(parameters), from_json(env), note, workspace, waiting_for,
        from_micros_or_none(claimed_at), boot_id, from_micros_or_none(started_at), from_micros_or_none(ended_at),
        from_micros_or_none(finished_at), _REASONS[reason], _OUTCOMES[outcome], message, exit_code, signal, tree,
        from_json(ending), from_words(conditions), condition_detail, from_micros_or_none(last_seen_alive_at),
        from_micros_or_none(stop_requested_at), stop_requested_by, stop_why, stop_grace_seconds,
        from_micros_or_none(stop_deadline_at), restart_of, root_run, restart_count, progress, status_text,
        from_micros_or_none(last_heartbeat_at), from_micros_or_none(silent_since), restarted_by,
    )  # fmt: skip


def columns(alias: str, names: str) -> str:
    """A list of columns under an alias."""
    return ", ".join(f"{alias}.{name}" for name in names.split())


TENANT_COLUMNS = "id name created_at max_concurrent_runs may_run_own_commands"


def tenant_from_row(row: Row) -> Tenant:
    """The tenant in `TENANT_COLUMNS`."""
    tenant_id, name, created_at, max_concurrent_runs, may_run_own_commands = row
    return Tenant(tenant_id, name, from_micros(created_at), max_concurrent_runs, bool(may_run_own_commands))


KEY_COLUMNS = "id tenant_id name role prefix created_at last_used_at revoked_at"


def key_from_row(row: Row) -> ApiKey:
    """The API key in `KEY_COLUMNS`."""
    key_id, tenant_id, name, role, prefix, created_at, last_used_at, revoked_at = row
    return ApiKey(
        key_id,
        tenant_id,
        name,
        Role(role),
        prefix,
        from_micros(created_at),
        from_micros_or_none(last_used_at),
        from_micros_or_none(revoked_at),
    )


PROGRAM_COLUMNS = "id name argv parameters_schema env working_directory created_at"


def program_from_row(row: Row) -> Program:
    """The program in `PROGRAM_COLUMNS`."""
    program_id, name, argv, schema, env, working_directory, created_at = row
    return Program(
        program_id,
        name,
        tuple(from_json(argv)),
        from_json(schema),
        from_json(env),
        working_directory,
        from_micros(created_at),
    )


DEFINITION_COLUMNS = (
    "version command program_id parameters env working_directory stop_signal stop_grace_seconds created_at terms code"
)


def definition_from_row(row: Row) -> Definition:
    """The definition in `DEFINITION_COLUMNS`."""
    (
        version, command, program_id, parameters, env, working_directory, stop_signal, stop_grace, created_at,
        terms, code,
    ) = row  # fmt: skip
    return Definition(
        version,
        None if command is None else tuple(from_json(command)),
        program_id,
        from_json(parameters),
        from_json(env),
        working_directory,
        StopSettings(stop_signal, stop_grace),
        from_micros(created_at),
        terms_from_json(from_json(terms)),
        None if code is None else code_from_record(from_json(code)),
    )


ENTRY_COLUMNS = (
    "seq tenant_id project_id run_id kind from_state to_state reason actor cause happened_at recorded_at detail"
)


def entry_from_row(row: Row) -> JournalEntry:
    """The journal entry in `ENTRY_COLUMNS`."""
    seq, tenant_id, project_id, run_id, kind, from_state, to_state, reason, actor, cause, happened, recorded, detail = (
        row
    )
    return JournalEntry(
        seq,
        tenant_id,
        project_id,
        run_id,
        kind,
        _STATES[from_state] if from_state else None,
        _STATES[to_state] if to_state else None,
        _REASONS[reason],
        actor,
        cause,
        from_micros(happened),
        from_micros(recorded),
        from_json(detail),
    )
