"""Shares that were booked are taken back: exactly what stands of the units, the shipping or the amount that goes back.

What stands is read from the ledger, so that it is right whatever happened to the order before. Pure arithmetic is in
`revenue.reversal`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import Moved, moved
from fulfilment.ledger.book import Move, record
from fulfilment.orders.models import Line, Order
from fulfilment.orders.queries import gestures_waiting, gross_left, refunded_units
from fulfilment.partners.models import Partner
from fulfilment.production.models import TaskLine
from fulfilment.revenue import reversal
from fulfilment.revenue.makers import by_maker, standing_makers, units_back_of
from fulfilment.revenue.reversal import Bearer, Place
from fulfilment.routing.models import Assignment

PARTNERS = (Account.PARTNER_HELD, Account.PARTNER_PAYABLE)
RECEIVED_FROM = (Account.UNALLOCATED, Account.RECEIVABLE)
"""From where a customer's money comes to an order."""
PAID_FROM = (Account.STRIPE, Account.BANK)
"""From where it goes back; what bounces comes back there."""
AT_THE_BANK = (Account.PAYOUTS_TRANSIT, Account.BANK)
"""What is set apart for the bank is still the customer's; it went back once the bank confirmed it."""


@dataclass
class OrderBooks:
    """What the ledger says of an order, in minor units.

    `standing` is what was booked of each line (None: of the shipping and the whole) and not taken back; `came_in` the
    customer's money, `went_back` what of it was given back, and `charged_back` what their bank took back.
    """

    standing: dict[int | None, dict[Place, int]] = field(default_factory=dict)
    came_in: int = 0
    went_back: int = 0
    charged_back: int = 0

    @property
    def kept(self) -> int:
        return self.came_in - self.went_back - self.charged_back

    @property
    def is_given_back(self) -> bool:
        """Whether we gave back all that came in: what a bank took is for whoever bears it, and leaves shares alone."""
        return 0 < self.went_back >= self.came_in

    @property
    def customer(self) -> int:
        """What is the customer's, also while it is set apart for the bank; below zero what was nobody's to give."""
        return self.kept - sum(sum(reversal.customers(found).values()) for found in self.standing.values())


def books_of(order: Order) -> OrderBooks:
    """Read the ledger of an order."""
    books = OrderBooks()
    rows: dict[int | None, list[tuple[Place, int]]] = {}
    for row in moved(order.pk):
        if not _is_money(row, books):
            rows.setdefault(row.line_id, []).append((_place(row), row.amount))
    books.standing = {line_id: reversal.standing(found) for line_id, found in rows.items()}
    return books


def _is_money(row: Moved, books: OrderBooks) -> bool:
    """Whether it moved between the outside and the customer, or only on our side of the outside; counted if so."""
    if row.credit == Account.CUSTOMER and row.debit in RECEIVED_FROM:
        books.came_in += row.amount
    elif row.debit == Account.CUSTOMER and row.credit in (*RECEIVED_FROM, *PAID_FROM):
        books.went_back += row.amount
    elif row.credit == Account.CUSTOMER and row.debit in PAID_FROM:
        books.went_back -= row.amount
    elif (row.debit, row.credit) == AT_THE_BANK:
        books.went_back += row.amount
    elif (row.credit, row.debit) == AT_THE_BANK:
        books.went_back -= row.amount
    elif Account.PAYOUTS_TRANSIT in (row.debit, row.credit):
        return True
    elif Account.CUSTOMER in (row.debit, row.credit) and Account.DISPUTES in (row.debit, row.credit):
        books.charged_back += row.amount if row.debit == Account.CUSTOMER else -row.amount
    else:
        outside = {*RECEIVED_FROM, *PAID_FROM, Account.DISPUTES}
        released = row.debit in PARTNERS and row.credit in PARTNERS
        return released or row.debit in outside or row.credit in outside
    return True


def _place(row: Moved) -> Place:
    source, owner = (reversal.PARTNER if name in PARTNERS else name for name in (row.debit, row.credit))
    return Place(source, owner, row.line_id, row.partner_id, row.vat_basis_points)


def units_taken(
    order: Order,
    books: OrderBooks,
    quantities: Mapping[int, int],
    *,
    amounts: Mapping[int | None, int],
    shipping: bool,
    gone: Mapping[int, int],
    came_back: bool = False,
) -> dict[Place, int]:
    """What units of lines (line id → units), after those that are `gone`, and the shipping take back.

    The units of a line take exactly the `amounts` (line id → gross) that were asked for them; its last units, and the
    shipping, all that stands but for what a gesture waits to have of it. Of a line that was made in two workshops they
    are of the last one, which still had some to ship, or of the first where they were shipped and `came_back`; what
    those shared may come to more or less than the price.
    """
    taken: dict[Place, int] = {}
    waiting = gestures_waiting(order)
    for line in order.lines.all():
        wanted = quantities.get(line.pk, 0)
        if wanted:
            left, standing = line.quantity - gone.get(line.pk, 0), books.standing.get(line.pk, {})
            makers = makers_of(line, left)
            if len(makers) < 2:
                found = reversal.units_back(standing, wanted, left)
                taken |= (
                    _all_but(found, waiting.get(line.pk, 0))
                    if wanted == left
                    else reversal.exactly(standing, found, amounts[line.pk])
                )
            else:
                taken |= _of_several(standing, wanted, makers, came_back=came_back)
    if shipping:
        taken |= _all_but(_shipping(books), waiting[None])
    return taken


