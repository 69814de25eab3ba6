"""Some knocks of the fuzzer; `python3 run.py fuzz --minutes 10` knocks for as long as one likes."""

from itertools import islice

import pytest
from pytest_django import Settings

from tests.fuzz.addresses import addresses
from tests.fuzz.fulfilment import fulfilment
from tests.fuzz.knocking import Fuzzer
from tests.support.money import StripeInMemory
from tests.support.static_files import as_they_lie

pytestmark = pytest.mark.django_db

KNOCKS = 600
SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_door_breaks_and_who_is_refused_leaves_nothing(seed: int, settings: Settings) -> None:
    as_they_lie(settings)
    with StripeInMemory().connected():
        found = {str(knock) for knock in islice(Fuzzer(fulfilment(), seed).knocks(), KNOCKS) if knock is not None}
    assert found == set()


def test_every_part_of_the_site_is_knocked_at() -> None:
    routes = [one.route for one in addresses()]
    for beginning in ("/backoffice/", "/portal/", "/accounts/", "/api/storefront/", "/hooks/", "/saleor/", "/mail/"):
        assert any(route.startswith(beginning) for route in routes), beginning
    assert not any("(?P" in route or ":" in route for route in routes)
