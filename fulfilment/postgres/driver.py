"""psycopg, but that no statement is waited for longer than is left of the budget.

A server that hangs keeps none of its own bounds (`statement_timeout`, `lock_timeout`), and the machine that it runs on
goes on taking what it is sent, so that no bound of TCP helps either. Only who waits can stop waiting.
"""

from typing import Any, TypeVar

from psycopg import (
    Binary,
    Connection,
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from psycopg.abc import PQGen

from fulfilment.postgres.bounds import statement_seconds

__all__ = [
    "Binary",
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "connect",
]

Found = TypeVar("Found")


class Link(Connection[Any]):
    """A connection that is closed once it was waited for in vain: nobody knows what it is in the middle of."""

    def wait(self, gen: PQGen[Found], interval: float = 0.1, timeout: float | None = None) -> Found:
        try:
            return super().wait(gen, interval, statement_seconds() if timeout is None else timeout)
        except OperationalError as error:
            if error.sqlstate is None:  # no answer of the server's
                self.close()
            raise


connect = Link.connect
