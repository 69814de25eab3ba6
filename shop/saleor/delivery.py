"""What delivery costs in this channel, before anybody says where to."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop import settings
from shop.money import Money
from shop.saleor.catalogue import money_from, said
from shop.saleor.client import Saleor


@dataclass(frozen=True, slots=True)
class Offer:
    """A way of delivering of the channel. ``minimum`` is what the goods must come to for it; None where that is
    nothing."""

    name: str
    price: Money
    minimum: Money | None


@dataclass(frozen=True, slots=True)
class DeliveryCosts:
    """What delivering costs: ``lowest`` of what can be had for a basket, ``is_one_price`` where all of it costs that,
    and ``free_from``: what the goods must come to until it costs nothing; None where that is never or now."""

    lowest: Money
    is_one_price: bool
    free_from: Money | None


def offers(saleor: Saleor) -> tuple[Offer, ...]:
    """Every way of delivering of the channel, wherever to; may be a minute old. Raises SaleorError."""
    asked = {"channel": settings.SALEOR_CHANNEL, "language": saleor.language}
    methods = saleor.read_cached("shop", asked)["shop"]["availableShippingMethods"] or ()
    return tuple(
        Offer(said(method, "name"), money_from(method["price"]), _minimum(method["minimumOrderPrice"]))
        for method in methods
    )


def _minimum(node: dict[str, object] | None) -> Money | None:
    found = money_from(node) if node else None
    return found if found and found.minor else None


def costs(offered: Sequence[Offer], goods: Money) -> DeliveryCosts | None:
    """What delivering goods of this price costs; None where nothing delivers them."""
    open_now = [offer for offer in offered if offer.minimum is None or offer.minimum.minor <= goods.minor]
    if not open_now:
        return None
    lowest = min((offer.price for offer in open_now), key=lambda price: price.minor)
    later = [offer.minimum for offer in offered if offer not in open_now and offer.minimum and not offer.price.minor]
    return DeliveryCosts(
        lowest=lowest,
        is_one_price=all(offer.price == lowest for offer in open_now) or not lowest.minor,
        free_from=min(later, key=lambda minimum: minimum.minor) if lowest.minor and later else None,
    )
