"""Facts: every line of SQL in the product, on SQLite and PostgreSQL.

`Storage` opens a database, `UnitOfWork` is one transaction with a repository for each kind of thing, and `apply` is the
one function that changes a run's state. Leaves decisions to `domain` and its callers.
"""

from addon_portal.storage.errors import StorageError
from addon_portal.storage.recovery import restore_owner
from addon_portal.storage.store import Storage
from addon_portal.storage.transition import apply
from addon_portal.storage.unit_of_work import UnitOfWork
from addon_portal.storage.values import CleanupRequest, NewProject, NewRun, Page

__all__ = [
    "CleanupRequest",
    "NewProject",
    "NewRun",
    "Page",
    "Storage",
    "StorageError",
    "UnitOfWork",
    "apply",
    "restore_owner",
]
