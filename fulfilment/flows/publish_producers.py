"""Who makes a product is written on the product in Saleor: a product without it is not for sale."""

from datetime import date

from fulfilment.agreements.queries import producers_in_force
from fulfilment.gateways.saleor.api import Saleor


def publish_producers(saleor: Saleor, *, on: date) -> list[str]:
    """Publish every agreement in force on a day; the product codes that Saleor does not know."""
    return [code for code, slug in producers_in_force(on).items() if not saleor.publish_producer(code, slug)]
