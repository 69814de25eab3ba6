"""Who makes a product is written on the product in Saleor: a product without it is not for sale."""

from datetime import date, datetime

from fulfilment.agreements.queries import codes_agreed_upon, producers_in_force
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.inbox.rounds import each


def publish_producers(saleor: Saleor, *, on: date, now: datetime) -> list[str]:
    """Publish every agreement in force on a day; the product codes that Saleor does not know.

    Where none is in force any more, nobody makes it: the producer is taken off, so that the shop stops offering it.
    A product that Saleor refuses stands on the operator's list. `GatewayError` while it answers nothing.
    """
    producers = producers_in_force(on)

    def publish(code: str) -> str:
        return "" if saleor.publish_producer(code, producers.get(code, "")) else code

    codes = sorted(codes_agreed_upon())
    return [unknown for unknown in each("publish", codes, publish, named=str, now=now, tries=1) if unknown]
