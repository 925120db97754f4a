"""A run joined with all that it is made from, in one statement: its definition, program, project and tenant."""

from addon_portal.domain.launch import LaunchFacts
from addon_portal.storage.connection import Row
from addon_portal.storage.rows import (
    DEFINITION_COLUMNS,
    PROGRAM_COLUMNS,
    TENANT_COLUMNS,
    columns,
    definition_from_row,
    program_from_row,
    run_columns,
    run_from_row,
    tenant_from_row,
)

_DEFINITION_WIDTH = len(DEFINITION_COLUMNS.split())
_TENANT_WIDTH = len(TENANT_COLUMNS.split())
_PROGRAM_WIDTH = len(PROGRAM_COLUMNS.split())
LAUNCH = f"""
    SELECT {columns("d", DEFINITION_COLUMNS)}, {columns("t", TENANT_COLUMNS)}, {columns("g", PROGRAM_COLUMNS)},
           p.name, {run_columns("r")}
    FROM runs AS r
    JOIN projects AS p ON p.id = r.project_id
    JOIN tenants AS t ON t.id = r.tenant_id
    JOIN definitions AS d ON d.project_id = r.project_id AND d.version = r.definition_version
    LEFT JOIN programs AS g ON g.id = d.program_id
"""  # noqa: S608 - made of constants
"""To be continued with a condition on `r`."""


def launch_facts_from_row(row: Row) -> LaunchFacts:
    """What a row of `LAUNCH` says."""
    tenant_at = _DEFINITION_WIDTH
    program_at = tenant_at + _TENANT_WIDTH
    name_at = program_at + _PROGRAM_WIDTH
    program = row[program_at:name_at]
    return LaunchFacts(
        run=run_from_row(row[name_at + 1 :]),
        definition=definition_from_row(row[:tenant_at]),
        program=None if program[0] is None else program_from_row(program),
        project_name=row[name_at],
        tenant=tenant_from_row(row[tenant_at:program_at]),
    )
