"""The order is read from Saleor and kept as it was bought; the money paid for it is booked as its customer's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment.flows.dispatch import look_at
from fulfilment.flows.receive_outside import watch_outside
from fulfilment.gateways.saleor.values import SaleorOrder, SaleorTransaction
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, net
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry, Posting
from fulfilment.life import move
from fulfilment.money import written
from fulfilment.orders.locks import lock_acceptance
from fulfilment.orders.models import WORDS_LENGTH, WORDS_LINES, Funder, Line, Order, Recipient
from fulfilment.orders.write import keep
from fulfilment.payments.models import Dispute, Payment, PaymentRefund
from fulfilment.payouts.models import PAYOUT_PREFIX

ENDS = ("paid", "failed")
"""How the keys of a refund's entries end."""

LEAVING = (Payment.State.RETURNING, Payment.State.REFUNDED)
"""States of a payment whose money is given back, or was: no order is made of it here, but Saleor may have."""

NOT_YET_ORDERS = {"DRAFT", "UNCONFIRMED", "EXPIRED"}


@dataclass(frozen=True)
class Receipt:
    """A payment of an order's checkout. `before` is what of it was asked back before the order was placed.

    Where that is all of it, it is none of the order's: a basket can be paid, given back, and paid again. Of which only
    a part was asked back by then, that is the payment that Saleor made the order of: all of it came in for the order,
    and what went back, whenever that was, went back of the order.
    """

    payment: Payment
    before: int
    gave_back: bool
    was_disputed: bool

    @property
    def amount(self) -> int:
        is_the_orders = self.payment.paid_at is not None and self.before < self.payment.amount_minor
        return self.payment.amount_minor if is_the_orders else 0


@dataclass(frozen=True)
class Accepted:
    """An order that is locked until the transaction ends, its lines, and whether it is seen for the first time.

    `charged_at` is when Stripe took the money; None where none came through our app.
    """

    order: Order
    lines: list[Line]
    is_new: bool
    charged_at: datetime | None = None


@transaction.atomic(savepoint=False)
def accept_order(remote: SaleorOrder, *, now: datetime) -> Accepted | None:
    """Keep the order, or bring what may change of it up to date; None for what is no order yet.

    Lines and prices are those of the first time: what was bought does not change afterwards.
    """
    if remote.status in NOT_YET_ORDERS:
        return None
    lock_acceptance(remote.checkout_id, remote.id)
    # Written as SQL: composing this query takes longer than asking it, and every order passes here.
    known = Order.objects.raw("SELECT * FROM orders_order WHERE saleor_id = %s FOR UPDATE", [remote.id])
    order = next(iter(known), None)
    was_paid = order is not None and order.paid_at is not None
    is_new = order is None
    receipts = _receipts(remote)
    is_paid = _is_paid(remote, receipts)
    if order is None:
        order, lines = _keep(remote, receipts, now, is_paid=is_paid)
    else:
        _update(order, remote, now, is_paid=is_paid)
        lines = list(order.lines.all())
    if order.paid_at is not None:
        _book_receipts(order, [receipt for receipt in receipts if receipt.payment.paid_at], now, first=not was_paid)
    if order.cancelled_at and remote.charged_minor > 0:
        message = _("Bestelling %(number)s is geannuleerd in Saleor, maar niet terugbetaald.") % {
            "number": order.number
        }
        raise_issue(OpenIssue.Kind.CANCELLED_NOT_REFUNDED, order.number, message, now)
    charged = [receipt.payment.paid_at for receipt in receipts if receipt.payment.paid_at]
    return Accepted(order, lines, is_new, max(charged, default=None))


def outside(remote: SaleorOrder, ours: Iterable[Payment]) -> list[SaleorTransaction]:
    """Saleor's transactions on an order that are none of ours: of our payment app, or telling of what our bank paid."""
    known = {payment.saleor_transaction_id for payment in ours}
    others = [found for found in remote.transactions if found.id not in known]
    return [found for found in others if not found.psp_reference.startswith(PAYOUT_PREFIX)]


def _is_paid(remote: SaleorOrder, receipts: Sequence[Receipt]) -> bool:
    """Whether all of it came in, also when some was given back since."""
    others = outside(remote, [receipt.payment for receipt in receipts])
    came = sum(found.charged_minor + found.refunded_minor + found.refund_pending_minor for found in others)
    return came + sum(receipt.amount for receipt in receipts) >= remote.total_gross_minor


