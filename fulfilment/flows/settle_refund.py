"""Saleor asks for a refund, Stripe pays it, and both the ledger and Saleor hear how it went."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.accept_order import receipt_key
from fulfilment.flows.dispatch import soon
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import SaleorOrder
from fulfilment.gateways.stripe.api import Stripe, is_kept
from fulfilment.gateways.stripe.values import Refund
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record, reverse
from fulfilment.ledger.models import Entry
from fulfilment.orders.locks import lock_acceptance
from fulfilment.orders.models import Order
from fulfilment.payments.models import Payment, PaymentRefund

HEARING = timedelta(minutes=2)
"""How long a request of Saleor's may be on its way to us."""


def start_refund(stripe: Stripe, *, transaction_id: str, idempotency_key: str, amount_minor: int, now: datetime) -> str:
    """Refund at Stripe what Saleor asked for, once per key; the reference that its outcome will be told under.

    `Refusal` where it is no payment of ours, `GatewayError` where Stripe will never do it.
    """
    payment = _payment_of(transaction_id)
    if payment is None:
        raise Refusal("There is no payment of ours for this transaction.", code="NOT_FOUND")
    row, is_new = _keep(payment, idempotency_key, amount_minor, now)
    if row.stripe_refund_id or row.told_as:
        return row.told_as or str(row.stripe_refund_id)
    try:
        return _make(row, stripe, look_first=not is_new, now=now)
    except GatewayError as error:
        if not error.retry:
            _give_up(row, error, now)
            raise
        return _put_off(row, now)


def _payment_of(transaction_id: str) -> Payment | None:
    """Known by Saleor's transaction, since the transaction's reference follows the last event on it."""
    paid = Payment.objects.filter(saleor_transaction_id=transaction_id, paid_at__isnull=False)
    return paid.exclude(payment_intent_id="").first()


@transaction.atomic
def _keep(payment: Payment, key: str, amount_minor: int, now: datetime) -> tuple[PaymentRefund, bool]:
    """What is to be asked of Stripe, with its mark: should we die before Stripe answers, a worker asks it."""
    row, is_new = PaymentRefund.objects.get_or_create(
        idempotency_key=key, defaults={"payment": payment, "amount_minor": amount_minor, "asked_at": now}
    )
    if is_new:
        mark(Mark.Kind.REFUND_REQUEST, key, now)
    return row, is_new


@transaction.atomic
def hear_requests(remote: SaleorOrder, *, now: datetime) -> None:
    """Take in refunds that Saleor asked for and of which we never heard: its worker died, or its message got lost.

    They are kept with their mark; a worker asks Stripe for them (`retry_refund`).
    """
    for transaction_at_saleor in remote.transactions:
        for request in transaction_at_saleor.unanswered:
            if now - request.asked_at < HEARING:
                continue
            payment = _payment_of(transaction_at_saleor.id)
            if payment is None:
                continue
            _row, is_new = _keep(payment, request.key, request.amount_minor, now)
            if is_new:
                soon(Mark.Kind.REFUND_REQUEST, request.key)


@transaction.atomic
def _put_off(row: PaymentRefund, now: datetime) -> str:
    """Stripe is away: Saleor is answered with a name of ours, and a worker goes on asking.

    Saleor itself would ask again with an empty body, take our complaint about that for a failure, and let the same
    money be asked back once more although Stripe may have paid.
    """
    told_as = _own_name(row)
    PaymentRefund.objects.filter(pk=row.pk).update(told_as=told_as)
    mark(Mark.Kind.REFUND_REQUEST, row.idempotency_key, now)
    soon(Mark.Kind.REFUND_REQUEST, row.idempotency_key)
    return told_as


def _own_name(row: PaymentRefund) -> str:
    """What a refund is called to Saleor as long as Stripe has no name for it."""
    return f"asked_{row.pk}"


def retry_refund(key: str, saleor: Saleor, stripe: Stripe, *, now: datetime) -> None:
    """Ask Stripe for a refund that was put off or never asked; `GatewayError` while it is away."""
    row = PaymentRefund.objects.select_related("payment").get(idempotency_key=key)
    if row.stripe_refund_id or row.state == PaymentRefund.State.FAILED:
        return
    try:
        _make(row, stripe, look_first=True, now=now)
    except GatewayError as error:
        if error.retry:
            raise
        _give_up(row, error, now)
        payment = row.payment
        saleor.report(
            payment.saleor_transaction_id,
            "REFUND_FAILURE",
            row.told_as or _own_name(row),
            row.amount_minor,
            payment.currency,
            at=now,
            message=str(error)[:500],
        )


def _make(row: PaymentRefund, stripe: Stripe, *, look_first: bool, now: datetime) -> str:
    """Have Stripe refund, and follow what it does; Stripe's id."""
    try:
        made = _ask(row, row.payment, stripe, look_first=look_first)
    except GatewayError as error:
        if is_kept(error):
            PaymentRefund.objects.filter(pk=row.pk, attempt=row.attempt).update(attempt=row.attempt + 1)
        raise
    with transaction.atomic():
        _follow(row, made.id)
        mark(Mark.Kind.REFUND, made.id, now)
        soon(Mark.Kind.REFUND, made.id)
    return made.id


def _give_up(row: PaymentRefund, error: GatewayError, now: datetime) -> None:
    PaymentRefund.objects.filter(pk=row.pk).update(state=PaymentRefund.State.FAILED)
    raise_issue(OpenIssue.Kind.REFUND_FAILED, row.payment.reference, str(error), now)


