"""Money that became no order and that Stripe did not give back: it is asked once more, or an operator transferred it.

There is no order, so there is no refund that a bank file could pay (`refund_by_bank`).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows import tell_customer
from fulfilment.flows.accept_order import transferred_key
from fulfilment.flows.dispatch import soon
from fulfilment.flows.return_payment import MOST_ASKS
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.inbox.issues import resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Posting
from fulfilment.life import advance
from fulfilment.orders.locks import lock_acceptance
from fulfilment.partners.models import User
from fulfilment.payments.life import REFUND_AT_STRIPE
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.payments.queries import is_undecided

TOLD_AS = "Overgeschreven"
"""What staff read of it in Saleor."""


def to_transfer(payment: Payment) -> int:
    """What of a payment without an order Stripe failed to give back (minor units); 0 where it may still do so."""
    waits = payment.state in (Payment.State.PAID, Payment.State.RETURNING) and not payment.saleor_order_id
    refunds = payment.refunds.all()
    if not waits or refunds.filter(state__in=REFUND_AT_STRIPE).exists() or is_undecided(payment.checkout_id):
        return 0
    if not refunds.filter(state=PaymentRefund.State.FAILED).exists():
        return 0
    back = refunds.filter(state=PaymentRefund.State.SUCCEEDED).aggregate(total=Sum("amount_minor"))["total"] or 0
    return payment.amount_minor - int(back)


@transaction.atomic
def note_transfer(reference: str, *, now: datetime, by: User | None = None) -> None:
    """All that was left of a payment (by its reference) went to its customer by hand, from our bank; Saleor is told.

    `Refusal` where there is nothing (any more) to say that of.
    """
    payment = Payment.objects.get(reference=reference)
    lock_acceptance(payment.checkout_id)
    payment.refresh_from_db()
    nothing = _("Van deze betaling valt er niets (meer) over te schrijven.")
    amount = to_transfer(payment)
    if not amount:
        raise Refusal(nothing, code="NOTHING")
    record(
        transferred_key(payment),
        "transferred",
        [Move(Account.UNALLOCATED, Account.BANK, amount)],
        currency=payment.currency,
        happened_at=now,
        now=now,
    )
    advance(payment, "empty", message=nothing, now=now, by=by, note=_("overgeschreven"))
    for kind in (OpenIssue.Kind.REFUND_FAILED, OpenIssue.Kind.PAID_WITHOUT_ORDER):
        resolve(kind, reference, now)
    mark(Mark.Kind.TRANSFER, reference, now)
    soon(Mark.Kind.TRANSFER, reference)


@transaction.atomic
def return_again(reference: str, *, now: datetime) -> None:
    """Have all that is left of a payment (by its reference) asked back once more, through Saleor.

    `Refusal` where nothing failed of it, or it was asked often enough.
    """
    payment = Payment.objects.get(reference=reference)
    lock_acceptance(payment.checkout_id)
    payment.refresh_from_db()
    if not to_transfer(payment):
        raise Refusal(_("Van deze betaling is er niets om opnieuw te vragen."), code="NOTHING")
    if payment.return_asks >= MOST_ASKS:
        message = _("We vroegen het al %(asks)s keer. Betaal het terug bij Stripe zelf, of schrijf het over.")
        raise Refusal(message % {"asks": payment.return_asks}, code="OFTEN_ENOUGH")
    resolve(OpenIssue.Kind.REFUND_FAILED, reference, now)
    mark(Mark.Kind.CHECKOUT, payment.checkout_id, now)
    soon(Mark.Kind.CHECKOUT, payment.checkout_id)


def report_transfer(reference: str, saleor: Saleor, *, now: datetime) -> None:
    """Tell Saleor that this money (the payment's reference) is gone, so that it makes no order of it; and who paid."""
    payment = Payment.objects.get(reference=reference)
    checkout = saleor.paid_checkout(payment.checkout_id)
    if checkout is not None:
        tell_customer.payment_transferred(payment, checkout.email, checkout.language, now=now)
    posting = Posting.objects.select_related("entry").get(entry__key=transferred_key(payment))
    saleor.report(
        payment.saleor_transaction_id,
        "REFUND_SUCCESS",
        f"transfer-{reference}",
        posting.amount_minor,
        payment.currency,
        at=posting.entry.happened_at,
        message=TOLD_AS,
    )
