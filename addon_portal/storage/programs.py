"""Programs: what an operator allows to be run."""

from addon_portal.domain.errors import NameTaken, NotFound
from addon_portal.domain.ids import ProgramId
from addon_portal.domain.models import Definition, Program
from addon_portal.storage.repository import Repository
from addon_portal.storage.rows import PROGRAM_COLUMNS, columns, program_from_row, storable, to_json, to_micros

_SELECT = f"SELECT {columns('g', PROGRAM_COLUMNS)} FROM programs AS g"  # noqa: S608 - made of constants
_INSERT = """
    INSERT INTO programs (id, name, argv, parameters_schema, env, working_directory, created_at)
    VALUES (:id, :name, :argv, :parameters_schema, :env, :working_directory, :created_at)
    ON CONFLICT (name) DO NOTHING RETURNING id
"""


class Programs(Repository):
    """The programs of the installation."""

    __slots__ = ()

    def insert(self, program: Program) -> None:
        """Add a program. Raises NameTaken."""
        added = self._connection.one(
            _INSERT,
            {
                "id": program.id,
                "name": storable(program.name),
                "argv": to_json(list(program.argv)),
                "parameters_schema": to_json(program.parameters_schema),
                "env": to_json(program.env),
                "working_directory": program.working_directory and storable(program.working_directory),
                "created_at": to_micros(program.created_at),
            },
        )
        if added is None:
            raise NameTaken("program", program.name)

    def get(self, program_id: ProgramId) -> Program:
        """One program. Raises NotFound."""
        row = self._connection.one(f"{_SELECT} WHERE g.id = :id", {"id": storable(program_id)})
        if row is None:
            raise NotFound("program", program_id)
        return program_from_row(row)

    def directory_of(self, definition: Definition) -> str | None:
        """Where its runs begin, if not in workspaces that the portal makes. Raises NotFound."""
        if definition.working_directory is not None or definition.program_id is None:
            return definition.working_directory
        return self.get(definition.program_id).working_directory

    def find_by_name(self, name: str) -> Program | None:
        """The program of that name."""
        row = self._connection.one(f"{_SELECT} WHERE g.name = :name", {"name": storable(name)})
        return None if row is None else program_from_row(row)

    def list(self) -> tuple[Program, ...]:
        """Every program, by age."""
        return tuple(program_from_row(row) for row in self._connection.all(f"{_SELECT} ORDER BY g.created_at, g.id"))
