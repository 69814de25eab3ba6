"""Saleor asks for a refund, Stripe pays it, and both the ledger and Saleor hear how it went."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.accept_order import receipt_key
from fulfilment.flows.dispatch import look_at, soon
from fulfilment.flows.refund_by_bank import goes_by_bank
from fulfilment.flows.return_payment import tell_who_paid
from fulfilment.flows.watch_failures import look_at_failures
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.values import PaidCheckout, SaleorOrder
from fulfilment.gateways.stripe.api import Stripe, is_kept
from fulfilment.gateways.stripe.values import Refund
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record, reverse
from fulfilment.ledger.models import Entry
from fulfilment.life import move
from fulfilment.money import written
from fulfilment.orders.locks import lock_acceptance, lock_order
from fulfilment.orders.models import Order
from fulfilment.outside import NOTHING_IN_IT, REFUSED_BEFORE, in_words
from fulfilment.payments.models import Payment, PaymentRefund

_REFUSED = gettext_lazy("Stripe weigert om %(amount)s terug te betalen. De klant kreeg dit geld niet. %(why)s")
_NO_BALANCE = gettext_lazy(
    "Stripe betaalde %(amount)s niet terug: er stond niet genoeg geld op onze rekening bij Stripe. Probeer het opnieuw "
    "zodra er weer betalingen binnenkwamen. De klant kreeg dit geld niet."
)

HEARING = timedelta(minutes=2)
"""How long a request of Saleor's may be on its way to us."""


def start_refund(
    stripe: Stripe, *, transaction_id: str, idempotency_key: str, amount_minor: int, now: datetime, granted_id: str = ""
) -> str:
    """Refund at Stripe what Saleor asked for, once per key; the reference that its outcome will be told under.

    `granted_id` is Saleor's grant, where it is for one. `Refusal` where it is no payment of ours, or is paid by bank;
    `GatewayError` where Stripe will never do it.
    """
    payment = _payment_of(transaction_id)
    if payment is None:
        raise Refusal("There is no payment of ours for this transaction.", code="NOT_FOUND")
    if amount_minor <= 0:  # as Saleor asks of a payment that banks took more of than was left
        raise GatewayError("There is nothing in this to give back.", retry=False, code=NOTHING_IN_IT, at="Stripe")
    row, is_new = _keep_asked(payment, idempotency_key, amount_minor, granted_id, now)
    if row.stripe_refund_id or row.told_as:
        return row.told_as or str(row.stripe_refund_id)
    if row.state == PaymentRefund.State.FAILED:
        raise GatewayError("Stripe refused this refund before.", retry=False, code=REFUSED_BEFORE, at="Stripe")
    try:
        return _make(row, stripe, look_first=not is_new, now=now)
    except GatewayError as error:
        if not error.retry:
            _give_up(row, error, now, reported_at=now)  # our answer tells Saleor
            raise
        return _put_off(row, now)


def _payment_of(transaction_id: str) -> Payment | None:
    """Known by Saleor's transaction, since the transaction's reference follows the last event on it."""
    paid = Payment.objects.filter(saleor_transaction_id=transaction_id, paid_at__isnull=False)
    return paid.exclude(payment_intent_id="").first()


@transaction.atomic
def _keep_asked(payment: Payment, key: str, amount: int, granted_id: str, now: datetime) -> tuple[PaymentRefund, bool]:
    """As `_keep`; `Refusal` for a grant that goes by bank. Who puts it on that way holds the order too."""
    if granted_id:
        order = _order_of(payment)
        if order is not None and goes_by_bank(lock_order(pk=order.pk), granted_id=granted_id):
            raise Refusal("This refund is paid by bank transfer.", code="BY_BANK")
    return _keep(payment, key, amount, now)


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
def hear_requests(remote: SaleorOrder | PaidCheckout, *, now: datetime) -> None:
    """Take in refunds that Saleor asked for and of which we never heard: its worker died, or its message got lost.

    They are kept with their mark; a worker asks Stripe for them (`retry_refund`).
    """
    for transaction_at_saleor in remote.transactions:
        for request in transaction_at_saleor.unanswered:
            if now - request.asked_at < HEARING or request.amount_minor <= 0:
                continue
            payment = _payment_of(transaction_at_saleor.id)
            if payment is None or _is_for_the_bank(remote, request.amount_minor):
                continue
            _row, is_new = _keep(payment, request.key, request.amount_minor, now)
            if is_new:
                soon(Mark.Kind.REFUND_REQUEST, request.key)


