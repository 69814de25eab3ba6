"""The money of routed lines finds its owners: shares are frozen and held for each partner.

What is taken back of them later is a part of what then stands in the ledger (`reverse_shares`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fulfilment.agreements.rules import AgreementInForce
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.orders.models import Funder, Line, Order
from fulfilment.partners.models import Partner
from fulfilment.partners.queries import Standing, platform, standing_on
from fulfilment.revenue import rules
from fulfilment.revenue.models import Share
from fulfilment.revenue.write import keep

POLICY = {"shipping": "equally_per_producer", "payment_fee": "platform"}
"""The named policies under which all shares are booked; recorded with each entry, with those on discounts. Of the
producers, those who ship."""

NOBODY_SHIPS = POLICY | {"shipping": "platform"}
"""Where none of an order's producers ships, whoever brings the parcel away does so for the platform."""


@dataclass(frozen=True)
class Routed:
    """A line and the agreement that answers for it."""

    line: Line
    agreement: AgreementInForce


def book_shares(
    order: Order, routed: Sequence[Routed], producers: Sequence[int] | None, *, number: int, day: date, now: datetime
) -> bool:
    """Freeze and book the shares of newly routed lines; `producers` (ids) made the order that is now routed whole.

    Those of them who ship get the shipping money, and where none does the platform. `number` is the number of the
    routing decision: the key of the entry is derived from it. True where some share is less than the fixed amount that
    was agreed.
    """
    wanted = {term.partner_id for item in routed for term in item.agreement.terms} | set(producers or ())
    standings = standing_on(day, wanted)
    unknown = [found.name for found in standings.values() if found.tax_regime_id is None]
    assert not unknown, f"nobody knows how these are taxed on {day}, so no agreement may name them: {unknown}"
    shares = [share for item in routed for share in _line_shares(order, item, standings)]
    owners = {
        term.partner_id
        for item in routed
        for term in item.agreement.terms
        if term.partner_kind == Partner.Kind.PLATFORM
    }
    policy = POLICY
    if producers and _shared_shipping(order):
        carriers = [pk for pk in producers if standings[pk].ships]
        if not carriers:
            policy, carriers = NOBODY_SHIPS, [_platform()]
            standings |= standing_on(day, carriers)
            owners.update(carriers)
        shares += _shipping_shares(order, carriers, standings)
    for share in shares:
        share.decision_id = number
    keep(shares)
    moves: list[Move] = []
    for item in routed:
        own = [share for share in shares if share.line_id == item.line.pk]
        moves += line_moves(item.line, own, owners, Account.PARTNER_HELD)
    if producers:
        own = [share for share in shares if share.line_id is None]
        moves += shipping_moves(order, own, owners, Account.PARTNER_HELD)
    record(
        f"order:{order.public_id}:split:{number}",
        "order_split",
        moves,
        currency=order.currency,
        happened_at=order.placed_at,
        now=now,
        policy=policy | on_discounts(order, routed),
    )
    return any(_is_short(item, shares) for item in routed)


def _is_short(item: Routed, shares: Sequence[Share]) -> bool:
    own = [share.amount_minor for share in shares if share.line_id == item.line.pk]
    return any(rules.short_of_fixed(item.line.quantity, terms_of(item.agreement), own))


def on_discounts(order: Order, routed: Sequence[Routed]) -> dict[str, str]:
    """Under which policies discounts are booked: that of each agreement, and who funds the order's voucher."""
    named = {item.line.product_code: item.agreement.discount_policy.value for item in routed}
    voucher = {"voucher": order.voucher_funded_by} if order.voucher_funded_by else {}
    if len(set(named.values())) == 1:
        return voucher | {"discount": next(iter(named.values()))}
    return voucher | {f"discount:{code}": name for code, name in sorted(named.items())}


def _platform() -> int:
    """The id of the platform: a workshop can say that it does not ship only where there is one."""
    found = platform()
    assert found is not None, "nobody ships this order, and there is no platform that could"
    return found.pk


def terms_of(agreement: AgreementInForce) -> list[rules.Term]:
    """The terms of an agreement as the split takes them."""
    return [rules.Term(term.amount_minor, term.basis_points) for term in agreement.terms]


def _line_shares(order: Order, item: Routed, standings: Mapping[int, Standing]) -> Iterable[Share]:
    terms = terms_of(item.agreement)
    amounts = rules.split(shared_net(order, item), item.line.quantity, terms)
    for term, amount in zip(item.agreement.terms, amounts, strict=True):
        yield share_of(order, item.line, item.agreement, term.rank, term.partner_id, amount, standings)


