"""The tables, made once for all runs that go side by side: migrating takes longer than most files of tests."""

from django.db import connection

_LOCK = 7_340_021
"""Whoever holds it makes the template, or looks whether it is there."""


def copied_from(template: str) -> None:
    """The test database will be a copy of the database `template`, which the first to ask for it makes.

    It stays when the run ends: it is for a server that is thrown away.
    """
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")  # who makes it takes longer than anybody waits for a lock else
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [template])
            if cursor.fetchone() is None:
                cursor.execute(f'ALTER DATABASE "{_made()}" RENAME TO "{template}"')
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    connection.settings_dict["TEST"]["TEMPLATE"] = template


def _made() -> str:
    """A test database as any run makes one; its name. It gets another once it is whole."""
    given, test = connection.settings_dict["NAME"], dict(connection.settings_dict["TEST"])
    connection.settings_dict["TEST"]["NAME"] = f"{given}_begun"
    made: str = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    connection.settings_dict |= {"NAME": given, "TEST": test}
    return made
