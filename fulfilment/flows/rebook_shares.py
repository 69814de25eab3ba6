"""Units of a line move to another workshop: what they brought is taken back, and divided by its agreement.

What is taken back is read from the ledger, so that it is what stands, whatever happened to the order before; VAT on the
sale and the customer's money do not move. Shares are frozen: those of the moved units are taken back by new ones below
zero, beside the new ones of the same decision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fulfilment.agreements.rules import AgreementInForce
from fulfilment.flows.book_shares import (
    NOBODY_SHIPS,
    POLICY,
    Routed,
    on_discounts,
    share_moves,
    share_of,
    shared_net,
    terms_of,
)
from fulfilment.flows.reverse_shares import books_of, makers_of, moves_back
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record, reversed_moves
from fulfilment.money import portion
from fulfilment.orders.models import Line, Order
from fulfilment.orders.queries import refunded_units
from fulfilment.partners.models import Partner
from fulfilment.partners.queries import Standing, standing_on
from fulfilment.revenue import reversal, rules
from fulfilment.revenue.makers import units_back_of
from fulfilment.revenue.models import Share
from fulfilment.revenue.reversal import Place
from fulfilment.revenue.write import keep
from fulfilment.routing.models import Decision

OWNERS = (reversal.PARTNER, reversal.PLATFORM)


@dataclass(frozen=True)
class MovedLine:
    """Units of a line that move from a workshop (its id) and its agreement to that of another agreement."""

    line: Line
    units: int
    former: int
    makers: Mapping[int, int]
    """The units that stand before that, by workshop."""
    was: AgreementInForce
    becomes: AgreementInForce


def moved_line(order: Order, line: Line, units: int, was: AgreementInForce, becomes: AgreementInForce) -> MovedLine:
    """Units that move, as the order stands before they do."""
    left = line.quantity - refunded_units(order).get(line.pk, 0)
    return MovedLine(line, units, was.producer_id, makers_of(line, left), was, becomes)


def rebook_shares(
    order: Order,
    decision: Decision,
    moved: Sequence[MovedLine],
    carriers: Sequence[int],
    *,
    day: date,
    now: datetime,
) -> None:
    """Take back and book anew, in one entry whose key is of the decision. The caller holds the order.

    `carriers` are the workshops (ids) that ship of this order from now on: they share the shipping money, or the
    platform has it where there is none. Taxes are those of `day`. Nothing of the order may have been released.
    """
    assert order.released_at is None
    standing = books_of(order).standing
    platform = set(Partner.objects.filter(kind=Partner.Kind.PLATFORM).values_list("pk", flat=True))
    carriers = carriers or sorted(platform)[:1]
    wanted = {term.partner_id for found in moved for term in found.becomes.terms} | set(carriers)
    taxes = standing_on(day, wanted)
    shares: list[Share] = []
    moves: list[Move] = []
    for found in moved:
        taken = _of_units(found, standing.get(found.line.pk, {}), platform)
        net = sum(reversal.customers(taken).values())
        extra = _extra(order, found, net)
        fresh = _line_shares(order, found, net + extra, taxes)
        moves += [*moves_back(order, taken), *_borne(order, found.line, extra)]
        moves += _given(fresh, Account.CUSTOMER, platform)
        shares += [*fresh, *_taken_back(order, found.line, taken, first_rank=len(fresh) + 1)]
    taken = {place: amount for place, amount in standing.get(None, {}).items() if _is_of_shipping(place)}
    shipping = {place.partner_id: amount for place, amount in taken.items() if place.source == reversal.SHIPPING}
    if carriers and shipping and set(shipping) != set(carriers):
        fresh = _shipping_shares(order, carriers, sum(shipping.values()), taxes)
        moves += [*moves_back(order, taken), *_given(fresh, Account.SHIPPING, platform)]
        shares += [*fresh, *_taken_back(order, None, taken, first_rank=len(fresh) + 1)]
    for share in shares:
        share.decision = decision
    keep(shares)
    policy = NOBODY_SHIPS if platform & set(carriers) else POLICY
    record(
        f"order:{order.public_id}:reassigned:{decision.pk}",
        "order_reassigned",
        moves,
        currency=order.currency,
        happened_at=now,
        now=now,
        policy=policy | on_discounts(order, [Routed(found.line, found.becomes) for found in moved]),
    )


def _of_units(found: MovedLine, standing: Mapping[Place, int], platform: set[int]) -> dict[Place, int]:
    """What partners give with the units that move, and the tax that goes along; nobody is left with less than nothing.

    What the platform gave away for nothing it still bears: of its part, what it was booked goes.
    """
    theirs = {place: amount for place, amount in standing.items() if place.partner_id is not None}
    taken = units_back_of(theirs, found.units, of=found.former, makers=found.makers)
    for place in [place for place in taken if place.owner == reversal.PLATFORM]:
        booked = Share.objects.filter(line=found.line, partner_id__in=platform).values_list("amount_minor", flat=True)
        taken[place] = max(taken[place], portion(max(sum(booked), 0), found.units, found.line.quantity))
    return {place: amount for place, amount in taken.items() if amount > 0}


def _extra(order: Order, found: MovedLine, net: int) -> int:
    """What the platform puts to the money of these units beside what it did, as the new agreement says of discounts."""
    was, becomes = (shared_net(order, Routed(found.line, agreed)) for agreed in (found.was, found.becomes))
    return 0 if was == becomes else portion(becomes, found.units, found.line.quantity) - net


def _borne(order: Order, line: Line, extra: int) -> list[Move]:
    move = Move(Account.PLATFORM_DISCOUNTS, Account.CUSTOMER, abs(extra), order.pk, line.pk)
    return [move] if extra > 0 else reversed_moves([move])


def _is_of_shipping(place: Place) -> bool:
    """Whether it is a partner's part of the shipping money, or the VAT that is added to that."""
    return place.partner_id is not None and place.source in (reversal.SHIPPING, Account.VAT_INPUT)


