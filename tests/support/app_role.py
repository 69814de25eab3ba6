"""The application's database role: what the running programs may and may not do, asked of the database itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from django.core.management import call_command
from django.db import connection

ROLE = "fulfilment_app"


@contextmanager
def as_application() -> Iterator[None]:
    """As the role of the running programs, with its rights; a server that does not have it gets it for the test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE ROLE "{ROLE}"')
        call_command("grant_app_role", ROLE, stdout=StringIO())
        cursor.execute(f'SET LOCAL ROLE "{ROLE}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