def _all_but(standing: Mapping[Place, int], waiting: int) -> Mapping[Place, int]:
    """All that stands of a line, but for so much of its price."""
    stands = sum(reversal.customers(standing).values())
    return reversal.exactly(standing, standing, max(stands - waiting, 0)) if waiting else standing


def makers_of(line: Line, units: int) -> dict[int, int]:
    """The `units` of a line that were not refunded, by the workshop (its id) that made or makes them, first to last."""
    asked: dict[int, int] = {}
    shipped: dict[int, int] = {}
    for row in TaskLine.objects.filter(line=line).select_related("task").order_by("task_id"):
        maker = row.task.producer_id
        asked[maker] = asked.pop(maker, 0) + row.asked_quantity
        shipped[maker] = shipped.get(maker, 0) + row.shipped_quantity
    return standing_makers(asked, shipped, units, newest=list(asked)[-1]) if asked else {}


def _of_several(
    standing: Mapping[Place, int], wanted: int, makers: Mapping[int, int], *, came_back: bool
) -> dict[Place, int]:
    left, still = dict(standing), dict(makers)
    for maker, units in by_maker(wanted, makers, last_first=not came_back).items():
        for place, amount in units_back_of(left, units, of=maker, makers=still).items():
            left[place] -= amount
        still = {found: count - (units if found == maker else 0) for found, count in still.items()}
        still = {found: count for found, count in still.items() if count}
    return {place: amount - left[place] for place, amount in standing.items()}


def _shipping(books: OrderBooks) -> dict[Place, int]:
    """All that stands of the shipping; cents that were rounded for the whole order are not of it."""
    whole = books.standing.get(None, {})
    return {place: amount for place, amount in whole.items() if place.owner != Account.ROUNDING}


def amounts_taken(
    order: Order, books: OrderBooks, amounts: Mapping[int | None, int], bearer: Bearer
) -> dict[Place, int]:
    """What amounts for lines (line id → gross amount; None: for the shipping) take back, for no unit of them.

    Where less stands of a line than that, all that stands: the cents between are rounding.
    """
    makers = dict(
        Assignment.objects.filter(decision__order=order, decision__superseded_by=None).values_list(
            "line_id", "producer_id"
        )
    )
    taken: dict[Place, int] = {}
    for line_id, amount in amounts.items():
        found = _shipping(books) if line_id is None else books.standing.get(line_id, {})
        stands = sum(reversal.customers(found).values())
        maker = makers.get(line_id) if line_id is not None else None
        taken |= reversal.amount_back(found, min(amount, stands), bearer, platform_id=platform_id(), maker_id=maker)
    return taken


def without(books: OrderBooks, taken: Mapping[Place, int]) -> OrderBooks:
    """The books as they would be once this was taken back."""
    standing = {
        line_id: {place: amount - taken.get(place, 0) for place, amount in found.items()}
        for line_id, found in books.standing.items()
    }
    for place, amount in taken.items():
        if place not in standing.setdefault(place.line_id, {}):
            standing[place.line_id][place] = -amount
    return replace(books, standing=standing)


def everything(books: OrderBooks) -> dict[Place, int]:
    """All that stands of an order."""
    return {place: amount for found in books.standing.values() for place, amount in found.items()}


def moves_back(order: Order, taken: Mapping[Place, int]) -> list[Move]:
    """The moves that take this back. A partner's comes from what is held, or once it was released from payable."""
    partners = Account.PARTNER_PAYABLE if order.released_at else Account.PARTNER_HELD

    def account(name: str) -> Account:
        return partners if name == reversal.PARTNER else Account(name)

    moves = []
    for place, amount in taken.items():
        ends = account(place.owner), account(place.source)
        debit, credit = ends if amount > 0 else reversed(ends)
        tags = (order.pk, place.line_id, place.partner_id, place.vat_basis_points)
        moves.append(Move(debit, credit, abs(amount), *tags))
    return moves


def platform_id() -> int | None:
    """The partner that is the platform; None where there is none yet."""
    return Partner.objects.filter(kind=Partner.Kind.PLATFORM).values_list("pk", flat=True).first()


def take_back_earlier(order: Order, lines: Collection[Line], *, number: int, now: datetime) -> dict[int, int]:
    """Units that were refunded before these lines found a producer: their shares, just booked, are taken back.

    `number` is the number of the routing decision. The units by line, so that nobody makes them. The caller holds the
    order.
    """
    routed = {line.pk for line in lines}
    gone = {pk: quantity for pk, quantity in refunded_units(order).items() if pk in routed}
    left = gross_left(order, booked=True)
    amounts: dict[int | None, int] = {line.pk: line.gross_minor - left[line.pk] for line in lines}
    taken = units_taken(order, books_of(order), gone, amounts=amounts, shipping=False, gone={})
    record(
        f"order:{order.public_id}:refunded_before:{number}",
        "order_refunded",
        moves_back(order, taken),
        currency=order.currency,
        happened_at=now,
        now=now,
    )
    return gone
