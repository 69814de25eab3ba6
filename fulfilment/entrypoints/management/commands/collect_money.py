"""Have Stripe send all that is available to our bank account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fulfilment.errors import GatewayError
from fulfilment.flows.collect_money import CURRENCY, collect_money
from fulfilment.gateways.stripe.connect import connected
from fulfilment.money import to_decimal


class Command(BaseCommand):
    help = "Sends the available balance at Stripe to the bank, from where partners are paid."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            amount = collect_money(connected(), now=timezone.now())
        except GatewayError as error:
            raise CommandError(str(error)) from error
        told = f"{to_decimal(amount, CURRENCY)} {CURRENCY} is on its way to the bank" if amount else "nothing to send"
        self.stdout.write(told)
