"""Give the application's database role its rights: all but changing the ledger, shares, invoices and the log."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from pghistory.models import Context, Event

FROZEN = "ledger_entry, ledger_posting, revenue_share, invoices_invoiceline"
"""The tables of which no row ever changes. Of the others, triggers say which rows do not."""

WRITES_AS_OWNER = """
DO $$ BEGIN IF (SELECT pg_has_role(proowner, 'USAGE') FROM pg_proc WHERE proname = '_pgh_attach_context') THEN
    ALTER FUNCTION _pgh_attach_context() SECURITY DEFINER SET search_path = public, pg_temp;
END IF; END $$"""
"""The log writes who it was with the rights of the owner (who runs this): the role may not change that."""


def _log() -> list[str]:
    """The tables of the log of changes: one beside each model that is logged, and who it was."""
    events = [model._meta.db_table for model in apps.get_models() if issubclass(model, Event)]
    return [*sorted(events), Context._meta.db_table]


class Command(BaseCommand):
    help = "Grants rights to the application's role; run as the owner of the tables, after migrate. Idempotent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", nargs="?", default="fulfilment_app", help="the application's database role")

    def handle(self, *args: Any, **options: Any) -> None:
        role = connection.ops.quote_name(options["role"])
        with connection.cursor() as cursor:
            for statement in (
                f"GRANT USAGE ON SCHEMA public TO {role}",
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
                f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
                f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join([FROZEN, *_log()])} FROM {role}",
                WRITES_AS_OWNER,
            ):
                cursor.execute(statement)
        kept = "the ledger, shares, lines of invoices and the log of changes"
        self.stdout.write(f"{options['role']} may do everything but change {kept}")
