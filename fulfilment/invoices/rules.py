"""What an invoice says, to the cent. Pure: no database, no clock.

Amounts are net, in minor units; rates of VAT in basis points. VAT is rounded on the total of each rate, never per line
(Royal Decree nr. 1, art. 5): so the parts of an order that was invoiced in several documents may be a cent off the
whole, and `difference` says by how much.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from fulfilment.money import percentage, portion

ONE = "C62"
"""The unit of what is counted one by one, in the list of units of the United Nations."""

PRICE_DIGITS = Decimal("0.000001")
"""How exactly the price of one unit is told where the line cannot be divided by its units."""


class Unbillable(Exception):
    """A rule said no; `code` says which, `name` and `left` of what and how much there was. Whoever asked puts it in
    words."""

    def __init__(self, code: str, name: str = "", left: int = 0) -> None:
        super().__init__(code)
        self.code, self.name, self.left = code, name, left


class Category(StrEnum):
    """Why a line bears the VAT that it bears, by the codes of EN 16931."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    INTRA_EU = "K"
    REVERSE = "AE"


class Kind(StrEnum):
    """What a line is about: something sold, bringing it, a part paid before, or that part taken off again."""

    GOODS = "goods"
    SHIPPING = "shipping"
    DEPOSIT = "deposit"
    DEDUCTED = "deducted"


Rate = tuple[str, int]
"""A category, and the rate in it: VAT is counted once for each."""


@dataclass(frozen=True)
class Sold:
    """A line of an order, or its shipping (`key` None), as it was sold: amounts are those of the whole line."""

    key: int | None
    name: str
    quantity: int
    net: int
    gross: int
    basis_points: int


@dataclass(frozen=True)
class Line:
    """A line of an invoice, `net` for all of `quantity`. Of what is taken off, both are below zero."""

    kind: Kind
    name: str
    quantity: int
    net: int
    category: Category
    basis_points: int
    key: int | None = None
    unit: str = ONE

    @property
    def rate(self) -> Rate:
        return self.category, self.basis_points

    @property
    def price(self) -> Decimal:
        """Of one unit, in minor units, never below zero."""
        return (Decimal(self.net) / self.quantity).quantize(PRICE_DIGITS, ROUND_HALF_UP).normalize()


@dataclass(frozen=True)
class Subtotal:
    """What stands at one rate, and the VAT of it."""

    category: Category
    basis_points: int
    net: int
    vat: int


@dataclass(frozen=True)
class Billed:
    """What invoices that stand already have of an order: units and net of each line (by its key), and deposits that no
    invoice took off again, by rate."""

    units: Mapping[int | None, int]
    net: Mapping[int | None, int]
    deposits: Mapping[Rate, int]
    payable: int = 0

    @property
    def has_goods(self) -> bool:
        return any(self.units.values())


NOTHING = Billed({}, {}, {})


def subtotals(lines: Iterable[Line]) -> list[Subtotal]:
    """The total of each rate with its VAT, in the order of the rates."""
    found: dict[Rate, int] = defaultdict(int)
    for line in lines:
        found[line.rate] += line.net
    return [
        Subtotal(Category(category), points, net, vat_on(net, points))
        for (category, points), net in sorted(found.items())
    ]


def vat_on(net: int, basis_points: int) -> int:
    """The VAT of an amount, half a cent rounded away from zero."""
    return percentage(net, basis_points) if net >= 0 else -percentage(-net, basis_points)


def vat_of(lines: Iterable[Line]) -> dict[int, int]:
    """The VAT of a document, by rate."""
    found: dict[int, int] = defaultdict(int)
    for total in subtotals(lines):
        found[total.basis_points] += total.vat
    return dict(found)


def vat_sold(sold: Iterable[Sold]) -> dict[int, int]:
    """The VAT of an order by rate, as it was counted when it was bought: per line."""
    found: dict[int, int] = defaultdict(int)
    for one in sold:
        found[one.basis_points] += one.gross - one.net
    return dict(found)


def difference(ours: Mapping[int, int], theirs: Mapping[int, int]) -> dict[int, int]:
    """By how much the VAT of `ours` is above that of `theirs`, by rate; rates on which they agree are absent."""
    found = {rate: ours.get(rate, 0) - theirs.get(rate, 0) for rate in {*ours, *theirs}}
    return {rate: cents for rate, cents in sorted(found.items()) if cents}


