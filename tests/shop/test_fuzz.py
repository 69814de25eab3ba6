"""Some knocks of the fuzzer; `python3 run.py fuzz --shop` knocks for as long as one likes."""

from itertools import islice

import pytest

from tests.fuzz.addresses import addresses
from tests.fuzz.knocking import Fuzzer
from tests.fuzz.shop import shop
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor

KNOCKS = 400


@pytest.mark.parametrize("seed", [1, 2])
def test_no_door_of_the_shop_breaks(seed: int, saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    found = {
        str(knock) for knock in islice(Fuzzer(shop(saleor, fulfilment), seed).knocks(), KNOCKS) if knock is not None
    }
    assert found == set()


def test_every_room_of_the_shop_is_knocked_at() -> None:
    routes = [one.route for one in addresses()]
    for beginning in (
        "/nl/product/",
        "/nl/mandje/",
        "/nl/korting/",
        "/nl/afrekenen/",
        "/nl/account/",
        "/nl/volgen/",
        "/nl/terugbetaling/",
        "/nl/zakelijk/",
    ):
        assert any(route.startswith(beginning) for route in routes), beginning
