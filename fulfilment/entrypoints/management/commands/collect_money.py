"""Have Stripe send to our bank account what is available and need not stay there."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.collect_money import CURRENCY, collect_money
from fulfilment.gateways.stripe.connect import connected
from fulfilment.money import to_decimal


class Command(BaseCommand):
    help = "Sends what is available at Stripe, less what stays for refunds, to the bank, from where partners are paid."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = collect_money(connected(), by=None, now=timezone.now())
        except (GatewayError, Refusal) as error:
            raise CommandError(str(error)) from error
        if found.sent:
            self.stdout.write(f"{to_decimal(found.sent, CURRENCY)} {CURRENCY} is on its way to the bank")
            return
        available, kept = (to_decimal(amount, CURRENCY) for amount in (found.available, found.reserve))
        self.stdout.write(f"nothing to send: {available} {CURRENCY} is available, {kept} stays for refunds")