def added(documents: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """The VAT of several documents together, by rate."""
    found: dict[int, int] = defaultdict(int)
    for document in documents:
        for rate, cents in document.items():
            found[rate] += cents
    return dict(found)


def deposit(sold: Sequence[Sold], percent: int, billed: Billed, *, name: str, untaxed: Category) -> list[Line]:
    """A part of an order that is paid before it: a line for each rate.

    `Unbillable` where something of the order was invoiced already, or deposits would be more than the order.
    """
    if billed.has_goods:
        raise Unbillable("LATE")
    if untaxed is Category.INTRA_EU and any(not one.basis_points for one in sold):
        raise Unbillable("INTRA_EU")
    whole: dict[Rate, int] = defaultdict(int)
    for one in sold:
        whole[_rate(one, untaxed)] += one.net
    lines = [
        Line(Kind.DEPOSIT, name, 1, portion(net, percent, 100), Category(rate[0]), rate[1])
        for rate, net in sorted(whole.items())
    ]
    lines = [line for line in lines if line.net]
    over = [line for line in lines if line.net + billed.deposits.get(line.rate, 0) > whole[line.rate]]
    if over or not lines:
        raise Unbillable("TOO_MUCH")
    return lines


def part(sold: Sequence[Sold], units: Mapping[int | None, int], billed: Billed, *, untaxed: Category) -> list[Line]:
    """Some units of an order's lines (by key), but never the last of all: that is `rest`.

    `Unbillable` where none is asked, more than is left, or so much that less is left than deposits are to be taken off.
    """
    lines = [_of(one, units[one.key], billed, untaxed) for one in sold if units.get(one.key)]
    if not lines:
        raise Unbillable("NOTHING_CHOSEN")
    after = and_also(billed, lines)
    if not left_over(sold, after):
        raise Unbillable("ALL_OF_IT")
    for rate, put in after.deposits.items():
        if sum(one.net - after.net.get(one.key, 0) for one in sold if _rate(one, untaxed) == rate) < put:
            raise Unbillable("LESS_THAN_DEPOSIT")
    return lines


def rest(sold: Sequence[Sold], billed: Billed, *, deducted: str, untaxed: Category) -> list[Line]:
    """All of an order that no invoice has yet, less the deposits. `Unbillable` where nothing is left."""
    lines = [_of(one, one.quantity - billed.units.get(one.key, 0), billed, untaxed) for one in left_over(sold, billed)]
    if not lines:
        raise Unbillable("NOTHING_LEFT")
    off = [
        Line(Kind.DEDUCTED, deducted, -1, -net, Category(rate[0]), rate[1])
        for rate, net in sorted(billed.deposits.items())
        if net
    ]
    return [*lines, *off]


def left_over(sold: Iterable[Sold], billed: Billed) -> list[Sold]:
    """What of an order still has units that stand on no invoice."""
    return [one for one in sold if one.quantity > billed.units.get(one.key, 0)]


def and_also(billed: Billed, lines: Iterable[Line], payable: int = 0) -> Billed:
    """What was billed before, with one more document."""
    units, net = defaultdict(int, billed.units), defaultdict(int, billed.net)
    deposits = defaultdict(int, billed.deposits)
    for line in lines:
        if line.kind in (Kind.DEPOSIT, Kind.DEDUCTED):
            deposits[line.rate] += line.net
        else:
            units[line.key] += line.quantity
            net[line.key] += line.net
    return Billed(dict(units), dict(net), dict(deposits), billed.payable + payable)


def _of(one: Sold, units: int, billed: Billed, untaxed: Category) -> Line:
    """So many units of a line, after those that were billed: together they are the line, to the cent."""
    left = one.quantity - billed.units.get(one.key, 0)
    if not 0 < units <= left:
        raise Unbillable("TOO_MANY", one.name, left)
    net = portion(one.net - billed.net.get(one.key, 0), units, left)
    kind = Kind.SHIPPING if one.key is None else Kind.GOODS
    category, points = _rate(one, untaxed)
    return Line(kind, one.name, units, net, Category(category), points, one.key)


def _rate(one: Sold, untaxed: Category) -> Rate:
    return (Category.STANDARD, one.basis_points) if one.basis_points else (untaxed, 0)


@dataclass(frozen=True)
class Back:
    """What goes back of a line of an order (`key` None: of its shipping): `gross` for `units`, or for none of them."""

    key: int | None
    units: int
    gross: int


def refunded(
    sold: Sequence[Sold],
    back: Sequence[Back],
    before: Mapping[int | None, tuple[int, int]],
    *,
    gesture: str,
    untaxed: Category,
) -> list[Line]:
    """The lines of the credit note of a refund: of each line the part of its net that goes back of its gross.

    `before` is the net and gross that credit notes have of each line already: the last of a line takes all that is left
    of it. `gesture` names an amount for no unit. `Unbillable` where more goes back than is left.
    """
    by_key = {one.key: one for one in sold}
    lines = []
    for found in back:
        one = by_key[found.key]
        net_before, gross_before = before.get(found.key, (0, 0))
        left = one.gross - gross_before
        if not 0 < found.gross <= left:
            raise Unbillable("TOO_MUCH_BACK", one.name)
        net = portion(one.net - net_before, found.gross, left)
        line = _of(one, one.quantity, NOTHING, untaxed)
        name = one.name if found.units or found.key is None else gesture % {"name": one.name}
        lines.append(replace(line, name=name, quantity=found.units or 1, net=net))
    if not lines:
        raise Unbillable("NOTHING_TO_CREDIT")
    return lines