def _keep(
    remote: SaleorOrder, receipts: Sequence[Receipt], now: datetime, *, is_paid: bool
) -> tuple[Order, list[Line]]:
    order = Order(
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
        pickup_name=remote.pickup.name[:255] if remote.pickup else "",
        pickup_hours=remote.pickup.hours[:255] if remote.pickup else "",
        outside_refunded_minor=sum(
            found.refunded_minor for found in outside(remote, [receipt.payment for receipt in receipts])
        ),
        placed_at=remote.placed_at,
        changed_at=remote.changed_at,
        accepted_at=now,
        paid_at=now if is_paid else None,
        cancelled_at=now if remote.status == "CANCELED" else None,
    )
    lines = [
        Line(
            position=position,
            saleor_id=line.id,
            product_code=line.product_code,
            product_name=line.product_name,
            variant_name=line.variant_name,
            translated_product_name=line.translated_product_name,
            translated_variant_name=line.translated_variant_name,
            sku=line.sku,
            quantity=line.quantity,
            gross_minor=line.gross_minor,
            net_minor=line.net_minor,
            undiscounted_gross_minor=line.undiscounted_gross_minor,
            undiscounted_net_minor=line.undiscounted_net_minor,
            voucher_net_minor=line.voucher_net_minor,
            promotion_gross_minor=line.promotion_gross_minor,
            tax_basis_points=line.tax_basis_points,
        )
        for position, line in enumerate(remote.lines)
    ]
    keep(order, _recipient(remote), lines)
    return order, lines


def _recipient(remote: SaleorOrder) -> Recipient | None:
    address = remote.address
    if address is None:
        return None
    return Recipient(
        email=remote.email,
        name=address.name,
        company=address.company,
        street=address.street,
        street_extra=address.street_extra,
        postal_code=address.postal_code,
        city=address.city,
        area=address.area,
        country=address.country,
        phone=address.phone,
        **_buyer(remote),
        gift_message=_as_long_as_kept(remote.gift_message),
        customer_note=_as_long_as_kept(remote.note),
    )


def _buyer(remote: SaleorOrder) -> dict[str, str]:
    """Who its invoice goes to, as it is kept."""
    buyer = remote.buyer
    if buyer is None:
        return {}
    return {
        "buyer_name": buyer.name,
        "buyer_company": buyer.company,
        "buyer_street": buyer.street,
        "buyer_street_extra": buyer.street_extra,
        "buyer_postal_code": buyer.postal_code,
        "buyer_city": buyer.city,
        "buyer_area": buyer.area,
        "buyer_country": buyer.country,
    }


def _as_long_as_kept(words: str) -> str:
    """As much of it as is kept; our shop takes no more."""
    lines = words[:WORDS_LENGTH].split("\n")
    return "\n".join(lines[:WORDS_LINES]).strip()


def _voucher(remote: SaleorOrder) -> dict[str, str]:
    """The voucher as it is now: who funds it must not change with what staff write on it later."""
    voucher = remote.voucher
    if voucher is None:
        return {}
    funder = voucher.funded_by if voucher.funded_by in Funder.values else ""
    return {"voucher_code": voucher.code, "voucher_name": voucher.name, "voucher_funded_by": funder}


def _update(order: Order, remote: SaleorOrder, now: datetime, *, is_paid: bool) -> None:
    found = {
        "changed_at": remote.changed_at,
        "paid_at": order.paid_at or (now if is_paid else None),
        "cancelled_at": order.cancelled_at or (now if remote.status == "CANCELED" else None),
    }
    changed = {name: value for name, value in found.items() if getattr(order, name) != value}
    for name, value in changed.items():
        setattr(order, name, value)
    if changed:
        order.save(update_fields=list(changed))
        _learn_buyer(order, remote)


def _learn_buyer(order: Order, remote: SaleorOrder) -> None:
    """Keep who bought an order that was taken in before that was kept; whoever is known, or forgotten, stays so."""
    if remote.buyer is not None:
        Recipient.objects.filter(order=order, purged_at=None, buyer_country="").update(**_buyer(remote))


def receipt_key(order: Order, payment: Payment) -> str:
    """The key of the entry that gives a payment to the customer of an order."""
    return f"order:{order.public_id}:receipt:{payment.payment_intent_id}"


def transferred_key(payment: Payment) -> str:
    """The key of the entry that says that a payment without an order was transferred back (`transfer_by_hand`)."""
    return f"payment:{payment.payment_intent_id}:transferred"


