"""Money that can become no order goes back to whoever paid it, and they are told.

At once where it never can: the basket costs more than was paid for it. Else when patience ends (`reconcile`).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.errors import GatewayError
from fulfilment.flows import tell_customer
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import PaidCheckout, SaleorTransaction
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.money import written
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment

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

ANSWER_PATIENCE = timedelta(minutes=10)
"""How long Saleor's worker gets to ask our payment app. Until it was answered, Saleor counts the money as charged."""


def note_refusal(payment: Payment, refusal: GatewayError, now: datetime) -> Payment.Because:
    """Saleor makes no order of a paid checkout: keep why, and tell the operator what it is about and what helps."""
    because = BECAUSE.get(refusal.code, Payment.Because.NOT_POSSIBLE)
    Payment.objects.filter(pk=payment.pk).update(because=because)
    if because is not Payment.Because.BASKET_CHANGED:
        told = _(
            "%(amount)s is betaald, maar er komt geen bestelling van: %(why)s. %(remedy)s We proberen het elke minuut "
            "opnieuw; lukt het een kwartier lang niet, dan gaat het geld terug naar de klant. (%(error)s)"
        )
        amount = written(payment.amount_minor, payment.currency)
        values = {"amount": amount, "why": because.label, "remedy": REMEDIES[because], "error": refusal}
        raise_issue(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, told % values, now)
    return because


def return_money(checkout_id: str, saleor: Saleor, *, now: datetime, unless_full: bool = False) -> None:
    """Have all money on a checkout that became no order go back. `GatewayError` where Saleor does not take it.

    The checkout is held and read anew: two workers ask once, and nobody pays the rest of it in the meantime.
    With `unless_full`, money that by now covers the whole checkout stays: it can still become an order.
    """
    with checkout_lock(checkout_id):
        checkout = saleor.paid_checkout(checkout_id)
        if checkout is None or (unless_full and checkout.is_full):
            return  # it became an order after all, or can
        for found in checkout.transactions:
            if found.charged_minor > 0:
                _return(found, checkout, saleor, now)


def _return(found: SaleorTransaction, checkout: PaidCheckout, saleor: Saleor, now: datetime) -> None:
    """Ask for the refund of one payment; where that failed before, a person must look first."""
    payment = Payment.objects.filter(saleor_transaction_id=found.id).first()
    subject = payment.reference if payment else found.id
    failed = OpenIssue.objects.filter(kind=OpenIssue.Kind.REFUND_FAILED, subject=subject, resolved_at=None)
    if failed.exists() or (payment and _is_asked(payment, now)):
        return
    with transaction.atomic():
        _announce(payment, subject, found, checkout, now)
    saleor.refund_transaction(found.id, found.charged_minor, checkout.currency)
    if payment is not None:
        Payment.objects.filter(pk=payment.pk).update(return_asked_at=now)


def _is_asked(payment: Payment, now: datetime) -> bool:
    asked = payment.return_asked_at
    return asked is not None and (now - asked < ANSWER_PATIENCE or payment.refunds.exists())


def _announce(
    payment: Payment | None, subject: str, found: SaleorTransaction, checkout: PaidCheckout, now: datetime
) -> None:
    because = Payment.Because(payment.because or Payment.Because.NOT_POSSIBLE) if payment else None
    told = _(
        "%(amount)s is betaald, maar er kwam geen bestelling van: %(why)s. Het geld gaat terug naar de klant, die een "
        "mail kreeg. Je hoeft niets te doen: dit gaat van de lijst zodra Stripe het terugbetaald heeft."
    )
    amount = written(found.charged_minor, checkout.currency)
    values = {"amount": amount, "why": (because or Payment.Because.NOT_POSSIBLE).label}
    raise_issue(OpenIssue.Kind.PAID_WITHOUT_ORDER, subject, told % values, now)
    if payment is None or because is None:
        return
    Payment.objects.filter(pk=payment.pk, state=Payment.State.PAID).update(state=Payment.State.RETURNING)
    tell_customer.payment_returned(checkout.email, amount, because, subject, now=now)