def shared_net(order: Order, item: Routed) -> int:
    """The net amount that a line's partners share in."""
    line, terms = item.line, terms_of(item.agreement)
    funded = line.voucher_net_minor if order.voucher_funded_by == Funder.PLATFORM else 0
    policy = item.agreement.discount_policy
    return rules.shared_net(line.net_minor, line.undiscounted_net_minor, funded, line.quantity, terms, policy)


def _shared_shipping(order: Order) -> int:
    """The net shipping money that producers share: what was paid, and what a voucher of the platform gave as well."""
    if order.voucher_funded_by != Funder.PLATFORM:
        return order.shipping_net_minor
    return max(order.shipping_net_minor, order.undiscounted_shipping_net_minor)


def _shipping_shares(order: Order, producers: Sequence[int], standings: Mapping[int, Standing]) -> Iterable[Share]:
    amounts = rules.split_shipping(_shared_shipping(order), len(producers))
    for rank, (partner_id, amount) in enumerate(zip(producers, amounts, strict=True), start=1):
        yield share_of(order, None, None, rank, partner_id, amount, standings)


def share_of(
    order: Order,
    line: Line | None,
    agreement: AgreementInForce | None,
    rank: int,
    partner_id: int,
    amount: int,
    standings: Mapping[int, Standing],
) -> Share:
    """A partner's share of an amount, taxed as it is; not kept yet. Of the shipping where there is no line."""
    standing = standings[partner_id]
    withholding = 0 if line is None else standing.withholding_basis_points  # a parcel is a service, never a royalty
    tax = rules.Tax(standing.vat_basis_points, withholding)
    taxed = rules.taxed(amount, tax)
    return Share(
        order_id=order.pk,
        line_id=line.pk if line else None,
        partner_id=partner_id,
        agreement_id=agreement.id if agreement else None,
        price_list=agreement.price_list if agreement else "",
        rank=rank,
        tax_regime_id=standing.tax_regime_id,
        amount_minor=taxed.amount,
        vat_minor=taxed.vat,
        vat_basis_points=tax.vat_basis_points,
        withheld_minor=taxed.withheld,
        currency=order.currency,
    )


def line_moves(line: Line, shares: Sequence[Share], platform: Collection[int], partners: Account) -> list[Move]:
    """What a line means in the ledger; `partners` is the account on which partners' money stands.

    What the shares are together above what was paid without VAT, the platform puts to the customer's money.
    """
    borne = sum(share.amount_minor for share in shares) - line.net_minor
    vat = line.gross_minor - line.net_minor
    moves = [
        Move(Account.CUSTOMER, Account.VAT_OWED, vat, line.order_id, line.pk, None, line.tax_basis_points),
        Move(Account.PLATFORM_DISCOUNTS, Account.CUSTOMER, borne, line.order_id, line.pk),
    ]
    for share in shares:
        owner = Account.PLATFORM_SHARE if share.partner_id in platform else partners
        moves += share_moves(share, Account.CUSTOMER, owner)
    return moves


def share_moves(share: Share, source: Account, owner: Account) -> list[Move]:
    """What a share means in the ledger: it comes from `source`, and stands for its `owner`."""
    tags = (share.order_id, share.line_id, share.partner_id)
    moves = [Move(source, owner, share.amount_minor, *tags)]
    if owner is not Account.PLATFORM_SHARE:
        moves.append(Move(Account.VAT_INPUT, owner, share.vat_minor, *tags, share.vat_basis_points))
        moves.append(Move(owner, Account.WITHHOLDING_OWED, share.withheld_minor, *tags))
    return moves


def shipping_moves(order: Order, shares: Sequence[Share], platform: Collection[int], partners: Account) -> list[Move]:
    """What the shipping money of an order means in the ledger, with what the platform puts to it.

    `platform` and `partners` are as for `line_moves`.
    """
    borne = sum(share.amount_minor for share in shares) - order.shipping_net_minor
    vat = order.shipping_gross_minor - order.shipping_net_minor
    moves = [
        Move(Account.CUSTOMER, Account.VAT_OWED, vat, order.pk, None, None, order.shipping_tax_basis_points),
        Move(Account.CUSTOMER, Account.SHIPPING, order.shipping_net_minor, order.pk),
        Move(Account.PLATFORM_DISCOUNTS, Account.SHIPPING, borne, order.pk),
    ]
    for share in shares:
        owner = Account.PLATFORM_SHARE if share.partner_id in platform else partners
        moves += share_moves(share, Account.SHIPPING, owner)
    return moves
