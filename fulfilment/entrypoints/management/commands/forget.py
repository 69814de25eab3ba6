"""Forget what was kept long enough, now; or, after a restore, whoever asked it before."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.forget import forget
from fulfilment.flows.forget_person import ask_again
from fulfilment.forgetting.proof import noted
from fulfilment.forgetting.table import KEPT
from fulfilment.gateways.saleor.connect import connected


class Command(BaseCommand):
    help = "Forgets what of people was kept long enough, as the clock does every hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again",
            nargs="+",
            type=Path,
            metavar="FILE",
            help="after a restore: forget once more whoever is named (hashed) in FORGOTTEN_LOG, of every machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"] is not None:
            for path in options["again"]:
                self._again(path)
        for row in KEPT:
            if not row.elsewhere and (count := forget(row, now=timezone.now())):
                self.stdout.write(f"{row.name}: {count}")

    def _again(self, path: Path) -> None:
        try:
            hashes, unreadable = noted(path)
            count = ask_again(hashes, connected(), now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        except GatewayError as error:
            raise CommandError(f"{error} Run it again.") from error
        self.stdout.write(f"{len(hashes)} asked to be forgotten, {count} of them were here again")
        if unreadable:
            self.stdout.write(f"{unreadable} lines cannot be read: whoever asked then was told that it failed")