def _ask(row: PaymentRefund, payment: Payment, stripe: Stripe, *, look_first: bool) -> Refund:
    """The refund at Stripe: the one that an earlier try made without our hearing of it, or a new one."""
    intent_id, asked_by = payment.payment_intent_id, row.idempotency_key
    found = stripe.find_refund(payment_intent_id=intent_id, asked_by=asked_by) if look_first else None
    return found or stripe.create_refund(
        payment_intent_id=intent_id, amount_minor=row.amount_minor, asked_by=asked_by, attempt=row.attempt
    )


def settle_refund(refund_id: str, saleor: Saleor, stripe: Stripe, *, now: datetime) -> None:
    """Act on a refund as it stands at Stripe now; one made in Stripe's own dashboard is taken in as well."""
    refund = stripe.refund(refund_id)
    payment = Payment.objects.filter(payment_intent_id=refund.payment_intent_id).exclude(payment_intent_id="").first()
    if payment is None:
        return
    # One that Saleor asked for is known by its key, also when Stripe tells of it before it has answered us.
    key = refund.asked_by or f"stripe:{refund.id}"
    row, _made = PaymentRefund.objects.get_or_create(
        idempotency_key=key,
        defaults={"payment": payment, "amount_minor": refund.amount_minor, "asked_at": refund.made_at},
    )
    _follow(row, refund.id)
    if refund.status == "succeeded":
        _book(payment, refund, now)
        _report(row, payment, "REFUND_SUCCESS", refund, saleor, now)
        PaymentRefund.objects.filter(pk=row.pk).update(state=PaymentRefund.State.SUCCEEDED)
        resolve(OpenIssue.Kind.REFUND_FAILED, payment.reference, now)
        _close_if_all_went_back(payment, now)
        _look_at_order_again(payment, now)
    elif refund.status in ("failed", "canceled"):
        _unbook(payment, refund, now)
        _report(row, payment, "REFUND_FAILURE", refund, saleor, now)
        PaymentRefund.objects.filter(pk=row.pk).update(state=PaymentRefund.State.FAILED)
        message = _("Stripe kon de terugbetaling %(refund)s niet uitvoeren. De klant kreeg dit geld niet.")
        raise_issue(OpenIssue.Kind.REFUND_FAILED, payment.reference, message % {"refund": refund.id}, now)
        _look_at_order_again(payment, now)


def _follow(row: PaymentRefund, refund_id: str) -> None:
    """This refund at Stripe is what became of the request."""
    PaymentRefund.objects.filter(pk=row.pk, stripe_refund_id=None).update(
        stripe_refund_id=refund_id, state=PaymentRefund.State.PENDING
    )


@transaction.atomic
def _book(payment: Payment, refund: Refund, now: datetime) -> None:
    """Money left Stripe: the customer's of the order, or, as long as there is no order, what is still unallocated.

    Acceptance is locked, so that an order that takes the money over (`accept_order`) and this see each other.
    """
    lock_acceptance(payment.checkout_id)
    key = f"refund:{refund.id}:paid"
    if Entry.objects.filter(key=key).exists():
        return
    order_id = _order_that_took_it(payment)
    source = Account.CUSTOMER if order_id else Account.UNALLOCATED
    record(
        key,
        "refund_paid",
        [Move(source, Account.STRIPE, refund.amount_minor, order_id=order_id)],
        currency=refund.currency,
        happened_at=refund.made_at,
        now=now,
    )


def _order_that_took_it(payment: Payment) -> int | None:
    """The order whose customer this payment was booked for already."""
    for order in Order.objects.filter(checkout_id=payment.checkout_id):
        if Entry.objects.filter(key=receipt_key(order, payment)).exists():
            return order.pk
    return None


@transaction.atomic
def _unbook(payment: Payment, refund: Refund, now: datetime) -> None:
    """The customer's bank sent it back: what had left Stripe is there again, and is the customer's again."""
    lock_acceptance(payment.checkout_id)
    paid = Entry.objects.filter(key=f"refund:{refund.id}:paid").first()
    if paid is None:
        return
    reverse(paid, key=f"refund:{refund.id}:failed", happened_at=now, now=now)
    after = Payment.State.ORDERED if payment.saleor_order_id else Payment.State.RETURNING
    Payment.objects.filter(pk=payment.pk, state=Payment.State.REFUNDED).update(state=after)


@transaction.atomic
def _look_at_order_again(payment: Payment, now: datetime) -> None:
    """Saleor's order now says what was refunded; without its webhook we would only see it at the next sweep."""
    if payment.saleor_order_id:
        mark(Mark.Kind.ORDER, payment.saleor_order_id, now)
        soon(Mark.Kind.ORDER, payment.saleor_order_id)


def _report(row: PaymentRefund, payment: Payment, event: str, refund: Refund, saleor: Saleor, now: datetime) -> None:
    # Not when Stripe made it: Stripe counts in whole seconds, and Saleor believes the latest event. Told as of before
    # Saleor's own request, or at one time with a success that the bank undid, the outcome would be passed over.
    reference = row.told_as or refund.id
    saleor.report(payment.saleor_transaction_id, event, reference, refund.amount_minor, refund.currency, at=now)
    PaymentRefund.objects.filter(pk=row.pk).update(reported_at=now)


def _close_if_all_went_back(payment: Payment, now: datetime) -> None:
    rows = payment.refunds.filter(state=PaymentRefund.State.SUCCEEDED).values_list("amount_minor", flat=True)
    if sum(rows) >= payment.amount_minor:
        Payment.objects.filter(pk=payment.pk).update(state=Payment.State.REFUNDED)
        resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, now)
