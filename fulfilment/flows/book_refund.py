"""What went back of an order is booked: the shares of exactly what it was for are reversed.

That money went back is known from our own receipts and refunds (the ledger); what it was for, from the refund that was
asked here, or from what Saleor granted. What nobody said stands on the operator's list (`divide_refund`).
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment import life
from fulfilment.flows.accept_order import outside
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.follow_grants import follow_grants, how_far, own_refund
from fulfilment.flows.hear_returns import returned
from fulfilment.flows.plan_refund import limits, owed_to_customer
from fulfilment.flows.receive_outside import watch_outside
from fulfilment.flows.refund_by_bank import paid_elsewhere, stop_transfer
from fulfilment.flows.reverse_shares import OrderBooks, amounts_taken, books_of, everything, moves_back, units_taken
from fulfilment.flows.stop_work import stop_all, stop_work
from fulfilment.flows.tell_refund import gone_of_price, tell, tell_what_settled, untold, with_what_is_part_of_it
from fulfilment.flows.watch_failures import look_at_failures
from fulfilment.gateways.saleor.values import SaleorOrder
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Posting
from fulfilment.money import written
from fulfilment.orders.life import REFUND_UNPAID
from fulfilment.orders.locks import lock_order
from fulfilment.orders.models import Order, Refund, RefundLine
from fulfilment.orders.queries import (
    gross_left,
    refunded_units,
    refunds_under_way,
    remaining,
    rounding,
    shipping_is_refunded,
)
from fulfilment.payments.models import Payment
from fulfilment.payments.queries import is_going_back, is_withheld
from fulfilment.payouts.models import Payout
from fulfilment.revenue import reversal
from fulfilment.revenue.reversal import Bearer, Place


def book_refunds(order: Order, remote: SaleorOrder, *, now: datetime) -> bool:
    """Book all that went back of an order and is not booked yet, each once; and what bounced is no longer gone.

    Whether anything went, or came, back at all.
    """
    # Most orders need no transaction for this. Of a plain refund that bounced Saleor tells nothing any more.
    gone = remote.refunds or remote.refunded_minor or order.refunded_minor or _is_free_and_cancelled(order)
    if not gone and not returned(order, remote):
        return False
    follow_grants(order.pk, remote, now=now)
    _book_all(order.pk, remote, now)
    return True


@transaction.atomic
def _book_all(order_pk: int, remote: SaleorOrder, now: datetime) -> None:
    order = lock_order(pk=order_pk)
    _book_outside(order, remote, now)
    for granted in remote.refunds:
        refund = own_refund(order, granted)
        if refund is not None and how_far(granted)[0] == "SUCCESS" and life.move(refund, "pay", now=now):
            look_at_failures(order, now=now)
            _book_once(order, refund, now)
            if refund.account_asked_at is not None:
                stop_transfer(order, refund, now=now)
    other = paid_elsewhere(order)
    if other is not None and life.move(other, "cover", now=now, note=_("niet door onze bank")):
        _book_once(order, other, now)
        stop_transfer(order, other, now=now)
    if _is_free_and_cancelled(order):
        _book_free(order, now)
    books = _follow_books(order, now)
    if not books.is_given_back:
        tell_what_settled(order, books, now=now)
        _watch(order, books, now, is_settled=not _is_under_way(order, remote))


def look_again(order: Order, *, now: datetime) -> None:
    """What follows from the books of an order, where others than its own update moved its money. The caller holds it.

    What of it waits for a person a worker says, who asks Saleor how the order stands.
    """
    _follow_books(order, now)
    look_at(Mark.Kind.ORDER, order.saleor_id, now)


def _follow_books(order: Order, now: datetime) -> OrderBooks:
    books = books_of(order)
    if books.is_given_back:
        _book_rest(order, books, now)
    _remember(order, books)
    return books


def book_paid(order: Order, refund: Refund, payout: Payout, *, now: datetime) -> None:
    """Book a refund that the bank paid, the first time that it was paid, and tell the customer each time.

    The caller holds the order.
    """
    amount = refund.amount_minor
    if refund.booked_at is None:
        amount = with_what_is_part_of_it(order, refund, book(order, refund, now=now))
    tell(refund, amount, now=now, payout=payout)
    look_again(order, now=now)


def _book_outside(order: Order, remote: SaleorOrder, now: datetime) -> None:
    """What another app than ours, or staff by hand, gave back of what they had received."""
    ours = Payment.objects.filter(checkout_id=order.checkout_id).exclude(checkout_id="")
    gone = sum(found.refunded_minor for found in outside(remote, ours)) - order.outside_refunded_minor
    fresh = gone - _booked_outside(order)
    if fresh <= 0:
        return
    moves = [Move(Account.CUSTOMER, Account.RECEIVABLE, fresh, order_id=order.pk)]
    record(
        f"order:{order.public_id}:refunded_outside:{gone}",
        "refunded_outside",
        moves,
        currency=order.currency,
        happened_at=now,
        now=now,
    )
    watch_outside(order, now)


def _booked_outside(order: Order) -> int:
    rows = Posting.objects.filter(order=order, debit=Account.CUSTOMER, credit=Account.RECEIVABLE)
    return rows.aggregate(total=Sum("amount_minor"))["total"] or 0


def _book_once(order: Order, refund: Refund, now: datetime) -> None:
    """Book a refund that was paid, the first time that it was, and tell the customer."""
    if refund.booked_at is not None:
        return
    explained = book(order, refund, now=now)
    if refund.kind == Refund.Kind.UNSAID:
        told = _("Bestelling %(number)s: er ging %(amount)s terug in Saleor. Zeg of dat om verzonden stuks ging.")
        values = {"number": order.number, "amount": written(refund.amount_minor, order.currency)}
        raise_issue(OpenIssue.Kind.REFUND_UNCLEAR, order.number, told % values, now)
    tell(refund, with_what_is_part_of_it(order, refund, explained), now=now)


def book(order: Order, refund: Refund, *, now: datetime) -> int:
    """Reverse the shares of what a refund is for; cents between that and what was paid are rounding.

    What of the money that went back it explains, in minor units: also what went back plainly before, of the same
    prices. The caller holds the order.
    """
    lines = list(refund.lines.all())
    units = {row.line_id: row.quantity for row in lines if row.quantity}
    amounts: dict[int | None, int] = {row.line_id: row.amount_minor for row in lines}
    books = books_of(order)
    if units or refund.includes_shipping:
        gone = refunded_units(order)
        came_back = refund.kind == Refund.Kind.CAME_BACK
        taken = units_taken(
            order,
            books,
            units,
            amounts=amounts,
            shipping=refund.includes_shipping,
            gone=gone,
            came_back=came_back,
        )
    else:
        amounts |= {None: refund.shipping_minor} if refund.shipping_minor else {}
        taken = amounts_taken(order, books, amounts, Bearer(refund.bearer))
    worth = _note_worth(refund, lines, taken)
    difference = worth - refund.amount_minor
    if difference and abs(difference) <= rounding(order):
        cents = Place(reversal.CUSTOMER, Account.ROUNDING, None)
        taken = {**taken, cents: taken.get(cents, 0) - difference}
        worth = refund.amount_minor
    record(
        f"order:{order.public_id}:refund:{refund.name}",
        "order_refunded" if units or refund.includes_shipping else "refund_borne",
        moves_back(order, taken),
        currency=order.currency,
        happened_at=now,
        now=now,
        policy={"refund": refund.kind, "bearer": refund.bearer},
    )
    refund.booked_at = now
    refund.save(update_fields=["booked_at"])
    stop_work(order, now, late=refund.kind == Refund.Kind.NOT_WANTED)
    return worth


def _is_free_and_cancelled(order: Order) -> bool:
    """Whether nobody makes an order that cost nothing: nothing goes back, but somebody funded its shares."""
    return order.cancelled_at is not None and order.total_gross_minor == 0


def _book_free(order: Order, now: datetime) -> None:
    """Take back what stands of a free order that was cancelled, but for what left its workshop before."""
    found = limits(order)
    units = {pk: count for pk, count in found.open.items() if count}
    if not units:
        return
    refund = Refund.objects.create(
        order=order,
        kind=Refund.Kind.NOT_WANTED,
        amount_minor=0,
        includes_shipping=not any(found.shipped.values()) and not shipping_is_refunded(order),
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line_id=pk, quantity=count, amount_minor=0) for pk, count in units.items()
    )
    life.move(refund, "pay", now=now)
    book(order, refund, now=now)


def _note_worth(refund: Refund, lines: list[RefundLine], taken: dict[Place, int]) -> int:
    """What was taken back of each line is what went back of its price; the sum. Lines without shares keep theirs."""
    worth = 0
    by_line: dict[int | None, int] = {}
    for place, amount in reversal.customers(taken).items():
        by_line[place.line_id] = by_line.get(place.line_id, 0) + amount
    for row in lines:
        amount = by_line.get(row.line_id, row.amount_minor)
        if amount != row.amount_minor:
            row.amount_minor = amount
            row.save(update_fields=["amount_minor"])
        worth += amount
    return worth + refund.shipping_minor


def _book_rest(order: Order, books: OrderBooks, now: datetime) -> None:
    """All money went back: whatever still stands is reversed, whether or not lines were named, and nobody makes it.

    What went back plainly and the customer did not read of is told, also where nothing is left to be reversed. Whether
    what had left comes back is still for somebody to say.
    """
    taken = everything(books)
    unread = untold(order, books)
    if taken or unread or any(remaining(order).values()):
        refund = keep_whole(order, unread, now)
        record(
            f"order:{order.public_id}:refund:{refund.name}",
            "order_refunded",
            moves_back(order, taken),
            currency=order.currency,
            happened_at=now,
            now=now,
        )
        tell(refund, unread, now=now)
    stop_all(order, now)
    _resolve_all(order, OVER_WHEN_ALL_WENT_BACK, now)


def keep_whole(order: Order, amount: int, now: datetime, *, name: str = "") -> Refund:
    """Keep that all that is left of an order went back, with `amount` (minor units): from here on nobody makes it.

    Its shares are for the caller to reverse, who holds the order, and may give it a `name`.
    """
    left, gross = remaining(order), gross_left(order)
    before = Refund.objects.filter(order=order, kind=Refund.Kind.WHOLE).count()
    refund = Refund.objects.create(
        order=order,
        name=name or f"{order.public_id}:rest" + (f":{before + 1}" if before else ""),
        kind=Refund.Kind.WHOLE,
        amount_minor=amount,
        includes_shipping=not shipping_is_refunded(order),
        shipping_minor=gross[None],
        booked_at=now,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, line_id=pk, quantity=count, amount_minor=gross[pk])
        for pk, count in left.items()
        if count
    )
    life.move(refund, "pay", now=now)
    stop_work(order, now)
    return refund


OVER_WHEN_ALL_WENT_BACK = (
    OpenIssue.Kind.REFUND_TO_DIVIDE,
    OpenIssue.Kind.CANCELLED_NOT_REFUNDED,
    OpenIssue.Kind.UNROUTED,
    OpenIssue.Kind.PAID_TWICE,
    OpenIssue.Kind.MONEY_OWED,
    OpenIssue.Kind.SHORT_OF_FIXED,
    OpenIssue.Kind.NOT_RELEASED,
)


def _resolve_all(order: Order, kinds: Collection[str], now: datetime) -> None:
    for kind in kinds:
        resolve(kind, order.number, now)


def _is_under_way(order: Order, remote: SaleorOrder) -> bool:
    """Whether some of the order's money is between two states, so that what is owed cannot be told yet."""
    if remote.pending_minor or refunds_under_way(order).exists():
        return True
    return is_going_back(order.checkout_id) or is_withheld(order.checkout_id)


