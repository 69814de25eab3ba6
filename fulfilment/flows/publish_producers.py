"""Who makes a product is written on the product in Saleor: a product without it is not for sale. How long a piece of it
takes to make is read there, for the days that are promised."""

from datetime import date, datetime

from fulfilment.agreements.queries import codes_agreed_upon, producers_in_force
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.inbox.rounds import each
from fulfilment.production.models import PieceWork
from fulfilment.production.rules import minutes_of


def publish_producers(saleor: Saleor, *, on: date, now: datetime) -> list[str]:
    """Publish every agreement in force on a day; the product codes that Saleor does not know.

    Where none is in force any more, nobody makes it: the producer is taken off, so that the shop stops offering it.
    A product that Saleor refuses stands on the operator's list. `GatewayError` while it answers nothing.
    """
    producers = producers_in_force(on)

    def publish(code: str) -> str:
        hours = saleor.publish_producer(code, producers.get(code, ""))
        if hours is None:
            return code
        PieceWork.objects.update_or_create(product_code=code, defaults={"minutes": minutes_of(hours)})
        return ""

    codes = sorted(codes_agreed_upon())
    return [unknown for unknown in each("publish", codes, publish, named=str, now=now, tries=1) if unknown]
