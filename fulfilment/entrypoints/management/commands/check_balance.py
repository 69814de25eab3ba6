"""Hold the ledger against Stripe's balance, and see that all money that waits has a reason."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fulfilment.errors import GatewayError
from fulfilment.flows.audit_money import audit_money
from fulfilment.flows.check_balance import CURRENCY, check_balance, explain
from fulfilment.gateways.stripe.connect import connected
from fulfilment.money import to_decimal


class Command(BaseCommand):
    help = "Holds the ledger against Stripe's balance; names what differs, or waits for no reason, and then exits 1."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            found = check_balance(connected(), now=now)
        except GatewayError as error:
            raise CommandError(str(error)) from error
        for name, amount in (
            ("at Stripe", found.stripe_minor),
            ("in the ledger", found.ledger_minor),
            ("under way", found.under_way_minor),
            ("unexplained", found.unexplained_minor),
        ):
            self.stdout.write(f"{name:16}{to_decimal(amount, CURRENCY):>14}")
        for pair in found.differences:
            self.stdout.write(explain(pair))
        waiting = audit_money(now=now)
        for subject in waiting:
            self.stdout.write(f"{subject}: money that waits, and nothing says why")
        if waiting or not found.is_right:
            raise CommandError("the books differ; see the back office's exceptions")
