"""Money that can become no order goes back to whoever paid it, and they are told.

At once where it never can: the basket costs more than was paid for it. Else when patience ends (`settle_checkout`).
"""

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.errors import GatewayError
from fulfilment.flows import tell_customer
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import PaidCheckout, SaleorTransaction
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.life import move
from fulfilment.money import written
from fulfilment.outside import in_words
from fulfilment.payments.life import REFUND_AT_STRIPE
from fulfilment.payments.models import Payment, PaymentRefund

log = logging.getLogger(__name__)

BECAUSE = {
    "CHECKOUT_NOT_FULLY_PAID": Payment.Because.BASKET_CHANGED,
    "INSUFFICIENT_STOCK": Payment.Because.SOLD_OUT,
    "PRODUCT_NOT_PUBLISHED": Payment.Because.SOLD_OUT,
    "PRODUCT_UNAVAILABLE_FOR_PURCHASE": Payment.Because.SOLD_OUT,
    "UNAVAILABLE_VARIANT_IN_CHANNEL": Payment.Because.SOLD_OUT,
    "INVALID_SHIPPING_METHOD": Payment.Because.NO_DELIVERY,
    "SHIPPING_METHOD_NOT_SET": Payment.Because.NO_DELIVERY,
    "VOUCHER_NOT_APPLICABLE": Payment.Because.CODE_OVER,
}
"""Saleor's codes for a checkout that it does not complete, in the words of a payment."""

REMEDIES = {
    Payment.Because.SOLD_OUT: gettext_lazy("Vul in Saleor de voorraad aan als het er toch is."),
    Payment.Because.NO_DELIVERY: gettext_lazy("Kijk in Saleor of de levering nog bestaat voor het land van de klant."),
    Payment.Because.CODE_OVER: gettext_lazy("Laat de kortingscode in Saleor weer gelden als dat mag."),
    Payment.Because.NOT_POSSIBLE: gettext_lazy("Kijk in Saleor wat er scheelt."),
}

_ASKED = gettext_lazy(
    "We vroegen Saleor om het terug te betalen. De klant krijgt een mail zodra Stripe het aannam. Je hoeft niets te "
    "doen: dit gaat van de lijst zodra Stripe het terugbetaald heeft."
)
_REFUSED = gettext_lazy(
    "Saleor geeft de vraag om het terug te betalen niet door. %(why)s Betaal het terug bij Stripe (%(intent)s)."
)

MOST_ASKS = 5
"""How often Saleor is asked for the same money. What then still stands there is for a person."""


def note_refusal(payment: Payment, refusal: GatewayError, now: datetime) -> Payment.Because:
    """Saleor makes no order of a paid checkout: keep why, and tell the operator what it is about and what helps."""
    because = BECAUSE.get(refusal.code, Payment.Because.NOT_POSSIBLE)
    Payment.objects.filter(pk=payment.pk).update(because=because)
    payment.because = because
    if because is not Payment.Because.BASKET_CHANGED:
        told = _(
            "%(amount)s is betaald, maar er komt geen bestelling van: %(why)s. %(remedy)s We proberen het elke minuut "
            "opnieuw; lukt het een kwartier lang niet, dan gaat het geld terug naar de klant. %(said)s"
        )
        amount = written(payment.amount_minor, payment.currency)
        values = {"amount": amount, "why": because.label, "remedy": REMEDIES[because], "said": in_words(refusal)}
        raise_issue(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, told % values, now)
    return because


def give_back(
    found: SaleorTransaction, payment: Payment | None, checkout: PaidCheckout, saleor: Saleor, *, now: datetime
) -> None:
    """Ask for the refund of one payment on a checkout that becomes no order. The caller holds the checkout.

    `GatewayError` where Saleor does not answer. Whether it heard us all the same, its list of requests tells next time.
    """
    if payment is None:
        _say_whose_it_is(found, checkout, saleor, now)
    elif not _waits_for_a_person(payment) and not _is_asked(payment, found) and _kept(payment, found, checkout, now):
        try:
            saleor.refund_transaction(found.id, found.charged_minor, checkout.currency)
        except GatewayError as error:
            if error.retry:
                raise
            _tell_operator(
                payment, found, checkout, now, _REFUSED % {"why": in_words(error), "intent": payment.payment_intent_id}
            )


