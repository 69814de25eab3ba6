"""Settle up to a day: release what may be released, then plan who is paid. A person approves the plan afterwards."""

import json
from argparse import ArgumentTypeError
from datetime import date, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows import plan_payouts
from fulfilment.flows.release_shares import release_shares
from fulfilment.money import written
from fulfilment.partners.queries import account_changes_to_come
from fulfilment.payouts.rules import CURRENCY, LAST_DAY


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: schrijf een dag als 2027-01-15") from error
    if day > LAST_DAY:
        raise ArgumentTypeError(f"{text}: zo ver vooruit kan niet")
    return day


class Command(BaseCommand):
    help = "Geef vrij wat mag, en plan de uitbetalingen tot en met een dag. Er gaat nog geen geld weg."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of",
            required=True,
            type=_day,
            metavar="JJJJ-MM-DD",
            help="tot en met welke dag; alleen de demo kan vooruit, en telt dan alsof die dag voorbij is",
        )
        parser.add_argument("--json", action="store_true", help="schrijf als laatste regel één JSON-object")

    def handle(self, *, as_of: date, json: bool, **options: object) -> None:
        try:
            self._settle(as_of, timezone.now(), as_json=json)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal

    def _settle(self, as_of: date, now: datetime, *, as_json: bool) -> None:
        if as_of > timezone.localdate(now) and settings.IS_DEMO:
            message = _("Dit is de demo: ze kijkt vooruit naar %(day)s. In de echte winkel kan dit tot en met vandaag.")
            self.stdout.write(message % {"day": f"{as_of:%d/%m/%Y}"})
        released = release_shares(as_of=as_of, now=now)
        plan = plan_payouts.plan(as_of=as_of, now=now)
        batch = plan_payouts.create_batch(as_of=as_of, by=None, now=now)
        currency = CURRENCY
        self.stdout.write(_("Vrijgegeven bestellingen: %(count)s") % {"count": len(released)})
        self.stdout.write(
            _("Op de rekening: %(bank)s, waarvan uit te betalen: %(pot)s")
            % {"bank": written(plan.bank, currency), "pot": written(plan.pot, currency)}
        )
        to_come = account_changes_to_come([payout.partner.pk for payout in plan.payouts if payout.partner])
        for payout in plan.payouts:
            amount = written(payout.amount or payout.payable, currency)
            why = plan_payouts.explain(payout.reason)
            self.stdout.write(f"  {payout.payee:<28} {amount:>16}  {why}".rstrip())
            if payout.partner and payout.partner.pk in to_come:
                self.stdout.write(
                    _("    Let op: voor deze partner is een andere rekening op komst; kijk in de backoffice.")
                )
        if batch is None:
            self.stdout.write(_("Er is niemand uit te betalen."))
            if any(payout.reason == "short" for payout in plan.payouts) and not plan.waits_for_bank:
                self.stdout.write(_("Haal eerst het geld bij Stripe op: manage collect_money."))
        else:
            self.stdout.write(
                _("Plan %(batch)s wacht op goedkeuring: %(total)s.")
                % {"batch": batch.public_id, "total": written(plan.total, currency)}
            )
        if plan.waits_for_bank:
            self.stdout.write(
                _("%(amount)s is onderweg van Stripe naar de bank. Wacht tot het er is, en plan dan opnieuw.")
                % {"amount": written(plan.under_way, currency)}
            )
        if as_json:
            self.stdout.write(_as_json(released, plan, batch.public_id if batch else None))


def _as_json(released: list[str], plan: plan_payouts.PayoutPlan, batch: str | None) -> str:
    """One line; `amount_minor` is what is paid, 0 where `reason` says why not."""
    payouts = [
        {
            "partner": payout.partner.slug if payout.partner else "",
            "amount_minor": payout.amount,
            "reason": payout.reason,
        }
        for payout in plan.payouts
    ]
    return json.dumps({"released_orders": len(released), "batch": batch, "payouts": payouts, "bank_minor": plan.bank})
