"""What of a basket each workshop makes, and the day that is promised for it."""

from dataclasses import dataclass, field
from datetime import date

from shop.fulfilment.client import promises
from shop.saleor.checkout import Checkout


@dataclass(slots=True)
class Part:
    """What one workshop makes: the names of the products, and the day by which all of it is ready, where that is
    known."""

    workshop: str
    ready_on: date | None = None
    products: list[str] = field(default_factory=list)


def parts_of(checkout: Checkout) -> list[Part]:
    """A part for each workshop, in the order of the lines."""
    promised = promises(checkout.pieces)
    parts: dict[str, Part] = {}
    for line in checkout.lines:
        product = line.product
        if product.producer is None:
            continue
        part = parts.setdefault(product.producer.slug, Part(product.producer.name))
        promise = promised.get(product.code)
        if promise is not None and promise.ready_on is not None:
            part.ready_on = max(part.ready_on or promise.ready_on, promise.ready_on)
        name = product.name if line.quantity == 1 else f"{line.quantity} × {product.name}"
        part.products.append(name)
    return list(parts.values())
