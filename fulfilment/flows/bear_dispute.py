"""A dispute was lost: the money is gone for good, and who bears it is said by name and recorded with the entry.

`platform` bears it as a gesture: the shares of workshops and designers stay, the platform's and the VAT pay. `shared`:
as a refund of all; what partners were paid already comes off what they earn next. Where all is lost, what has not left
is not made, and nobody earns with it.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from fulfilment.errors import Refusal
from fulfilment.flows.accept_order import receipt_key
from fulfilment.flows.book_refund import keep_whole, look_again
from fulfilment.flows.cover_refunds import covered
from fulfilment.flows.plan_refund import limits, owed_to_customer
from fulfilment.flows.reverse_shares import (
    OrderBooks,
    amounts_taken,
    books_of,
    everything,
    moves_back,
    platform_id,
    units_taken,
    without,
)
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import net
from fulfilment.ledger.book import Move, moves_of, record, reversed_moves
from fulfilment.ledger.models import Entry, Posting
from fulfilment.life import advance, move
from fulfilment.money import portion, written
from fulfilment.orders.locks import lock_acceptance, lock_order
from fulfilment.orders.models import Order, Refund
from fulfilment.orders.queries import (
    gross_left,
    refunded_units,
    refunds_asked,
    remaining,
    shipping_is_refunded,
)
from fulfilment.partners.models import User
from fulfilment.payments.models import Dispute, Payment
from fulfilment.payments.queries import is_going_back
from fulfilment.production.models import TaskLine
from fulfilment.revenue import reversal
from fulfilment.revenue.reversal import Bearer, Place, Rows

Policy = Dispute.Policy


def lock_order_of(payment: Payment) -> Order | None:
    """The order that took a payment over, locked until the transaction ends; its acceptance is locked as well."""
    lock_acceptance(payment.checkout_id)
    orders = Order.objects.filter(checkout_id=payment.checkout_id).exclude(checkout_id="")
    for pk in orders.values_list("pk", flat=True):
        order = lock_order(pk=pk)
        if Entry.objects.filter(key=receipt_key(order, payment)).exists():
            return order
    return None


def withheld(dispute: Dispute) -> int:
    """What stands on `disputes` for one of them, in minor units."""
    return -net(Account.DISPUTES, Posting.objects.filter(entry__key__startswith=f"{dispute.name}:"))


def preview(dispute: Dispute, policy: Policy) -> Rows:
    """Who gives what if this policy holds; nothing is written."""
    order = _order_of(dispute)
    amount = withheld(dispute)
    taken = _taken(order, books_of(order), amount, _as_booked(order, policy)) if order else {}
    rows = reversal.rows_of(taken)
    return Rows(rows.partners, rows.platform, rows.vat, rows.other + amount - rows.total)


def stops_work(dispute: Dispute) -> bool:
    """Whether some of what was lost has still to be made, and will not be once somebody says who bears it."""
    order = _order_of(dispute)
    return order is not None and _is_all(books_of(order), withheld(dispute)) and bool(_not_made(order))


def _order_of(dispute: Dispute) -> Order | None:
    """The order that its payment was for; nobody holds it."""
    return Order.objects.filter(checkout_id=dispute.payment.checkout_id).exclude(checkout_id="").first()


@transaction.atomic
def bear(dispute_id: str, policy: Policy, *, by: User | None, now: datetime) -> None:
    """What a lost dispute (Stripe's id) took is borne by this policy. `Refusal` where there is none to bear."""
    dispute = Dispute.objects.select_related("payment").filter(stripe_dispute_id=dispute_id).first()
    if dispute is None:
        raise Refusal(_("Deze betwisting is er niet."), code="NOT_FOUND")
    order = lock_order_of(dispute.payment)
    if order is not None and (refunds_asked(order).exists() or is_going_back(order.checkout_id)):
        told = _("Een terugbetaling van deze bestelling is nog onderweg. Wacht tot bekend is hoe die afloopt.")
        raise Refusal(told, code="UNDER_WAY")
    message = _("Over deze betwisting valt niets (meer) te beslissen.")
    advance(dispute, "bear", message=message, by=by, now=now, borne_by=policy, note=str(policy.label))
    write_off(dispute, order, policy, now=now)
    if order is not None:
        look_again(order, now=now)


def write_off(dispute: Dispute, order: Order | None, policy: Policy, *, now: datetime) -> None:
    """Book it. The caller holds the order. As long as no order took the payment over, no share was made of it."""
    amount, key = withheld(dispute), _borne_key(dispute)
    if order is None:
        key, moves = _written_off_key(dispute), [Move(Account.UNALLOCATED, Account.DISPUTES, amount)]
    else:
        books, policy = books_of(order), _as_booked(order, policy)
        taken = _taken(order, books, amount, policy)
        moves = [Move(Account.CUSTOMER, Account.DISPUTES, amount, order_id=order.pk), *moves_back(order, taken)]
        if _is_all(books, amount) and (policy is Policy.SHARED or _not_made(order)):
            keep_whole(order, max(amount - covered(dispute), 0), now, name=_stop_of(dispute))
    record(
        key,
        "dispute_borne",
        moves,
        currency=dispute.currency,
        happened_at=now,
        now=now,
        policy={"dispute": policy.value},
    )
    resolve(OpenIssue.Kind.DISPUTE_LOST, dispute.name, now)


def take_over(dispute: Dispute, *, now: datetime) -> None:
    """An order took the payment over after its loss had gone off what was nobody's: who bears it is asked anew.

    The caller holds the order. Of a loss that an order bears already nothing changes.
    """
    if dispute.state != Dispute.State.BORNE or Entry.objects.filter(key=_borne_key(dispute)).exists():
        return
    written_off = Entry.objects.get(key=_written_off_key(dispute))
    moves = reversed_moves(moves_of(written_off))
    key = f"{dispute.name}:taken_over"
    record(key, "dispute_taken_over", moves, currency=dispute.currency, happened_at=now, now=now)
    move(dispute, "take_over", now=now, borne_by="")


def _borne_key(dispute: Dispute) -> str:
    """The key of the entry by which an order bears what was lost."""
    return f"{dispute.name}:borne"


def _written_off_key(dispute: Dispute) -> str:
    """The key of the entry by which what was lost went off what no order had taken over."""
    return f"{dispute.name}:written_off"


def _as_booked(order: Order, policy: Policy) -> Policy:
    """Of what was cancelled before anything left nobody earns, so nobody else has to bear it for them."""
    return Policy.SHARED if order.cancelled_at is not None and not _has_left(order) else policy


def _is_all(books: OrderBooks, amount: int) -> bool:
    """Whether a loss takes all that is left of what came in: then nobody makes what has not left."""
    return amount >= books.kept > 0


def _not_made(order: Order) -> dict[int, int]:
    """Units of lines (by id) that have not left, and that nobody gave back."""
    return {pk: count for pk, count in limits(order).open.items() if count}


def _has_left(order: Order) -> bool:
    """Whether anything of an order was shipped."""
    return TaskLine.objects.filter(task__order=order, shipped_quantity__gt=0).exists()


def restore(dispute: Dispute, order: Order | None, *, now: datetime) -> None:
    """It was won after all: whoever bore it has it again. The caller holds the order."""
    keys = [_borne_key(dispute), _written_off_key(dispute)]
    borne = Entry.objects.filter(key__in=keys).order_by("-pk").first()
    if borne is None:
        return
    moves = reversed_moves(moves_of(borne))
    if order is not None and order.released_at:
        # What was taken while it was held is payable by now.
        moves = [move.to(Account.PARTNER_HELD, Account.PARTNER_PAYABLE) for move in moves]
    record(f"{dispute.name}:restored", "dispute_restored", moves, currency=dispute.currency, happened_at=now, now=now)
    stopped = order.refunds.filter(name=_stop_of(dispute)).first() if order is not None else None
    if order is not None and stopped is not None:
        _give_customer_what_was_not_made(dispute, order, stopped, now)


def _stop_of(dispute: Dispute) -> str:
    """The name of what keeps that nobody makes an order any more, because this dispute was lost."""
    return f"{dispute.name}:rest"


def _give_customer_what_was_not_made(dispute: Dispute, order: Order, stopped: Refund, now: datetime) -> None:
    """Nobody earns with what was stopped when all seemed lost: its price is the customer's, until it goes back."""
    units = _never_made(order, stopped)
    rows = {row.line_id: row for row in stopped.lines.all() if units.get(row.line_id)}
    gone = refunded_units(order)
    taken = units_taken(
        order,
        books_of(order),
        units,
        amounts={pk: portion(row.amount_minor, units[pk], row.quantity) for pk, row in rows.items()},
        shipping=stopped.includes_shipping and not _has_left(order),
        gone={pk: count - (rows[pk].quantity if pk in rows else 0) for pk, count in gone.items()},
    )
    key, moves = f"{dispute.name}:not_made", moves_back(order, taken)
    record(key, "not_made", moves, currency=order.currency, happened_at=now, now=now)
    owed = owed_to_customer(order, books_of(order))
    if owed > 0:
        told = _(
            "Bestelling %(number)s: we wonnen de betwisting toch nog, maar het werk was al gestopt. De klant heeft "
            "%(amount)s tegoed voor wat er niet gemaakt werd."
        )
        values = {"number": order.number, "amount": written(owed, order.currency)}
        raise_issue(OpenIssue.Kind.MONEY_OWED, order.number, told % values, now)


def _never_made(order: Order, stopped: Refund) -> dict[int, int]:
    """Units of lines (by id) that this stopped; those that were not wanted anyway were stopped before."""
    tasks = TaskLine.objects.filter(task__order=order).values_list("line_id")
    cancelled = dict(tasks.annotate(total=Sum("cancelled_quantity")).order_by())
    before = refunded_units(order, kinds=[Refund.Kind.NOT_WANTED])
    return {
        row.line_id: min(row.quantity, max(cancelled.get(row.line_id, 0) - before.get(row.line_id, 0), 0))
        for row in stopped.lines.filter(quantity__gt=0)
    }


def _taken(order: Order, books: OrderBooks, amount: int, policy: Policy) -> dict[Place, int]:
    """What of an order's shares pays `amount`: all but what was the customer's own and is nobody's share yet.

    Where all is lost, nobody earns with what has not left, whoever bears the rest; what no share is left for, as where
    a bank took what had gone back before, the platform bears.
    """
    if _is_all(books, amount):
        if policy is Policy.SHARED:
            taken = everything(books)
        else:
            taken = _of_what_is_not_made(order, books)
            left = amount - books.customer - _customers(taken)
            taken = _together(taken, _of_lines(order, without(books, taken), left, Bearer.PLATFORM))
        return _rest_on_platform(taken, max(amount - books.customer, _customers(taken)))
    rest = amount - min(max(books.customer, 0), amount)
    bearer = Bearer.SHARED if policy is Policy.SHARED else Bearer.PLATFORM
    return _rest_on_platform(_of_lines(order, books, rest, bearer), rest)


def _of_what_is_not_made(order: Order, books: OrderBooks) -> dict[Place, int]:
    """The shares of what has not left, and of the shipping where nothing has."""
    units, left, gross = _not_made(order), remaining(order), gross_left(order)
    if not units:
        return {}
    shipping = not _has_left(order) and not shipping_is_refunded(order)
    amounts: dict[int | None, int] = {pk: portion(gross[pk], count, left[pk]) for pk, count in units.items()}
    amounts |= {None: gross[None]} if shipping else {}
    return units_taken(order, books, units, amounts=amounts, shipping=shipping, gone=refunded_units(order))


def _of_lines(order: Order, books: OrderBooks, amount: int, bearer: Bearer) -> dict[Place, int]:
    """As much of `amount` as the lines have left, of each in proportion."""
    stands = {pk: _customers(found) for pk, found in books.standing.items()}
    lines = {pk: standing for pk, standing in stands.items() if standing > 0}
    most = max(min(amount, sum(lines.values())), 0)
    return amounts_taken(order, books, reversal.spread(most, lines), bearer)


def _customers(taken: Mapping[Place, int]) -> int:
    return sum(reversal.customers(taken).values())


def _together(one: Mapping[Place, int], other: Mapping[Place, int]) -> dict[Place, int]:
    return {place: one.get(place, 0) + other.get(place, 0) for place in {**one, **other}}


def _rest_on_platform(taken: Mapping[Place, int], amount: int) -> dict[Place, int]:
    """What no line had left, cents of rounding too, the platform bears."""
    rest = amount - _customers(taken)
    place = Place(reversal.CUSTOMER, reversal.PLATFORM, None, platform_id())
    return {**taken, place: taken.get(place, 0) + rest} if rest else dict(taken)