def _waits_for_a_person(payment: Payment) -> bool:
    """Where a refund failed before, somebody must look first."""
    failed = OpenIssue.objects.filter(kind=OpenIssue.Kind.REFUND_FAILED, subject=payment.reference, resolved_at=None)
    return failed.exists()


def _is_asked(payment: Payment, found: SaleorTransaction) -> bool:
    """Whether it is on its way back already: Saleor holds our request, or Stripe our refund."""
    done = payment.refunds.filter(state=PaymentRefund.State.SUCCEEDED, reported_at=None)
    if payment.refunds.filter(state__in=REFUND_AT_STRIPE).exists() or done.exists():
        return True
    answered = set(payment.refunds.values_list("idempotency_key", flat=True))
    return any(request.key not in answered for request in found.unanswered)


@transaction.atomic
def _kept(payment: Payment, found: SaleorTransaction, checkout: PaidCheckout, now: datetime) -> bool:
    """What we are about to ask is written first; False where it was asked often enough, or is no money to return."""
    if payment.return_asks >= MOST_ASKS:
        told = _(
            "We vroegen Saleor al %(asks)s keer om het terug te betalen. Betaal het terug bij Stripe (%(intent)s)."
        )
        _tell_operator(payment, found, checkout, now, told % {"asks": MOST_ASKS, "intent": payment.payment_intent_id})
        return False
    why = Payment.Because(payment.because or Payment.Because.NOT_POSSIBLE).label
    asks = payment.return_asks + 1
    if not move(payment, "give_back", now=now, note=str(why), return_asked_at=now, return_asks=asks):
        return False
    _tell_operator(payment, found, checkout, now, str(_ASKED))
    return True


def _tell_operator(
    payment: Payment, found: SaleorTransaction, checkout: PaidCheckout, now: datetime, more: str
) -> None:
    because = Payment.Because(payment.because or Payment.Because.NOT_POSSIBLE)
    told = _("%(amount)s is betaald, maar er kwam geen bestelling van: %(why)s.")
    values = {"amount": written(found.charged_minor, checkout.currency), "why": because.label}
    raise_issue(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, f"{told % values} {more}", now)


def _say_whose_it_is(found: SaleorTransaction, checkout: PaidCheckout, saleor: Saleor, now: datetime) -> None:
    """Money that no payment of ours is: only who took it can give it back. Saleor is asked once to have them do so."""
    standing = OpenIssue.objects.filter(kind=OpenIssue.Kind.FOREIGN_MONEY, subject=found.id, resolved_at=None)
    is_new = not standing.exists()
    told = _(
        "%(amount)s staat op een mandje waar geen bestelling van kwam. Dit geld kwam niet via onze betaaldienst, maar "
        "via %(name)s (kenmerk %(reference)s). De klant hoorde nog niets van ons. Betaal het terug waar het binnenkwam."
    )
    values = {
        "amount": written(found.charged_minor, checkout.currency),
        "name": found.name or _("een andere"),
        "reference": found.psp_reference or "–",
    }
    raise_issue(OpenIssue.Kind.FOREIGN_MONEY, found.id, told % values, now)
    if is_new and not found.unanswered:
        try:
            saleor.refund_transaction(found.id, found.charged_minor, checkout.currency)
        except GatewayError as error:
            log.warning("money of another payment app: %s", error)  # the operator was told what to do


def tell_who_paid(payment: Payment, saleor: Saleor, *, now: datetime) -> None:
    """Stripe has the refund of money that became no order: whoever paid is told, once. `GatewayError`.

    Not before: what Saleor was asked may get lost, and its checkout become an order after all.
    """
    if payment.return_asked_at is None or payment.saleor_order_id or tell_customer.is_told_of_return(payment):
        return
    checkout = saleor.paid_checkout(payment.checkout_id)
    if checkout is not None:  # else it became an order, whose refund is told as such
        tell_customer.payment_returned(payment, checkout.email, checkout.language, now=now)