def _book_receipts(order: Order, receipts: Sequence[Receipt], now: datetime, *, first: bool) -> None:
    """Move what our payment app received for this checkout to the customer; what came another way is receivable.

    Acceptance is locked, as it is when money goes back (`settle_refund`): that is taken from where the money stands.
    """
    received = sum(receipt.amount for receipt in receipts)
    paid_elsewhere = received < order.total_gross_minor
    booked: set[str] = set()
    if not first:
        keys = [receipt_key(order, receipt.payment) for receipt in receipts]
        booked = set(Entry.objects.filter(key__in=keys).values_list("key", flat=True))
    for receipt in receipts:
        if receipt_key(order, receipt.payment) not in booked:
            _book_receipt(order, receipt, now, first=first)
    if first and paid_elsewhere:
        record(
            f"order:{order.public_id}:receivable",
            "order_receivable",
            [Move(Account.RECEIVABLE, Account.CUSTOMER, order.total_gross_minor - received, order_id=order.pk)],
            currency=order.currency,
            happened_at=order.placed_at,
            now=now,
        )
    if paid_elsewhere or (not first and len(booked) < len(receipts)):
        watch_outside(order, now)
    if received > order.total_gross_minor:
        _watch_surplus(order, receipts, received, now)


def _receipts(remote: SaleorOrder) -> list[Receipt]:
    """The payments of an order's checkout through our app, also those that came to nothing."""
    if not remote.checkout_id:
        return []
    found = Payment.objects.raw(
        "SELECT p.*, r.gave_back, COALESCE(r.before, 0) AS before, "
        "EXISTS (SELECT FROM payments_dispute d WHERE d.payment_id = p.id) AS was_disputed "
        "FROM payments_payment p LEFT JOIN LATERAL ("
        "SELECT TRUE AS gave_back, SUM(amount_minor) FILTER (WHERE asked_at < %s AND state <> 'failed') AS before "
        "FROM payments_paymentrefund WHERE payment_id = p.id HAVING COUNT(*) > 0) r ON TRUE "
        "WHERE p.checkout_id = %s ORDER BY p.id",
        [remote.placed_at, remote.checkout_id],
    )
    return [
        Receipt(one, int(vars(one)["before"]), bool(vars(one)["gave_back"]), bool(vars(one)["was_disputed"]))
        for one in found
    ]


def _book_receipt(order: Order, receipt: Receipt, now: datetime, *, first: bool) -> None:
    """A payment is the customer's; one that comes late settles what was still to be received.

    What went back of it before we saw the order was paid from where it then stood.
    """
    gone = _given_back(receipt.payment) if receipt.gave_back and receipt.amount else 0
    owed = 0 if first else max(-balance(Account.RECEIVABLE, order_id=order.pk), 0)
    settled = min(receipt.amount, owed)
    record(
        receipt_key(order, receipt.payment),
        "order_paid",
        [
            Move(Account.UNALLOCATED, Account.RECEIVABLE, settled, order_id=order.pk),
            Move(Account.UNALLOCATED, Account.CUSTOMER, receipt.amount - settled, order_id=order.pk),
            Move(Account.CUSTOMER, Account.UNALLOCATED, gone, order_id=order.pk),
        ],
        currency=order.currency,
        happened_at=receipt.payment.paid_at or now,
        now=now,
    )
    if receipt.amount and receipt.payment.state in LEAVING and not receipt.payment.saleor_order_id:
        join(receipt.payment, order.saleor_id, now)  # nobody else will: its checkout is gone
    if receipt.was_disputed:
        # What was lost while no order had taken it over is this order's now.
        for dispute in Dispute.objects.filter(payment=receipt.payment):
            look_at(Mark.Kind.DISPUTE, dispute.stripe_dispute_id, now)


def join(payment: Payment, order_id: str, now: datetime) -> None:
    """Saleor made this order (its id) of the checkout that a payment is for."""
    if not move(payment, "order", now=now, saleor_order_id=order_id, because=""):
        # Its money went back in the meantime; that order is looked at all the same.
        Payment.objects.filter(pk=payment.pk).update(saleor_order_id=order_id)
    resolve(OpenIssue.Kind.PAID_WITHOUT_ORDER, payment.reference, now)


def _given_back(payment: Payment) -> int:
    """What of an order's money went back while no order had taken it over, less what the bank returned."""
    known = payment.refunds.exclude(stripe_refund_id=None)
    keys = [f"refund:{refund}:{end}" for refund in known.values_list("stripe_refund_id", flat=True) for end in ENDS]
    keys.append(transferred_key(payment))
    return -net(Account.UNALLOCATED, Posting.objects.filter(entry__key__in=keys))


def _watch_surplus(order: Order, receipts: Sequence[Receipt], received: int, now: datetime) -> None:
    """More came in than the order costs: somebody gives it back, and then it is settled."""
    payments = [receipt.payment for receipt in receipts if receipt.amount]
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
