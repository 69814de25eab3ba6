"""The split, backwards: what goes back of what was booked, and who gives it.

The ledger tells what stands of a line: how much of the customer's money went where, and what that brought along (a
partner's own VAT, tax that was kept back). Units that go back take their part of what stands; the last unit takes all
of it, so that nothing is left, whatever happened to the line before. An amount that goes back for no unit (a gesture)
takes its VAT along, and the rest from whoever bears it.

Amounts are minor units. One may be below zero: a platform that bore a gesture has less than nothing of a line.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

CUSTOMER = "customer"
VAT = "vat_owed"
PARTNER = "partner"
"""A partner's money, held or payable: which of both is for the order to say."""
PLATFORM = "platform_share"
SHIPPING = "shipping"
DISCOUNTS = "platform_discounts"
"""What the platform bore of a discount: less than nothing of the customer's money, and it gets that back."""

K = TypeVar("K", bound=Hashable)


class Bearer(StrEnum):
    """Who bears an amount that goes back for no unit; recorded with its entry."""

    PLATFORM = "platform"  # the platform, all of it
    SHARED = "shared"  # everybody who shares in the line, by what stands of their shares
    MAKER = "maker"  # the workshop that made it, as far as its share reaches; the platform the rest


@dataclass(frozen=True)
class Place:
    """Where an amount stands: it left `source` for `owner` (names of accounts), tagged as its postings are."""

    source: str
    owner: str
    line_id: int | None = None
    partner_id: int | None = None
    vat_basis_points: int | None = None


Standing = Mapping[Place, int]
"""What stands, in the order in which it was booked."""


def standing(rows: Iterable[tuple[Place, int]]) -> dict[Place, int]:
    """What stands after all these moves, of which some led back where others came from. Zeros are left out.

    Of two accounts the customer's is the source; of two others the first move tells which is.
    """
    found: dict[Place, int] = {}
    for place, amount in rows:
        back = Place(place.owner, place.source, place.line_id, place.partner_id, place.vat_basis_points)
        if place.owner == CUSTOMER or (back in found and place not in found):
            found[back] = found.get(back, 0) - amount
        else:
            found[place] = found.get(place, 0) + amount
    return {place: amount for place, amount in found.items() if amount}


