"""Money that waits has a reason: what stands on `customer`, on `receivable` or, of a payment, on `unallocated` has an
exception that says why, or is on its way. What has none gets one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Posting
from fulfilment.money import written
from fulfilment.orders.models import Order
from fulfilment.orders.queries import refunds_under_way
from fulfilment.payments.life import REFUND_AT_STRIPE
from fulfilment.payments.models import Payment
from fulfilment.payments.queries import is_going_back

CURRENCY = "EUR"
PATIENCE = timedelta(hours=1)
"""How long money may stand somewhere before somebody must say why: workers and the sweep are at it meanwhile."""

NOBODYS = f"unallocated:{CURRENCY}"

UNALLOCATED = """
WITH moved AS (
    SELECT CASE split_part(entry.key, ':', 1)
        WHEN 'payment' THEN split_part(entry.key, ':', 2)
        WHEN 'order' THEN split_part(entry.key, ':', 4)
        WHEN 'refund' THEN (
            SELECT payment.payment_intent_id FROM payments_paymentrefund refund
            JOIN payments_payment payment ON payment.id = refund.payment_id
            WHERE refund.stripe_refund_id = split_part(entry.key, ':', 2))
        WHEN 'dispute' THEN (
            SELECT payment.payment_intent_id FROM payments_dispute dispute
            JOIN payments_payment payment ON payment.id = dispute.payment_id
            WHERE dispute.stripe_dispute_id = split_part(entry.key, ':', 2))
        END AS intent,
        CASE posting.credit WHEN 'unallocated' THEN posting.amount_minor ELSE -posting.amount_minor END AS amount,
        entry.recorded_at AS at
    FROM ledger_posting posting JOIN ledger_entry entry ON entry.id = posting.entry_id
    WHERE posting.credit = 'unallocated' OR posting.debit = 'unallocated'
)
SELECT COALESCE(intent, ''), SUM(amount), MAX(at) FROM moved GROUP BY 1 HAVING SUM(amount) <> 0 ORDER BY 3
"""
"""What stands on `unallocated`, per PaymentIntent: the keys of the entries say of which one."""


@dataclass(frozen=True)
class Standing:
    """Money that stands somewhere: what the exception would be about, its words, and by which subjects others may have
    told of it already."""

    subject: str
    message: str
    told_as: frozenset[str]
    since: datetime
    is_under_way: bool


def audit_money(*, now: datetime) -> list[str]:
    """Put what stands for no known reason on the operator's list, and take off what no longer does; its subjects."""
    told = set(_told_elsewhere())
    found = [
        one
        for one in [*_of_orders(), *_of_payments()]
        if not one.is_under_way and one.since <= now - PATIENCE and not (one.told_as & told)
    ]
    subjects = {one.subject for one in found}
    standing = OpenIssue.objects.filter(kind=OpenIssue.Kind.UNEXPLAINED, resolved_at=None)
    for subject in standing.exclude(subject__in=subjects).values_list("subject", flat=True):
        resolve(OpenIssue.Kind.UNEXPLAINED, subject, now)
    for one in found:
        raise_issue(OpenIssue.Kind.UNEXPLAINED, one.subject, one.message, now)
    return sorted(subjects)


def _told_elsewhere() -> Iterable[str]:
    standing = OpenIssue.objects.filter(resolved_at=None).exclude(kind=OpenIssue.Kind.UNEXPLAINED)
    return standing.values_list("subject", flat=True)


def _of_orders() -> Iterator[Standing]:
    """Orders with something on `customer` or `receivable`."""
    for account, told in (
        (Account.CUSTOMER, _("Bestelling %(number)s: %(amount)s staat bij het klantengeld, en niets zegt waarom.")),
        (Account.RECEIVABLE, _("Bestelling %(number)s: %(amount)s staat nog te ontvangen, en niets zegt waarom.")),
    ):
        balances = _balances(account)
        orders = Order.objects.in_bulk(list(balances))
        for pk, (amount, since) in balances.items():
            order = orders[pk]
            values = {"number": order.number, "amount": written(amount, order.currency)}
            yield Standing(order.number, told % values, frozenset(_names_of(order)), since, _goes_back(order))


def _balances(account: Account) -> dict[int, tuple[int, datetime]]:
    """Order → what stands on an account, and since when nothing moved there; zeros are left out."""
    came, went = Q(credit=account), Q(debit=account)
    rows = Posting.objects.filter(came | went, order__isnull=False).order_by().values("order_id")
    amount = Sum("amount_minor", filter=came, default=0) - Sum("amount_minor", filter=went, default=0)
    found = rows.annotate(amount=amount, at=Max("entry__recorded_at")).exclude(amount=0)
    return {pk: (amount, at) for pk, amount, at in found.values_list("order_id", "amount", "at") if pk is not None}


def _names_of(order: Order) -> Iterator[str]:
    """What exceptions call an order, and what was paid for it."""
    yield from (order.number, f"{Mark.Kind.ORDER}:{order.saleor_id}")
    if order.checkout_id:
        for payment in Payment.objects.filter(checkout_id=order.checkout_id):
            yield from _names_of_payment(payment)


def _names_of_payment(payment: Payment) -> Iterator[str]:
    yield from (payment.reference, payment.saleor_transaction_id, f"{Mark.Kind.CHECKOUT}:{payment.checkout_id}")
    yield from (f"{Mark.Kind.SESSION}:{payment.stripe_session_id}", f"{Mark.Kind.INTENT}:{payment.payment_intent_id}")
    yield from (dispute.name for dispute in payment.disputes.all())
    for refund in payment.refunds.all():
        yield from (f"{Mark.Kind.REFUND}:{refund.stripe_refund_id}",)
        yield from (f"{Mark.Kind.REFUND_REQUEST}:{refund.idempotency_key}",)


def _goes_back(order: Order) -> bool:
    """Whether some of its money is on its way back."""
    return refunds_under_way(order).exists() or is_going_back(order.checkout_id)


def _of_payments() -> Iterator[Standing]:
    """Payments of which something belongs to no order."""
    with connection.cursor() as cursor:
        cursor.execute(UNALLOCATED)
        rows: list[tuple[str, int, datetime]] = cursor.fetchall()
    payments = {payment.payment_intent_id: payment for payment in _named({intent for intent, _amount, _at in rows})}
    for intent, amount, since in rows:
        payment = payments.get(intent)
        told = _("Betaling %(name)s: %(amount)s hoort bij geen bestelling, en niets zegt waarom.")
        name = payment.reference if payment else intent or "?"
        message = told % {"name": name, "amount": written(int(amount), CURRENCY)}
        if payment is None:
            yield Standing(NOBODYS, message, frozenset(), since, is_under_way=False)
        else:
            goes_back = payment.refunds.filter(state__in=REFUND_AT_STRIPE).exists()
            names = {*_names_of_payment(payment), *_numbers(payment)}
            yield Standing(payment.reference, message, frozenset(names), since, is_under_way=goes_back)


def _named(intents: Iterable[str]) -> Iterable[Payment]:
    return Payment.objects.filter(payment_intent_id__in=set(intents) - {""}).prefetch_related("refunds", "disputes")


def _numbers(payment: Payment) -> Iterable[str]:
    orders = Order.objects.filter(checkout_id=payment.checkout_id).exclude(checkout_id="")
    return orders.values_list("number", flat=True)
