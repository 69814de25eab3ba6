"""The order is read from Saleor and kept as it was bought; the money paid for it is booked as its customer's."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment.gateways.saleor.values import SaleorOrder
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, net
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry, Posting
from fulfilment.money import written
from fulfilment.orders.locks import lock_acceptance
from fulfilment.orders.models import Funder, Line, Order, Recipient
from fulfilment.payments.models import Payment, PaymentRefund

NOT_YET_ORDERS = {"DRAFT", "UNCONFIRMED", "EXPIRED"}


@dataclass(frozen=True)
class Accepted:
    """An order that is locked until the transaction ends, its lines, and whether it is seen for the first time."""

    order: Order
    lines: list[Line]
    is_new: bool


@transaction.atomic(savepoint=False)
def accept_order(remote: SaleorOrder, *, now: datetime) -> Accepted | None:
    """Keep the order, or bring what may change of it up to date; None for what is no order yet.

    Lines and prices are those of the first time: what was bought does not change afterwards.
    """
    if remote.status in NOT_YET_ORDERS:
        return None
    lock_acceptance(remote.checkout_id, remote.id)
    order = Order.objects.select_for_update().filter(saleor_id=remote.id).first()
    was_paid = order is not None and order.paid_at is not None
    is_new = order is None
    if order is None:
        order, lines = _keep(remote, now)
    else:
        _update(order, remote, now)
        lines = list(order.lines.all())
    if order.paid_at is not None:
        _book_receipts(order, now, first=not was_paid)
    if order.cancelled_at and remote.charged_minor > 0:
        message = _("Bestelling %(number)s is geannuleerd in Saleor, maar niet terugbetaald.") % {
            "number": order.number
        }
        raise_issue(OpenIssue.Kind.CANCELLED_NOT_REFUNDED, order.number, message, now)
    return Accepted(order, lines, is_new)


def _keep(remote: SaleorOrder, now: datetime) -> tuple[Order, list[Line]]:
    order = Order.objects.create(
        saleor_id=remote.id,
        checkout_id=remote.checkout_id,
        number=remote.number,
        channel=remote.channel,
        language=remote.language,
        currency=remote.currency,
        total_gross_minor=remote.total_gross_minor,
        shipping_gross_minor=remote.shipping_gross_minor,
        shipping_net_minor=remote.shipping_net_minor,
        shipping_tax_basis_points=remote.shipping_tax_basis_points,
        undiscounted_shipping_net_minor=remote.undiscounted_shipping_net_minor,
        **_voucher(remote),
        charged_minor=remote.charged_minor,
        refunded_minor=remote.refunded_minor,
        placed_at=remote.placed_at,
        changed_at=remote.changed_at,
        accepted_at=now,
        paid_at=now if remote.is_paid else None,
        cancelled_at=now if remote.status == "CANCELED" else None,
    )
    address = remote.address
    if address is not None:
        Recipient.objects.create(
            order=order,
            email=remote.email,
            name=address.name,
            company=address.company,
            street=address.street,
            street_extra=address.street_extra,
            postal_code=address.postal_code,
            city=address.city,
            country=address.country,
            phone=address.phone,
        )
    lines = Line.objects.bulk_create(
        Line(
            order=order,
            position=position,
            saleor_id=line.id,
            product_code=line.product_code,
            product_name=line.product_name,
            variant_name=line.variant_name,
            sku=line.sku,
            quantity=line.quantity,
            gross_minor=line.gross_minor,
            net_minor=line.net_minor,
            undiscounted_gross_minor=line.undiscounted_gross_minor,
            undiscounted_net_minor=line.undiscounted_net_minor,
            voucher_net_minor=line.voucher_net_minor,
            tax_basis_points=line.tax_basis_points,
        )
        for position, line in enumerate(remote.lines)
    )
    return order, lines


def _voucher(remote: SaleorOrder) -> dict[str, str]:
    """The voucher as it is now: who funds it must not change with what staff write on it later."""
    voucher = remote.voucher
    if voucher is None:
        return {}
    funder = voucher.funded_by if voucher.funded_by in Funder.values else ""
    return {"voucher_code": voucher.code, "voucher_name": voucher.name, "voucher_funded_by": funder}


def _update(order: Order, remote: SaleorOrder, now: datetime) -> None:
    found = {
        "changed_at": remote.changed_at,
        "charged_minor": remote.charged_minor,
        "refunded_minor": remote.refunded_minor,
        "paid_at": order.paid_at or (now if remote.is_paid else None),
        "cancelled_at": order.cancelled_at or (now if remote.status == "CANCELED" else None),
    }
    changed = {name: value for name, value in found.items() if getattr(order, name) != value}
    for name, value in changed.items():
        setattr(order, name, value)
    if changed:
        order.save(update_fields=list(changed))


def receipt_key(order: Order, payment: Payment) -> str:
    """The key of the entry that gives a payment to the customer of an order."""
    return f"order:{order.public_id}:receipt:{payment.payment_intent_id}"


def _book_receipts(order: Order, now: datetime, *, first: bool) -> None:
    """Move what our payment app received for this checkout to the customer; what came another way is receivable.

    Acceptance is locked, as it is when money goes back (`settle_refund`): that is taken from where the money stands.
    """
    payments = _payments(order)
    received = sum(payment.amount_minor for payment, _gave_back in payments)
    booked: set[str] = set()
    if not first:
        keys = [receipt_key(order, payment) for payment, _gave_back in payments]
        booked = set(Entry.objects.filter(key__in=keys).values_list("key", flat=True))
    for payment, gave_back in payments:
        if receipt_key(order, payment) not in booked:
            _book_receipt(order, payment, now, first=first, gave_back=gave_back)
    if first and received < order.total_gross_minor:
        record(
            f"order:{order.public_id}:receivable",
            "order_receivable",
            [Move(Account.RECEIVABLE, Account.CUSTOMER, order.total_gross_minor - received, order_id=order.pk)],
            currency=order.currency,
            happened_at=order.placed_at,
            now=now,
        )
    if received > order.total_gross_minor:
        _watch_surplus(order, [payment for payment, _gave_back in payments], received, now)


def _payments(order: Order) -> list[tuple[Payment, bool]]:
    """The payments of an order's checkout that succeeded, each with whether money of it went back."""
    if not order.checkout_id:
        return []
    # Written as SQL: composing this query takes longer than asking it, and every order passes here.
    found = Payment.objects.raw(
        "SELECT p.*, EXISTS (SELECT 1 FROM payments_paymentrefund r WHERE r.payment_id = p.id) AS gave_back "
        "FROM payments_payment p WHERE p.checkout_id = %s AND p.paid_at IS NOT NULL ORDER BY p.id",
        [order.checkout_id],
    )
    return [(payment, vars(payment)["gave_back"]) for payment in found]


