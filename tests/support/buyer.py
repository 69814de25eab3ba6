"""An order whose invoice goes to another than who gets it."""

from dataclasses import replace
from typing import Any

from fulfilment.gateways.saleor.values import SaleorAddress, SaleorPickup
from tests.support import remote
from tests.support.bought import LAMP, Bought, agree, ordered

POINT = "Sociaal Gemaakt, afhaalpunt"


def lamp(buyer: SaleorAddress | None = remote.ELSEWHERE, **more: Any) -> Bought:
    """A lamp that goes to An, and whose invoice goes to somebody else."""
    agree("SG-001")
    found = ordered(LAMP)
    found.tell(replace(found.remote, buyer=buyer, **more))
    return found


def collected() -> Bought:
    place = replace(remote.ADDRESS, name="Bea Claes", company=POINT, street="Voorbeeldkaai 1")
    return lamp(address=place, pickup=SaleorPickup(POINT, "zaterdag"))
