"""Shares that were booked are taken back: exactly what stands of the units, the shipping or the amount that goes back.

What stands is read from the ledger, so that it is right whatever happened to the order before. Pure arithmetic is in
`revenue.reversal`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import Moved, moved
from fulfilment.ledger.book import Move, record
from fulfilment.orders.models import Line, Order
from fulfilment.orders.queries import refunded_units
from fulfilment.partners.models import Partner
from fulfilment.revenue import reversal
from fulfilment.revenue.reversal import Bearer, Place
from fulfilment.routing.models import Assignment

PARTNERS = (Account.PARTNER_HELD, Account.PARTNER_PAYABLE)
RECEIVED_FROM = (Account.UNALLOCATED, Account.RECEIVABLE)
"""From where a customer's money comes to an order."""
PAID_FROM = (Account.STRIPE, Account.BANK, Account.DISPUTES)
"""From where it goes back; what bounces comes back there."""
AT_THE_BANK = (Account.PAYOUTS_TRANSIT, Account.BANK)
"""What is set apart for the bank is still the customer's; it went back once the bank confirmed it."""


@dataclass
class OrderBooks:
    """What the ledger says of an order, in minor units.

    `standing` is what was booked of each line (None: of the shipping and the whole) and not taken back; `came_in` the
    customer's money, `went_back` what of it was given back.
    """

    standing: dict[int | None, dict[Place, int]] = field(default_factory=dict)
    came_in: int = 0
    went_back: int = 0

    @property
    def kept(self) -> int:
        return self.came_in - self.went_back

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
    else:
        outside = {*RECEIVED_FROM, *PAID_FROM}
        released = row.debit in PARTNERS and row.credit in PARTNERS
        return released or row.debit in outside or row.credit in outside
    return True


def _place(row: Moved) -> Place:
    source, owner = (reversal.PARTNER if name in PARTNERS else name for name in (row.debit, row.credit))
    return Place(source, owner, row.line_id, row.partner_id, row.vat_basis_points)


def units_taken(
    order: Order, books: OrderBooks, quantities: Mapping[int, int], *, shipping: bool, gone: Mapping[int, int]
) -> dict[Place, int]:
    """What units of lines (line id → units), after those that are `gone`, and the shipping take back."""
    taken: dict[Place, int] = {}
    for line in order.lines.all():
        wanted = quantities.get(line.pk, 0)
        if wanted:
            taken |= reversal.units_back(books.standing.get(line.pk, {}), wanted, line.quantity - gone.get(line.pk, 0))
    if shipping:
        taken |= _shipping(books)
    return taken


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
    return OrderBooks(standing, books.came_in, books.went_back)


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
    taken = units_taken(order, books_of(order), gone, shipping=False, gone={})
    record(
        f"order:{order.public_id}:refunded_before:{number}",
        "order_refunded",
        moves_back(order, taken),
        currency=order.currency,
        happened_at=now,
        now=now,
    )
    return gone
