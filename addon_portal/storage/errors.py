"""Trouble with the database itself, as sentences that say what to do.

Refusals that concern what the caller asked for are `domain.errors`, among them StorageBusy (nothing was changed, try
again). The original error of the driver is always the cause. Leaves exit codes and HTTP statuses to the callers.
"""


class StorageError(Exception):
    """Trouble outside our code. `worth_retrying` says whether the same call may succeed later by itself."""

    code = "storage_error"
    worth_retrying = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotADatabase(StorageError):
    """The file is something else, or is damaged."""

    code = "not_a_database"


class ReadOnlyDatabase(StorageError):
    """The database may be read and not written."""

    code = "read_only_database"


class StorageFull(StorageError):
    """The disk under the database is full; nothing was changed."""

    code = "storage_full"
    worth_retrying = True


class StorageUnavailable(StorageError):
    """The database cannot be reached, or went away. A write that was just being committed may have happened."""

    code = "storage_unavailable"
    worth_retrying = True


class ConstraintViolated(StorageError):
    """The database refused values that break an invariant: a bug of ours, nothing was changed."""

    code = "constraint_violated"


class DuplicateValue(ConstraintViolated):
    """A value that must be unique is there already."""

    code = "duplicate_value"


class SchemaError(StorageError):
    """The tables are not those that this version of the program works with."""

    code = "schema_mismatch"


class SchemaTooOld(SchemaError):
    """The database has no tables yet, or those of an older version."""

    code = "schema_too_old"


class SchemaTooNew(SchemaError):
    """The database was used by a newer version."""

    code = "schema_too_new"