def _is_for_the_bank(remote: SaleorOrder | PaidCheckout, amount: int) -> bool:
    """Whether money that somebody asked for in Saleor meanwhile goes by bank: the request names no grant."""
    order = Order.objects.filter(saleor_id=remote.id).first() if isinstance(remote, SaleorOrder) else None
    return order is not None and goes_by_bank(order, amount=amount)


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
    """Ask Stripe for a refund that was put off or never asked; `GatewayError` while it is away.

    That Stripe will never do it is told to Saleor, which waits for an answer.
    """
    row = PaymentRefund.objects.select_related("payment").get(idempotency_key=key)
    if row.state == PaymentRefund.State.ASKED:
        try:
            _make(row, stripe, look_first=True, now=now)
        except GatewayError as error:
            if error.retry:
                raise
            _give_up(row, error, now)
    if row.state == PaymentRefund.State.FAILED and not row.stripe_refund_id and row.reported_at is None:
        _report(row, saleor, now)


def _make(row: PaymentRefund, stripe: Stripe, *, look_first: bool, now: datetime) -> str:
    """Have Stripe refund, and follow what it does; Stripe's id."""
    try:
        made = _ask(row, row.payment, stripe, look_first=look_first)
    except GatewayError as error:
        if is_kept(error):
            PaymentRefund.objects.filter(pk=row.pk, attempt=row.attempt).update(attempt=row.attempt + 1)
        raise
    with transaction.atomic():
        _follow(row, made.id, now)
        mark(Mark.Kind.REFUND, made.id, now)
        soon(Mark.Kind.REFUND, made.id)
    return made.id


@transaction.atomic
def _give_up(row: PaymentRefund, error: GatewayError, now: datetime, *, reported_at: datetime | None = None) -> None:
    if move(row, "refuse", now=now, note=in_words(error), reported_at=reported_at):
        _mark_order(row.payment, now)
        amount = written(row.amount_minor, row.payment.currency)
        message = _NO_BALANCE if error.code == "balance_insufficient" else _REFUSED
        told = _named(row.payment) + message % {"amount": amount, "why": in_words(error)}
        raise_issue(OpenIssue.Kind.REFUND_FAILED, row.payment.reference, told, now)
        _end_promise(row.payment, now)


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
    row = _row_of(refund, payment, now)
    if refund.status == "succeeded":
        _succeed(row, payment, refund, now)
    elif refund.status in ("failed", "canceled"):
        _fail(row, payment, refund, now)
    if row.state in (PaymentRefund.State.SUCCEEDED, PaymentRefund.State.FAILED) and row.reported_at is None:
        _report(row, saleor, now)
    if row.state != PaymentRefund.State.FAILED:
        tell_who_paid(payment, saleor, now=now)


def _row_of(refund: Refund, payment: Payment, now: datetime) -> PaymentRefund:
    """Our row of a refund at Stripe. One that Saleor asked for is known by its key, also before Stripe has answered us.

    One that no request of ours stands for, or a second one for the same request, is money that left as well.
    """
    key = refund.asked_by or f"stripe:{refund.id}"
    given = {"payment": payment, "amount_minor": refund.amount_minor, "asked_at": refund.made_at}
    row, _made = PaymentRefund.objects.get_or_create(idempotency_key=key, defaults=given)
    _follow(row, refund.id, now)
    if row.stripe_refund_id != refund.id:
        row, _made = PaymentRefund.objects.get_or_create(idempotency_key=f"stripe:{refund.id}", defaults=given)
        _follow(row, refund.id, now)
    return row


def _follow(row: PaymentRefund, refund_id: str, now: datetime) -> None:
    """This refund at Stripe is what became of the request."""
    if not row.stripe_refund_id:
        move(row, "accept", now=now, stripe_refund_id=refund_id, reported_at=None)
        row.refresh_from_db()


@transaction.atomic
def _succeed(row: PaymentRefund, payment: Payment, refund: Refund, now: datetime) -> None:
    """The money left for the customer. Told by Stripe again, or after it failed, it is passed over."""
    lock_acceptance(payment.checkout_id)
    if not move(row, "succeed", now=now):
        return
    _book(row, payment, refund, now)
    _mark_order(payment, now)
    _end_failure(payment, now)
    back = payment.refunds.filter(state=PaymentRefund.State.SUCCEEDED).values_list("amount_minor", flat=True)
    if sum(back) >= payment.amount_minor and move(payment, "empty", now=now):
        resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, now)


