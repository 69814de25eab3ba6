"""What a sale would bring whom, before it is made: at the prices as they are, and at the least that each voucher makes
of them. So a discount that leaves a partner less than a fixed amount is seen before it is given."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from fulfilment.agreements import queries as agreements
from fulfilment.agreements.rules import AgreementInForce
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.offers import SaleorChannel, SaleorListing, SaleorOffer, SaleorPrice
from fulfilment.money import is_kept_in, to_minor
from fulfilment.orders.models import Funder
from fulfilment.partners.models import Partner
from fulfilment.revenue.foresight import Discount, Outcome, Price, outcome
from fulfilment.revenue.rules import Term


@dataclass(frozen=True)
class Part:
    """What a partner gets of one piece, the fixed amount in that, and how much less than it (minor units)."""

    partner: str
    amount: int
    fixed: int
    short: int


@dataclass(frozen=True)
class Sale:
    """One piece sold: at what price without VAT, to whom that goes, and what the platform adds."""

    price: SaleorPrice
    agreement: AgreementInForce
    net: int
    borne: int
    parts: tuple[Part, ...]

    @property
    def short(self) -> tuple[Part, ...]:
        """The partners who would get less than their fixed amount."""
        return tuple(part for part in self.parts if part.short)


@dataclass(frozen=True)
class Outlook:
    """Each product at its price; and each voucher with what it would leave of those that it is for, at the least."""

    prices: tuple[Sale, ...]
    vouchers: tuple[tuple[SaleorOffer, tuple[Sale, ...]], ...]


def foresee(saleor: Saleor, *, on: date) -> Outlook:
    """The outlook on what Saleor offers now, by the agreements of a day. `GatewayError`.

    What is sold in a currency that we do not keep books in, we do not sell.
    """
    channels = [channel for channel in saleor.channels() if channel.is_active and is_kept_in(channel.currency)]
    prices = [price for channel in channels for price in saleor.prices(channel.slug, channel.currency)]
    slugs = {channel.slug for channel in channels}
    offers = [_in_channels(offer, slugs) for offer in saleor.vouchers()]
    return outlook(channels, prices, offers, on=on)


def _in_channels(offer: SaleorOffer, slugs: Collection[str]) -> SaleorOffer:
    listings = {slug: listing for slug, listing in offer.listings.items() if slug in slugs}
    return replace(offer, listings=listings)


def outlook(
    channels: Iterable[SaleorChannel], prices: Iterable[SaleorPrice], offers: Iterable[SaleorOffer], *, on: date
) -> Outlook:
    """The outlook on these prices and vouchers. Of a product without an agreement nothing can be said."""
    with_tax = {channel.slug: channel.with_tax for channel in channels}
    listed = [price for price in prices if price.channel in with_tax]
    found = {
        (channel, code): agreement
        for channel in with_tax
        for code, agreement in agreements.in_force({price.product_code for price in listed}, on, channel).items()
    }
    agreed = [
        (price, found[price.channel, price.product_code])
        for price in listed
        if (price.channel, price.product_code) in found
    ]
    names = dict(Partner.objects.values_list("pk", "name"))
    return Outlook(
        prices=tuple(_sale(price, agreement, with_tax, None, names) for price, agreement in agreed),
        vouchers=tuple(
            (
                offer,
                tuple(
                    _sale(price, agreement, with_tax, _discount(offer, price), names)
                    for price, agreement in agreed
                    if offer.is_for(price)
                ),
            )
            for offer in offers
        ),
    )


def _sale(
    price: SaleorPrice,
    agreement: AgreementInForce,
    with_tax: Mapping[str, bool],
    discount: Discount | None,
    names: Mapping[int, str],
) -> Sale:
    terms = [Term(term.amount_minor, term.basis_points) for term in agreement.terms]
    asked = Price(price.gross_minor, price.net_minor, with_tax[price.channel], price.undiscounted_net_minor)
    result = outcome(asked, terms, agreement.discount_policy, discount)
    return Sale(price, agreement, result.net, result.borne, tuple(_parts(agreement, terms, result, names)))


def _parts(agreement: AgreementInForce, terms: Sequence[Term], result: Outcome, names: Mapping[int, str]) -> list[Part]:
    """What each partner gets over all its terms."""
    parts: dict[int, Part] = {}
    for term, share, short in zip(agreement.terms, result.shares, result.short, strict=True):
        former = parts.get(term.partner_id, Part(names[term.partner_id], 0, 0, 0))
        fixed = former.fixed + (term.amount_minor or 0)
        parts[term.partner_id] = Part(former.partner, former.amount + share, fixed, former.short + short)
    return list(parts.values())


def _discount(offer: SaleorOffer, price: SaleorPrice) -> Discount:
    listing: SaleorListing = offer.listings[price.channel]
    return Discount(
        basis_points=int(listing.value * 100) if offer.is_percentage else None,
        amount=0 if offer.is_percentage else to_minor(listing.value, price.currency),
        is_of_order=offer.type == "ENTIRE_ORDER" and not offer.is_for_cheapest,
        minimum=listing.minimum_minor,
        is_funded=offer.funded_by == Funder.PLATFORM,
    )
