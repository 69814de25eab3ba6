"""Who makes a product is written on the product in Saleor: a product without it is not for sale."""

from datetime import date

from fulfilment.agreements.queries import codes_agreed_upon, producers_in_force
from fulfilment.gateways.saleor.api import Saleor


def publish_producers(saleor: Saleor, *, on: date) -> list[str]:
    """Publish every agreement in force on a day; the product codes that Saleor does not know.

    Where none is in force any more, nobody makes it: the producer is taken off, so that the shop stops offering it.
    """
    producers = producers_in_force(on)
    return [code for code in sorted(codes_agreed_upon()) if not saleor.publish_producer(code, producers.get(code, ""))]
