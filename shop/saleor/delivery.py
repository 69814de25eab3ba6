"""How, and for how much, Saleor says that it is delivered: what a customer may know before there is a basket."""

from dataclasses import dataclass

from shop import settings
from shop.money import Money, is_sold_in
from shop.saleor.catalogue import money_from, said
from shop.saleor.client import Saleor


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way of delivering. ``days`` are the fewest and the most between parcel and door; None where nobody says."""

    name: str
    price: Money
    days: tuple[int | None, int | None]


def deliveries(saleor: Saleor, country: str) -> tuple[Delivery, ...]:
    """What is offered to a country (``BE``), by price; may be a minute old. Raises SaleorError."""
    asked = {"channel": settings.SALEOR_CHANNEL, "country": country, "language": saleor.language}
    told = saleor.read_cached("delivery", asked)["shop"]["availableShippingMethods"] or ()
    found = [
        Delivery(
            said(node, "name"), money_from(node["price"]), (node["minimumDeliveryDays"], node["maximumDeliveryDays"])
        )
        for node in told
        if is_sold_in(node["price"]["currency"])
    ]
    return tuple(sorted(found, key=lambda delivery: delivery.price.minor))
