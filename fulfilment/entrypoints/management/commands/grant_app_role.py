"""Give the application's database role its rights: everything, but no change to the ledger and to who earned what."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

FROZEN = "ledger_entry, ledger_posting, revenue_share"
"""The tables of which no row ever changes. Of the others, triggers say which rows do not."""


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
                f"REVOKE UPDATE, DELETE, TRUNCATE ON {FROZEN} FROM {role}",
            ):
                cursor.execute(statement)
        self.stdout.write(f"{options['role']} may do everything but change the ledger and shares")
