"""A database that grew by migrations which are squashed since goes on, and one that had not all of them is told how."""

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from fulfilment.entrypoints.health import _missing_migrations

pytestmark = pytest.mark.django_db


@pytest.fixture
def squashed() -> set[tuple[str, str]]:
    """Our squashed migrations, of which this database has not heard yet, but only of those that each replaces."""
    ours = {
        key
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if migration.replaces and type(migration).__module__.startswith("fulfilment.")
    }
    for app, name in ours:
        MigrationRecorder(connection).record_unapplied(app, name)
    return ours


def test_a_database_that_grew_has_nothing_to_do(squashed: set[tuple[str, str]]) -> None:
    assert squashed
    assert _missing_migrations() == []
    call_command("migrate", check_unapplied=True, verbosity=0)


def test_what_it_grew_by_is_known_by_the_new_name_from_then_on(squashed: set[tuple[str, str]]) -> None:
    call_command("migrate", verbosity=0)
    assert squashed <= MigrationRecorder(connection).applied_migrations().keys()


@pytest.mark.parametrize("app", ["orders", "inbox"])
def test_one_that_had_not_all_of_them_is_refused(squashed: set[tuple[str, str]], app: str) -> None:
    """Others stand on orders, so Django itself would fail somewhere; on the inbox nobody does: it would do nothing."""
    last = next(name for of, name in squashed if of == app).removeprefix("0001_squashed_")
    MigrationRecorder(connection).record_unapplied(app, last)
    with pytest.raises(CommandError, match=rf"\({app}\).*docs/operations/operations.md"):
        call_command("migrate", verbosity=0)


def test_the_models_are_as_the_migrations_leave_them() -> None:
    call_command("makemigrations", check_changes=True, verbosity=0)
