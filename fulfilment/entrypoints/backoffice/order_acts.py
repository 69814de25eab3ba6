"""The buttons on the page of an order: what one press does."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.base import staff
from fulfilment.errors import Refusal
from fulfilment.flows import receive_outside, refund_by_bank, request_refund, say_refund, work_return
from fulfilment.gateways.saleor.connect import connected
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.queries import account_of
from fulfilment.production.rules import CARRIERS
from fulfilment.returns.models import Return


@dataclass(frozen=True)
class Act:
    """What a button does, and what is said when it went well; `carry_out` answers what to say instead, if anything.

    What was typed into `fields` stays there where it was refused.
    """

    done: Promise
    carry_out: Callable[[HttpRequest, Order], str | None]
    fields: tuple[str, ...] = ()


def _named(request: HttpRequest, order: Order) -> str:
    """The refund of this order that the button is about."""
    name = request.POST.get("refund", "")
    if not Refund.objects.filter(order=order, name=name).exists():
        raise Refusal(_("Deze terugbetaling hoort niet bij deze bestelling."), code="NOT_FOUND")
    return name


def _again(request: HttpRequest, order: Order) -> None:
    request_refund.again(_named(request, order), saleor=connected(), now=timezone.now())


def _say(request: HttpRequest, order: Order) -> None:
    kind = request.POST.get("kind", "")
    if kind not in (Refund.Kind.NOT_WANTED, Refund.Kind.CAME_BACK):
        raise Refusal(_("Kies of het om verzonden stuks ging."), code="NOTHING_CHOSEN")
    say_refund.say(_named(request, order), Refund.Kind(kind), now=timezone.now())


def _return(request: HttpRequest, order: Order) -> str:
    """The return of this order that the button is about."""
    public_id = request.POST.get("return", "")
    if not Return.objects.filter(order=order, public_id=public_id).exists():
        raise Refusal(_("Deze retour hoort niet bij deze bestelling."), code="NOT_FOUND")
    return public_id


def _return_expected(request: HttpRequest, order: Order) -> None:
    carrier = request.POST.get("carrier", "")
    work_return.expect(
        _return(request, order),
        carrier=carrier if carrier in CARRIERS else "",
        tracking_code=request.POST.get("tracking_code", ""),
        by=staff(request),
        now=timezone.now(),
        seen=request.POST.get("seen"),
    )


def _return_lost(request: HttpRequest, order: Order) -> None:
    work_return.lose(_return(request, order), by=staff(request), now=timezone.now())


def _return_kept(request: HttpRequest, order: Order) -> None:
    work_return.withdraw(_return(request, order), by=staff(request), now=timezone.now())


def _no_money(request: HttpRequest, order: Order) -> None:
    work_return.keep_money(_return(request, order), by=staff(request), now=timezone.now())


def _refund_by_bank(request: HttpRequest, order: Order) -> str | None:
    refund = refund_by_bank.choose(_named(request, order), by=staff(request), now=timezone.now())
    known = account_of(refund)
    if known is None:
        return None
    return _("Dit gaat al per overschrijving terug, naar %(account)s.") % {"account": known.masked}


def _refund_account(request: HttpRequest, order: Order) -> None:
    refund_by_bank.give_account(
        _named(request, order),
        holder=request.POST.get("holder", ""),
        iban=request.POST.get("iban", ""),
        by=staff(request),
        now=timezone.now(),
        seen=request.POST.get("seen", ""),
    )


def _by_bank(request: HttpRequest, order: Order) -> None:
    given = request.POST.get("seen", "")
    seen = int(given) if re.fullmatch(r"-?[0-9]{1,15}", given) else None
    receive_outside.settle_by_bank(order.public_id, now=timezone.now(), seen=seen)


ACTS = {
    "refund_again": Act(gettext_lazy("Opnieuw gevraagd. Het pad van de bestelling toont hoe het afloopt."), _again),
    "say_refund": Act(gettext_lazy("Genoteerd. Het werk van de makers klopt weer met wat er nog gewenst is."), _say),
    "return_expected": Act(
        gettext_lazy("Genoteerd: het is onderweg."), _return_expected, fields=("return", "carrier", "tracking_code")
    ),
    "return_lost": Act(gettext_lazy("Genoteerd: het kwam nooit aan. Niemand wacht er nog op."), _return_lost),
    "return_kept": Act(gettext_lazy("Genoteerd: de klant houdt het."), _return_kept),
    "return_no_money": Act(gettext_lazy("Genoteerd: hiervoor gaat geen geld meer terug."), _no_money),
    "refund_by_bank": Act(
        gettext_lazy("De klant krijgt een mail om een rekeningnummer op te geven. Daarna gaat het mee met een ronde."),
        _refund_by_bank,
    ),
    "refund_account": Act(
        gettext_lazy("Genoteerd. Het geld gaat mee met de volgende uitbetalingsronde."),
        _refund_account,
        fields=("refund", "holder", "iban"),
    ),
    "by_bank": Act(gettext_lazy("Geboekt op de bankrekening."), _by_bank),
}
"""By the name of the address."""
