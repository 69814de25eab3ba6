"""Units of a line move to another workshop: what they brought is taken back, and divided by its agreement.

What is taken back is read from the ledger, so that it is what stands, whatever happened to the order before; VAT on the
sale and the customer's money do not move. Shares are frozen: those of the moved units are taken back by new ones below
zero, beside the new ones of the same decision.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from fulfilment.agreements.rules import AgreementInForce
from fulfilment.flows.book_shares import NOBODY_SHIPS, POLICY, share_moves, share_of, whole
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import by_tags
from fulfilment.ledger.book import Move, record
from fulfilment.orders.models import Line, Order
from fulfilment.partners.models import Partner
from fulfilment.partners.queries import Standing, standing_on
from fulfilment.revenue import rules
from fulfilment.revenue.makers import going_with
from fulfilment.revenue.models import Share
from fulfilment.revenue.write import keep
from fulfilment.routing.models import Decision


@dataclass(frozen=True)
class MovedLine:
    """Units of a line that move from a workshop (its id) to that of an agreement; `makers` are the units that stand
    before that, by workshop."""

    line: Line
    units: int
    former: int
    makers: Mapping[int, int]
    agreement: AgreementInForce


@dataclass
class Stands:
    """What stands for a partner of a line or of the shipping: net, its own VAT by rate, and tax that was kept back."""

    net: int = 0
    vat: dict[int | None, int] = field(default_factory=dict)
    withheld: int = 0

    def part(self, count: int, of: int) -> "Stands":
        """So many parts of it, floored; all of it where that is all."""
        vat = {rate: amount * count // of for rate, amount in self.vat.items()}
        return Stands(self.net * count // of, vat, self.withheld * count // of)


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
    stands = _standing(order.pk)
    platform = set(Partner.objects.filter(kind=Partner.Kind.PLATFORM).values_list("pk", flat=True))
    carriers = carriers or sorted(platform)[:1]
    wanted = {term.partner_id for found in moved for term in found.agreement.terms} | set(carriers)
    taxes = standing_on(day, wanted)
    shares: list[Share] = []
    moves: list[Move] = []
    for found in moved:
        taken = _of_units(found, stands[found.line.pk], platform)
        fresh = _line_shares(order, found, sum(part.net for part in taken.values()), taxes)
        moves += _exchange(order, found.line, taken, fresh, Account.CUSTOMER, platform)
        shares += [*fresh, *_taken_back(order, found.line, taken, first_rank=len(fresh) + 1)]
    shipping = _of_shipping(order, stands[None], platform)
    if shipping and carriers and set(shipping) != set(carriers):
        amounts = rules.split_shipping(sum(part.net for part in shipping.values()), len(carriers))
        fresh = [
            share_of(order, None, None, rank, partner, amount, taxes)
            for rank, (partner, amount) in enumerate(zip(carriers, amounts, strict=True), start=1)
        ]
        moves += _exchange(order, None, shipping, fresh, Account.SHIPPING, platform)
        shares += [*fresh, *_taken_back(order, None, shipping, first_rank=len(fresh) + 1)]
    for share in shares:
        share.decision = decision
    keep(shares)
    record(
        f"order:{order.public_id}:reassigned:{decision.pk}",
        "order_reassigned",
        moves,
        currency=order.currency,
        happened_at=now,
        now=now,
        policy=NOBODY_SHIPS if platform & set(carriers) else POLICY,
    )


def _standing(order_id: int) -> dict[int | None, dict[int, Stands]]:
    """What stands of an order, by line (None: the shipping) and partner."""
    found: dict[int | None, dict[int, Stands]] = defaultdict(lambda: defaultdict(Stands))
    tags = ("line_id", "partner_id")
    for account in (Account.PARTNER_HELD, Account.PLATFORM_SHARE):
        for (line, partner), amount in by_tags(account, *tags, order_id=order_id).items():
            if partner is not None:
                found[line][partner].net += amount
    for (line, partner, rate), amount in by_tags(
        Account.VAT_INPUT, *tags, "vat_basis_points", order_id=order_id
    ).items():
        if partner is not None and amount:
            found[line][partner].vat[rate] = -amount
            found[line][partner].net += amount
    for (line, partner), amount in by_tags(Account.WITHHOLDING_OWED, *tags, order_id=order_id).items():
        if partner is not None:
            found[line][partner].withheld += amount
            found[line][partner].net += amount
    return found


def _of_units(found: MovedLine, stands: Mapping[int, Stands], platform: set[int]) -> dict[int, Stands]:
    """What goes with the units that move, by partner; nobody is left with less than nothing."""
    taken = {}
    for partner, part in stands.items():
        count, of = going_with(partner, found.units, of=found.former, makers=found.makers)
        gone = part.part(count, of)
        if partner in platform:  # what it gave away for nothing it still bears: its part is what it was booked
            booked = Share.objects.filter(line=found.line, partner_id=partner).values_list("amount_minor", flat=True)
            gone.net = max(gone.net, sum(booked) * found.units // found.line.quantity)
        if gone.net > 0:
            taken[partner] = gone
    return taken


def _of_shipping(order: Order, stands: Mapping[int, Stands], platform: set[int]) -> dict[int, Stands]:
    """Who has the shipping money now; of the platform, which bears other things of the order too, what was booked."""
    found = {}
    for partner, part in stands.items():
        if partner in platform:
            booked = Share.objects.filter(order=order, line=None, partner_id=partner)
            part = Stands(min(part.net, sum(booked.values_list("amount_minor", flat=True))))
        if part.net > 0:
            found[partner] = part
    return found


def _line_shares(order: Order, found: MovedLine, net: int, taxes: Mapping[int, Standing]) -> list[Share]:
    terms = [rules.Term(term.amount_minor, term.basis_points) for term in found.agreement.terms]
    amounts = rules.split(net, found.units, terms)
    return [
        share_of(order, found.line, found.agreement, term.rank, term.partner_id, amount, taxes)
        for term, amount in zip(found.agreement.terms, amounts, strict=True)
    ]


def _taken_back(order: Order, line: Line | None, taken: Mapping[int, Stands], *, first_rank: int) -> list[Share]:
    """Shares below zero, after the new ones: they say of which agreement and tax the money was that went back."""
    known = {share.partner_id: share for share in Share.objects.filter(order=order, line=line).order_by("pk")}
    return [
        Share(
            order=order,
            line=line,
            partner_id=partner,
            agreement_id=known[partner].agreement_id,
            price_list=known[partner].price_list,
            rank=rank,
            tax_regime_id=known[partner].tax_regime_id,
            amount_minor=-part.net,
            vat_minor=-sum(part.vat.values()),
            vat_basis_points=known[partner].vat_basis_points,
            withheld_minor=-part.withheld,
            currency=order.currency,
        )
        for rank, (partner, part) in enumerate(taken.items(), start=first_rank)
    ]


def _exchange(
    order: Order,
    line: Line | None,
    taken: Mapping[int, Stands],
    fresh: Sequence[Share],
    source: Account,
    platform: set[int],
) -> list[Move]:
    """What was taken goes back to where it came from, and from there to its new owners."""
    line_id = line.pk if line else None
    moves = []
    for partner, part in taken.items():
        tags = (order.pk, line_id, partner)
        owner = Account.PLATFORM_SHARE if partner in platform else Account.PARTNER_HELD
        moves.append(Move(owner, source, part.net, *tags))
        moves += [Move(owner, Account.VAT_INPUT, amount, *tags, rate) for rate, amount in part.vat.items()]
        moves.append(Move(Account.WITHHOLDING_OWED, owner, part.withheld, *tags))
    for share in fresh:
        owner = Account.PLATFORM_SHARE if share.partner_id in platform else Account.PARTNER_HELD
        moves += share_moves(share, source, owner, whole)
    return moves