def _book_receipt(order: Order, payment: Payment, now: datetime, *, first: bool, gave_back: bool) -> None:
    """What is left of a payment is the customer's; a payment that comes late settles what was still to be received."""
    left = payment.amount_minor - (_given_back_before(payment) if gave_back else 0)
    owed = 0 if first else max(-balance(Account.RECEIVABLE, order_id=order.pk), 0)
    settled = min(left, owed)
    record(
        receipt_key(order, payment),
        "order_paid",
        [
            Move(Account.UNALLOCATED, Account.RECEIVABLE, settled, order_id=order.pk),
            Move(Account.UNALLOCATED, Account.CUSTOMER, left - settled, order_id=order.pk),
        ],
        currency=order.currency,
        happened_at=payment.paid_at or now,
        now=now,
    )


def _given_back_before(payment: Payment) -> int:
    """What went back to the payer while no order had taken the payment over, less what the bank returned."""
    refunds = payment.refunds.exclude(stripe_refund_id=None).values_list("stripe_refund_id", flat=True)
    keys = [f"refund:{refund}:{end}" for refund in refunds for end in ("paid", "failed")]
    return -net(Account.UNALLOCATED, Posting.objects.filter(entry__key__in=keys))


def _watch_surplus(order: Order, payments: list[Payment], received: int, now: datetime) -> None:
    """More came in than the order costs: somebody gives it back, and then it is settled."""
    back = PaymentRefund.objects.filter(payment__in=payments, state=PaymentRefund.State.SUCCEEDED)
    kept = received - (back.aggregate(total=Sum("amount_minor"))["total"] or 0)
    if kept <= order.total_gross_minor:
        resolve(OpenIssue.Kind.PAID_TWICE, order.number, now)
        return
    message = _("Bestelling %(number)s: %(received)s ontvangen in plaats van %(total)s. Betaal terug wat te veel is.")
    figures = {
        "number": order.number,
        "received": written(received, order.currency),
        "total": written(order.total_gross_minor, order.currency),
    }
    raise_issue(OpenIssue.Kind.PAID_TWICE, order.number, message % figures, now)
