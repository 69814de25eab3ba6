"""Looking into fulfilment's database from outside, as it stands, whatever happens to the server meanwhile."""

import time
from collections.abc import Mapping
from typing import Any

import psycopg

PATIENCE_SECONDS = 90.0
"""How long a server may be away: it is restarted in the middle of the storm."""


class Records:
    """A connection of one's own, opened anew whenever it is lost. For one thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def rows(self, query: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """What a query finds. `psycopg.OperationalError` where the server stays away."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                if self._connection is None:
                    self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
                return self._connection.execute(query.encode(), values).fetchall()
            except psycopg.OperationalError:
                self._connection = None
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def one(self, query: str, values: Mapping[str, object] | None = None) -> Any:
        """The first value of the first row."""
        return self.rows(query, values)[0][0]