def _end_failure(payment: Payment, now: datetime) -> None:
    """One refund of a payment succeeded: where its order has none that failed, there is nothing to look at any more."""
    order = _order_of(payment)
    if order is not None:
        look_at_failures(order, now=now)
    else:
        resolve(OpenIssue.Kind.REFUND_FAILED, payment.reference, now)


@transaction.atomic
def _fail(row: PaymentRefund, payment: Payment, refund: Refund, now: datetime) -> None:
    """It did not reach the customer, or their bank sent it back: they wait for money, and somebody must look."""
    lock_acceptance(payment.checkout_id)
    if not move(row, "fail", now=now, reported_at=None):
        return
    _unbook(payment, refund, now)
    _mark_order(payment, now)
    message = _("Stripe kon %(amount)s niet terugbetalen (%(refund)s). De klant kreeg dit geld niet.")
    told = message % {"amount": written(row.amount_minor, payment.currency), "refund": refund.id}
    raise_issue(OpenIssue.Kind.REFUND_FAILED, payment.reference, _named(payment) + told, now)
    _end_promise(payment, now)


def _end_promise(payment: Payment, now: datetime) -> None:
    """That money without an order goes back by itself is no longer true: what failed is what stands on the list."""
    if not payment.saleor_order_id:
        resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, now)


def _book(row: PaymentRefund, payment: Payment, refund: Refund, now: datetime) -> None:
    """Money left Stripe: the customer's of the order, or, as long as there is no order, what is still unallocated.

    So is a payment of which all was asked back before the order was placed: the order never took it over.

    The caller holds acceptance, so that an order that takes the money over (`accept_order`) and this see each other.
    """
    key = f"refund:{refund.id}:paid"
    if Entry.objects.filter(key=key).exists():
        return
    order_id = _order_that_took(payment)
    source = Account.CUSTOMER if order_id else Account.UNALLOCATED
    record(
        key,
        "refund_paid",
        [Move(source, Account.STRIPE, refund.amount_minor, order_id=order_id)],
        currency=refund.currency,
        happened_at=refund.made_at,
        now=now,
    )


def _order_that_took(payment: Payment) -> int | None:
    """The order whose customer this money was booked for already."""
    for order in Order.objects.filter(checkout_id=payment.checkout_id):
        if Entry.objects.filter(key=receipt_key(order, payment)).exists():
            return order.pk
    return None


def _unbook(payment: Payment, refund: Refund, now: datetime) -> None:
    """What had left Stripe is there again, and is the customer's again."""
    paid = Entry.objects.filter(key=f"refund:{refund.id}:paid").first()
    if paid is None:
        return
    reverse(paid, key=f"refund:{refund.id}:failed", happened_at=now, now=now)
    move(payment, "fill_order" if payment.saleor_order_id else "fill", now=now)


def _order_of(payment: Payment) -> Order | None:
    """The order that took a payment over."""
    return Order.objects.filter(saleor_id=payment.saleor_order_id).first() if payment.saleor_order_id else None


def _named(payment: Payment) -> str:
    """How a message about a payment begins: with its order, where it has one."""
    order = _order_of(payment)
    return _("Bestelling %(number)s: ") % {"number": order.number} if order else ""


def _mark_order(payment: Payment, now: datetime) -> None:
    """What went back of a payment changes its order."""
    if payment.saleor_order_id:
        look_at(Mark.Kind.ORDER, payment.saleor_order_id, now)


def _report(row: PaymentRefund, saleor: Saleor, now: datetime) -> None:
    """Tell Saleor how it ended, and that we told it."""
    payment, has_failed = row.payment, row.state == PaymentRefund.State.FAILED
    # Not when Stripe made it: Stripe counts in whole seconds, and Saleor believes the latest event. Told as of before
    # Saleor's own request, or at one time with a success that the bank undid, the outcome would be passed over.
    saleor.report(
        payment.saleor_transaction_id,
        "REFUND_FAILURE" if has_failed else "REFUND_SUCCESS",
        row.told_as or row.stripe_refund_id or _own_name(row),
        row.amount_minor,
        payment.currency,
        at=now,
        message=row.steps.values_list("note", flat=True).last() or "" if has_failed else "",
    )
    with transaction.atomic():
        PaymentRefund.objects.filter(pk=row.pk).update(reported_at=now)
        # Saleor's order now says it too; without its webhook we would only see it at the next sweep.
        _mark_order(payment, now)
        if payment.saleor_order_id:
            soon(Mark.Kind.ORDER, payment.saleor_order_id)
