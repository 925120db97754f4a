"""What every repository is: statements over the transaction of a unit of work."""

from typing import TYPE_CHECKING

from addon_portal.storage.connection import Connection

if TYPE_CHECKING:
    from addon_portal.storage.unit_of_work import UnitOfWork


class Repository:
    """A part of the tables as methods. Lives as long as its transaction."""

    __slots__ = ("_connection", "_uow")

    def __init__(self, uow: "UnitOfWork") -> None:
        self._uow = uow
        self._connection: Connection = uow.connection
