"""How, and for how much, Saleor says that it is delivered: what a customer may know before there is a basket."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop import settings
from shop.money import Money, is_sold_in
from shop.saleor.catalogue import money_from
from shop.saleor.client import Saleor
from shop.saleor.texts import said


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way of delivering. ``minimum`` is what the goods must come to for it, None where that is nothing; ``days`` are
    the fewest and the most between parcel and door, None where nobody says."""

    name: str
    price: Money
    minimum: Money | None
    days: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class DeliveryCosts:
    """What delivering costs: ``lowest`` of what can be had for a basket, ``is_one_price`` where all of it costs that,
    and ``free_from``: what the goods must come to until it costs nothing; None where that is never or now."""

    lowest: Money
    is_one_price: bool
    free_from: Money | None


def deliveries(saleor: Saleor, country: str = "") -> tuple[Delivery, ...]:
    """What the channel offers to all or to a country (``BE``), by price; may be a minute old. Raises SaleorError."""
    asked = {
        "channel": settings.SALEOR_CHANNEL,
        "address": {"country": country} if country else None,
        "language": saleor.language,
    }
    told = saleor.read_cached("delivery", asked)["shop"]["availableShippingMethods"] or ()
    found = [
        Delivery(
            name=said(node, "name"),
            price=money_from(node["price"]),
            minimum=_minimum(node["minimumOrderPrice"]),
            days=(node["minimumDeliveryDays"], node["maximumDeliveryDays"]),
        )
        for node in told
        if is_sold_in(node["price"]["currency"])
    ]
    return tuple(sorted(found, key=lambda delivery: delivery.price.minor))


def delivered_to(saleor: Saleor) -> tuple[str, ...]:
    """The codes of the countries that Saleor's shipping zones reach; may be a minute old. Raises SaleorError."""
    told = saleor.read_cached("countries", {})["shop"]["countries"]
    return tuple(sorted(country["code"] for country in told))


def _minimum(node: dict[str, object] | None) -> Money | None:
    found = money_from(node) if node else None
    return found if found and found.minor else None


def costs(offered: Sequence[Delivery], goods: Money) -> DeliveryCosts | None:
    """What delivering goods of this price costs; None where nothing delivers them."""
    open_now = [one for one in offered if one.minimum is None or one.minimum.minor <= goods.minor]
    if not open_now:
        return None
    lowest = min((one.price for one in open_now), key=lambda price: price.minor)
    later = [one.minimum for one in offered if one not in open_now and one.minimum and not one.price.minor]
    return DeliveryCosts(
        lowest=lowest,
        is_one_price=all(one.price == lowest for one in open_now) or not lowest.minor,
        free_from=min(later, key=lambda minimum: minimum.minor) if lowest.minor and later else None,
    )
