"""The tables of fulfilment, put aside and put back: quicker than doing again what filled them."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction

DJANGOS = {"auth", "contenttypes"}
"""Filled by migrations, and never changed by us."""

Tables = dict[str, bytes]
"""What stands in each table that is not empty, as PostgreSQL copies it."""


def kept() -> Tables:
    """All rows, as they are now."""
    found: Tables = {}
    with connection.cursor() as cursor:
        for table in _filled():
            with cursor.copy(f"COPY {table} TO STDOUT") as rows:
                found[table] = b"".join(rows)
    return found


def restore(tables: Tables) -> None:
    """The same rows again, and every other one gone; numbers go on after the highest.

    Not by TRUNCATE, which takes a moment for each of the many tables. What refuses a change looks away meanwhile; the
    tables that hold nothing, before and after, are left alone.
    """
    filled = _filled()
    touched = {*filled, *tables}
    guarded = [table for table in _guarded() if table in touched]
    numbered = [(table, column) for table, column in _numbered() if table in touched]
    # Each lot goes as one: a statement of its own for each table took longer on the way than in the database.
    with transaction.atomic(), connection.cursor() as cursor:
        _all(
            cursor,
            *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded),
            *(f"DELETE FROM {table}" for table in filled),
        )
        for table, content in tables.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as rows:
                rows.write(content)
        _all(
            cursor,
            "SET CONSTRAINTS ALL IMMEDIATE",
            *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded),
            *(_goes_on(table, column) for table, column in numbered),
        )


def _all(cursor: Any, *statements: str) -> None:
    if statements:
        cursor.execute("; ".join(statements))


def _goes_on(table: str, column: str) -> str:
    """Numbers go on after the highest."""
    highest = f"(SELECT max({column}) FROM {table})"
    sequence = f"pg_get_serial_sequence('{table}', '{column}')"
    return f"SELECT setval({sequence}, coalesce({highest}, 1), {highest} IS NOT NULL)"


def _filled() -> list[str]:
    """The tables that hold anything."""
    looks = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in _names()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        return [table for (table,) in cursor.fetchall()]


@cache
def _guarded() -> list[str]:
    """The tables of which something is refused, or kept beside them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        return [table for (table,) in cursor.fetchall()]


@cache
def _numbered() -> list[tuple[str, str]]:
    """The tables whose rows are numbered, with the column of the number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE is_identity = 'YES'")
        return [(table, column) for table, column in cursor.fetchall() if table in _names()]


@cache
def _names() -> list[str]:
    found = [model._meta for model in apps.get_models(include_auto_created=True)]
    return [meta.db_table for meta in found if meta.managed and not meta.proxy and meta.app_label not in DJANGOS]
