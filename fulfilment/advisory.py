"""Locks of PostgreSQL on a name, for what is no row yet or is held while another machine is asked.

Which ones there are, and in which order they are taken, stands in `docs/architecture/locks.md`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from fulfilment.postgres.bounds import lock_milliseconds


class Space(IntEnum):
    """What a name is of: the same name in another space is another lock."""

    CHECKOUT = 1
    ACCEPTANCE = 2
    REPORTS = 3
    CODE = 4
    COLLECTING = 5
    PLANNING = 6
    ROUND = 7


@contextmanager
def held(space: Space, name: str) -> Iterator[None]:
    """Hold a name for this database session, in no transaction; a process that dies lets go of it.

    `OperationalError` where another keeps it for longer than there is time: see `timed_out`.
    """
    longest = lock_milliseconds()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', coalesce(%s, current_setting('lock_timeout')), true), "  # this once
            "pg_advisory_lock(hashtextextended(%s, %s))",
            [None if longest is None else str(longest), name, int(space)],
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, %s))", [name, int(space)])


@contextmanager
def held_at_once(space: Space, name: str) -> Iterator[bool]:
    """The same without waiting: whether it was free, and is held now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, %s))", [name, int(space)])
        [is_held] = cursor.fetchone()
    try:
        yield is_held
    finally:
        if is_held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, %s))", [name, int(space)])


def hold_until_commit(space: Space, name: str) -> None:
    """Hold a name until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [name, int(space)])


def timed_out(error: OperationalError) -> bool:
    """Whether the database is well and somebody else merely kept a lock for too long."""
    return isinstance(error.__cause__, LockNotAvailable)