def _watch(order: Order, books: OrderBooks, now: datetime, *, is_settled: bool) -> None:
    """What went back and is nobody's yet, and what the customer has a right to, stand on the operator's list.

    As long as it is not settled nothing is put there; but what is not true any more is taken off, since a refund may
    wait for weeks.
    """
    owed = owed_to_customer(order, books)
    to_divide = owed < 0 and not _is_spoken_for(order, -owed)
    if to_divide and is_settled:
        message = _("Bestelling %(number)s: er ging %(amount)s terug zonder dat er lijnen bij gekozen zijn.")
        values = {"number": order.number, "amount": written(-owed, order.currency)}
        raise_issue(OpenIssue.Kind.REFUND_TO_DIVIDE, order.number, message % values, now)
    elif not to_divide:
        resolve(OpenIssue.Kind.REFUND_TO_DIVIDE, order.number, now)
    told_elsewhere = books.came_in > order.total_gross_minor or order.refunds.filter(state=Refund.State.FAILED).exists()
    if owed > 0 and is_settled and not told_elsewhere:
        message = _("Bestelling %(number)s: de klant heeft nog %(amount)s tegoed.")
        values = {"number": order.number, "amount": written(owed, order.currency)}
        raise_issue(OpenIssue.Kind.MONEY_OWED, order.number, message % values, now)
    elif owed <= 0 or told_elsewhere:
        resolve(OpenIssue.Kind.MONEY_OWED, order.number, now)


def _is_spoken_for(order: Order, amount: int) -> bool:
    """Whether what went back plainly is part of prices that wait to be paid back: it is off those, and not divided."""
    waits = order.refunds.filter(state__in=REFUND_UNPAID, booked_at=None)
    return amount > sum(gross_left(order).values()) + rounding(order) and waits.exists()


def _remember(order: Order, books: OrderBooks) -> None:
    """What went back of the order's price, for lists."""
    gone = gone_of_price(order, books)
    if gone != order.refunded_minor:
        order.refunded_minor = gone
        order.save(update_fields=["refunded_minor"])