def part(amounts: Mapping[K, int], count: int, of: int) -> dict[K, int]:
    """`count` of `of` parts of each amount; together exactly the floored part of their sum.

    Each is floored, and the cents left are given out one by one, in order, to those that lost a fraction: so none
    gives more than stands, and all of them everything when `count` is `of`.
    """
    assert 0 <= count <= of
    assert of > 0
    parts = {key: amount * count // of for key, amount in amounts.items()}
    left = sum(amounts.values()) * count // of - sum(parts.values())
    for key, amount in amounts.items():
        if left and amount * count % of:
            parts[key] += 1
            left -= 1
    return parts


def customers(found: Standing) -> dict[Place, int]:
    """What of it is the customer's money: the rest is what that brought along."""
    return {place: amount for place, amount in found.items() if place.source == CUSTOMER}


def units_back(found: Standing, count: int, of: int) -> dict[Place, int]:
    """What `count` of the `of` units that are left of a line take back."""
    taken = part(customers(found), count, of)
    brought = {place: amount * count // of for place, amount in found.items() if place.source != CUSTOMER}
    return {**taken, **brought}


def exactly(found: Standing, taken: Standing, amount: int) -> dict[Place, int]:
    """What is `taken` of what stands, made to come to `amount` of the customer's money, as far as so much stands.

    What was asked for a unit is its price as it was then; what stands of the line may have become less or more since.
    """
    whole, own = customers(found), customers(taken)
    difference = min(amount, sum(whole.values())) - sum(own.values())
    rest = {place: value - own.get(place, 0) for place, value in whole.items()} if difference > 0 else own
    more = part(rest, abs(difference), sum(rest.values())) if difference else {}
    sign = 1 if difference > 0 else -1
    return dict(taken) | {place: own.get(place, 0) + sign * value for place, value in more.items()}


def amount_back(
    found: Standing, amount: int, bearer: Bearer, *, platform_id: int | None, maker_id: int | None = None
) -> dict[Place, int]:
    """What an amount that goes back for no unit of a line takes back; `amount` is at most what stands of it.

    `platform_id` and `maker_id` are the partners who bear it by that name.
    """
    whole = customers(found)
    total = sum(whole.values())
    assert 0 <= amount <= total
    if not amount:
        return {}
    if bearer is Bearer.SHARED:
        return units_back(found, amount, total)
    # To the nearest cent, as VAT is: over several lines, floored parts would leave cents to whoever bears the rest.
    taken = {place: (2 * value * amount + total) // (2 * total) for place, value in whole.items() if place.owner == VAT}
    net = amount - sum(taken.values())
    line_id = next(iter(whole)).line_id
    if bearer is Bearer.MAKER:
        theirs, net = _from_maker(found, net, maker_id)
        taken |= theirs
    platform = Place(CUSTOMER, PLATFORM, line_id, platform_id)
    taken[platform] = taken.get(platform, 0) + net
    return taken


def _from_maker(found: Standing, net: int, maker_id: int | None) -> tuple[dict[Place, int], int]:
    """What a workshop gives of its share, with the VAT and the tax on it; and what is left for the platform."""
    own = {place: value for place, value in found.items() if place.partner_id == maker_id and value > 0}
    share = sum(value for place, value in own.items() if place.source == CUSTOMER and place.owner == PARTNER)
    given = min(net, share)
    if not given:
        return {}, net
    whole = {place: value for place, value in own.items() if place.source == CUSTOMER and place.owner == PARTNER}
    brought = {place: value * given // share for place, value in own.items() if place.source != CUSTOMER}
    return {**part(whole, given, share), **brought}, net - given


def spread(amount: int, left: Mapping[K, int]) -> dict[K, int]:
    """An amount over lines, by what is left of each (minor units); no line gives more than is left of it."""
    total = sum(left.values())
    assert 0 <= amount <= total
    return part(left, amount, total) if amount else dict.fromkeys(left, 0)


@dataclass(frozen=True)
class Rows:
    """Who gives what of an amount that goes back: the rows add up to it, exactly.

    `partners` (by id) are their shares without their own VAT; `other` are the cents of rounding.
    """

    partners: Mapping[int, int]
    platform: int
    vat: int
    other: int

    @property
    def total(self) -> int:
        return sum(self.partners.values()) + self.platform + self.vat + self.other


def rows_of(taken: Standing) -> Rows:
    """The rows of what is taken back. Shipping money is shown at whoever got it, a discount at whoever bore it."""
    partners: dict[int, int] = {}
    platform = vat = other = 0
    for place, amount in taken.items():
        is_share = place.source in (CUSTOMER, SHIPPING) and place.owner == PARTNER
        if is_share and place.partner_id is not None:
            partners[place.partner_id] = partners.get(place.partner_id, 0) + amount
        elif place.source in (CUSTOMER, SHIPPING) and place.owner in (PLATFORM, DISCOUNTS):
            platform += amount
        elif place.source == DISCOUNTS:
            platform -= amount  # it was put to the shipping money
            other += amount
        elif place.source == CUSTOMER and place.owner == VAT:
            vat += amount
        elif place.source == CUSTOMER:
            other += amount
        if place.source == SHIPPING:
            other -= amount  # it stands in `other` already, as what the customer paid for shipping
    return Rows(partners, platform, vat, other)


def total(found: Iterable[Rows]) -> Rows:
    """Several choices together."""
    partners: dict[int, int] = {}
    platform = vat = other = 0
    for rows in found:
        for partner_id, amount in rows.partners.items():
            partners[partner_id] = partners.get(partner_id, 0) + amount
        platform, vat, other = platform + rows.platform, vat + rows.vat, other + rows.other
    return Rows(partners, platform, vat, other)
