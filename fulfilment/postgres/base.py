"""Django's own backend of PostgreSQL, of which a connection and a lock are waited for no longer than there is time."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import sql

from fulfilment.postgres import driver
from fulfilment.postgres.bounds import lock_milliseconds
from neighbours.budget import within
from neighbours.neighbour import Neighbour, NotAsked

POSTGRES = Neighbour("PostgreSQL", patience=3, at_most=12)
"""Asked whether it is there, once a request or job, before anything else: a statement itself may well take its time,
or wait for a lock. Fewer at once than a program has threads, so that some are left for who needs no database."""

NOTICED = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""libpq's own bounds, in seconds, the last in milliseconds: by them a machine that is gone is noticed also by whoever
waits without a budget."""


class DatabaseWrapper(base.DatabaseWrapper):
    """By the name under which Django looks for it."""

    Database = driver

    def get_connection_params(self) -> dict[str, Any]:
        return {**NOTICED, **super().get_connection_params()}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            with POSTGRES.asked():
                return super().get_new_connection(conn_params)
        except NotAsked as error:
            raise driver.OperationalError(str(error)) from error

    def is_usable(self) -> bool:
        if self.connection is None or self.connection.closed:
            return False
        try:
            with POSTGRES.asked() as seconds, within(seconds):
                self.connection.execute("SELECT 1")
        except (driver.Error, NotAsked):
            return False
        return True

    def _set_autocommit(self, autocommit: bool) -> None:
        """Where a transaction begins, and a lock may not be waited for as long as ever, its locks are bounded."""
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # its stubs leave this out
        if not autocommit and (longest := lock_milliseconds()) is not None:
            with self.wrap_database_errors:
                self.connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(longest))
