"""Django's `migrate`, which refuses a database in the midst of what was squashed since: of that, Django itself says
that there is nothing to do, or fails at something else."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def halfway(database: BaseDatabaseWrapper) -> list[str]:
    """The apps of which it had some of those migrations that are gone, and not all."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    had = MigrationRecorder(database).applied_migrations().keys()
    found = set()
    for (app, _name), migration in loader.disk_migrations.items():
        gone = set(migration.replaces) - loader.disk_migrations.keys()
        if gone & had and gone - had:
            found.add(app)
    return sorted(found)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        if apps := halfway(connections[options["database"]]):
            raise CommandError(
                f"This database is older than the migrations that there are here ({', '.join(apps)}). Nothing was"
                " changed. Upgrade by way of the last version that knows it: docs/operations/operations.md, Upgrades."
            )
        super().handle(*args, **options)
