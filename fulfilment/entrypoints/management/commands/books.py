"""Show what stands in the ledger: every account, or where the money of one order is."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import left_of_order, of_order, trial_balance
from fulfilment.ledger.models import Posting
from fulfilment.money import to_decimal
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner
from fulfilment.revenue.models import Share

CURRENCY = "EUR"
OUT_OF_BALANCE = "The books do not balance. Pay nobody out, and give this output to whoever maintains the program."


class Command(BaseCommand):
    help = "Shows the balances of the ledger (credit minus debit), or of one order with what each partner has of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--order", help="the number of an order")
        parser.add_argument("--json", action="store_true", help="one JSON object, amounts in minor units")

    def handle(self, *args: Any, **options: Any) -> None:
        told = self._of_order(options["order"]) if options["order"] else self._of_all()
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        for account, amount in sorted(told["accounts"].items()):
            self.stdout.write(f"{account:24}{to_decimal(amount, CURRENCY):>14}")
        for slug, amount in told.get("left", {}).items():  # beside the accounts: so what refunds took back is off
            self.stdout.write(f"  {slug:22}{to_decimal(amount, CURRENCY):>14}")
        if not told["balanced"]:
            raise CommandError(OUT_OF_BALANCE)
        self.stdout.write("balanced")

    def _of_all(self) -> dict[str, Any]:
        accounts = trial_balance()
        return {"accounts": accounts, "balanced": sum(accounts.values()) == 0}

    def _of_order(self, number: str) -> dict[str, Any]:
        order = Order.objects.filter(number=number).first()
        if order is None:
            raise CommandError(f"There is no order with number {number}.")
        accounts = of_order(order.pk)
        platform = {partner.pk for partner in Partner.objects.filter(kind=Partner.Kind.PLATFORM)}
        shares: dict[str, int] = {}
        booked: dict[int, int] = {}
        for share in Share.objects.filter(order=order).select_related("partner"):
            owed = share.amount_minor
            if share.partner_id not in platform:
                owed += share.vat_minor - share.withheld_minor
                booked[share.partner_id] = booked.get(share.partner_id, 0) + owed
            shares[share.partner.slug] = shares.get(share.partner.slug, 0) + share.amount_minor
        net = sum(line.net_minor for line in order.lines.all()) + order.shipping_net_minor
        funded = Posting.objects.filter(order=order, debit=Account.PLATFORM_DISCOUNTS, entry__key__contains=":split:")
        net += (
            funded.aggregate(total=Sum("amount_minor"))["total"] or 0
        )  # what the platform put to it is shared as well
        left = left_of_order(order.pk)
        kept = all(left.get(pk, 0) == amount for pk, amount in booked.items())
        whole = sum(shares.values()) == net and accounts.get(Account.CUSTOMER, 0) == 0 and sum(accounts.values()) == 0
        untouched = not order.refunds.exists()
        return {
            "accounts": accounts,
            "shares": shares,
            "left": {partner.slug: left[partner.pk] for partner in Partner.objects.filter(pk__in=left)},
            "balanced": whole and (kept or not untouched),
        }
