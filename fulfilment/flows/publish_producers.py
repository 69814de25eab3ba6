"""Who makes a product is written on the product in Saleor: a product without it is not for sale."""

from datetime import date

from fulfilment.agreements.queries import codes_agreed_upon, producers_in_force
from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor


def publish_producers(saleor: Saleor, *, on: date) -> list[str]:
    """Publish every agreement in force on a day; the product codes that Saleor does not know. `GatewayError`.

    Where none is in force any more, nobody makes it: the producer is taken off, so that the shop stops offering it.
    """
    producers = producers_in_force(on)
    unknown: list[str] = []
    refused: list[GatewayError] = []
    for code in sorted(codes_agreed_upon()):
        try:
            if not saleor.publish_producer(code, producers.get(code, "")):
                unknown.append(code)
        except GatewayError as error:
            if error.retry:
                raise
            refused.append(GatewayError(f"{code}: {error}", retry=False, code=error.code))
    if refused:
        raise refused[0]  # one product that Saleor will not have is no reason to leave out the others
    return unknown