def _line_shares(order: Order, found: MovedLine, net: int, taxes: Mapping[int, Standing]) -> list[Share]:
    amounts = rules.split(net, found.units, terms_of(found.becomes))
    return [
        share_of(order, found.line, found.becomes, term.rank, term.partner_id, amount, taxes)
        for term, amount in zip(found.becomes.terms, amounts, strict=True)
    ]


def _shipping_shares(order: Order, carriers: Sequence[int], net: int, taxes: Mapping[int, Standing]) -> list[Share]:
    amounts = rules.split_shipping(net, len(carriers))
    return [
        share_of(order, None, None, rank, partner, amount, taxes)
        for rank, (partner, amount) in enumerate(zip(carriers, amounts, strict=True), start=1)
    ]


def _given(shares: Sequence[Share], source: Account, platform: set[int]) -> list[Move]:
    """What new shares mean in the ledger."""
    return [
        move
        for share in shares
        for move in share_moves(
            share,
            source,
            Account.PLATFORM_SHARE if share.partner_id in platform else Account.PARTNER_HELD,
        )
    ]


def _taken_back(order: Order, line: Line | None, taken: Mapping[Place, int], *, first_rank: int) -> list[Share]:
    """Shares below zero, after the new ones: they say of which agreement and tax the money was that went back."""
    known = {share.partner_id: share for share in Share.objects.filter(order=order, line=line).order_by("pk")}
    found: dict[int, Share] = {}
    for place, amount in taken.items():
        former = known[place.partner_id or 0]
        share = found.setdefault(former.partner_id, _nothing_of(former, rank=first_rank + len(found)))
        if place.owner in OWNERS and place.source == Account.VAT_INPUT:
            share.vat_minor -= amount
        elif place.owner in OWNERS:
            share.amount_minor -= amount
        else:
            share.withheld_minor -= amount
    return list(found.values())


def _nothing_of(share: Share, *, rank: int) -> Share:
    return Share(
        order_id=share.order_id,
        line_id=share.line_id,
        partner_id=share.partner_id,
        agreement_id=share.agreement_id,
        price_list=share.price_list,
        rank=rank,
        tax_regime_id=share.tax_regime_id,
        amount_minor=0,
        vat_minor=0,
        vat_basis_points=share.vat_basis_points,
        withheld_minor=0,
        currency=share.currency,
    )
