"""Prices are kept whenever they are others, and the one before a reduction is written in Saleor."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from fulfilment.errors import GatewayError
from fulfilment.flows.follow_prices import follow_prices
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.offers import ListedPrice, SaleorChannel
from fulfilment.prices.models import PriceSeen

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)
SHOP = SaleorChannel("consumer", "EUR", with_tax=True, is_active=True)
MOSS = ListedPrice("Product:1", "Variant:1", "Listing:1", "EUR", 21_900, is_reduced=False, prior_minor=None)
CLAY = replace(MOSS, variant_id="Variant:2", listing_id="Listing:2")


@dataclass
class PricesInMemory:
    """A Saleor that tells prices, and remembers what is written beside them."""

    prices: dict[str, ListedPrice] = field(default_factory=dict)
    sold_in: list[SaleorChannel] = field(default_factory=lambda: [SHOP])
    written: list[tuple[str, int | None]] = field(default_factory=list)
    refused: GatewayError | None = None
    refused_of: set[str] = field(default_factory=lambda: {"Variant:1", "Variant:2"})

    def channels(self) -> list[SaleorChannel]:
        return self.sold_in

    def listed_prices(self, channel: str, currency: str) -> Iterator[ListedPrice]:
        return iter(list(self.prices.values()))

    def set_prior_price(self, listed: ListedPrice, minor: int | None) -> None:
        if self.refused and listed.variant_id in self.refused_of:
            raise self.refused
        self.written.append((listed.variant_id, minor))
        self.prices[listed.variant_id] = replace(self.prices[listed.variant_id], prior_minor=minor)

    def ask(self, variant: ListedPrice, minor: int, *, is_reduced: bool = False) -> None:
        held = self.prices.get(variant.variant_id, variant)
        self.prices[variant.variant_id] = replace(held, minor=minor, is_reduced=is_reduced)

    def follow(self, day: float) -> None:
        follow_prices(cast(Saleor, self), now=START + timedelta(days=day))


@pytest.fixture
def saleor() -> PricesInMemory:
    return PricesInMemory({MOSS.variant_id: MOSS, CLAY.variant_id: CLAY})


def kept(variant: ListedPrice = MOSS) -> list[tuple[int | None, bool]]:
    rows = PriceSeen.objects.filter(variant_id=variant.variant_id).order_by("since")
    return list(rows.values_list("minor", "is_reduced"))


def test_a_price_is_kept_once_for_as_long_as_it_stays(saleor: PricesInMemory) -> None:
    for day in range(3):
        saleor.follow(day)
    saleor.ask(MOSS, 22_900)
    saleor.follow(3)
    saleor.follow(3)
    assert kept() == [(21_900, False), (22_900, False)]
    assert kept(CLAY) == [(21_900, False)]
    assert saleor.written == []


def test_the_lowest_price_before_a_reduction_is_written_once_and_taken_away_after_it(saleor: PricesInMemory) -> None:
    for day, minor in ((0, 19_900), (45, 21_900)):
        saleor.ask(MOSS, minor)
        saleor.follow(day)
    saleor.ask(MOSS, 17_500, is_reduced=True)
    for day in (60, 61):
        saleor.follow(day)
    assert saleor.written == [("Variant:1", 19_900)]
    saleor.ask(MOSS, 15_000, is_reduced=True)
    saleor.follow(65)
    assert saleor.written == [("Variant:1", 19_900)]  # one that goes further is the same
    saleor.ask(MOSS, 21_900)
    saleor.follow(70)
    assert saleor.written == [("Variant:1", 19_900), ("Variant:1", None)]


def test_of_what_was_reduced_before_anybody_looked_people_say_what_it_was(saleor: PricesInMemory) -> None:
    saleor.prices[MOSS.variant_id] = replace(MOSS, minor=17_500, is_reduced=True, prior_minor=20_000)
    saleor.follow(0)
    assert saleor.written == []
    saleor.ask(MOSS, 21_900)
    saleor.follow(10)
    saleor.ask(MOSS, 17_500, is_reduced=True)
    saleor.follow(20)
    assert saleor.written == [("Variant:1", None), ("Variant:1", 17_500)]  # within the thirty days it was as cheap


def test_a_reading_that_comes_late_is_kept_where_it_belongs(saleor: PricesInMemory) -> None:
    saleor.follow(0)
    saleor.ask(MOSS, 17_500, is_reduced=True)
    saleor.follow(10)
    saleor.ask(MOSS, 18_900)
    saleor.follow(5)  # as it was five days before, told now
    assert kept() == [(21_900, False), (18_900, False), (17_500, True)]
    saleor.ask(MOSS, 17_500, is_reduced=True)
    saleor.follow(11)
    assert saleor.written[-1] == ("Variant:1", 18_900)


def test_what_is_not_for_sale_any_more_has_no_price_until_it_is_again(saleor: PricesInMemory) -> None:
    saleor.follow(0)
    del saleor.prices[MOSS.variant_id]
    saleor.follow(1)
    saleor.follow(2)
    saleor.prices[MOSS.variant_id] = MOSS
    saleor.follow(3)
    assert kept() == [(21_900, False), (None, False), (21_900, False)]


@pytest.mark.parametrize(
    "other",
    [
        SaleorChannel("wholesale", "EUR", with_tax=False, is_active=True),
        SaleorChannel("closed", "EUR", with_tax=True, is_active=False),
        SaleorChannel("abroad", "XTS", with_tax=True, is_active=True),
    ],
)
def test_where_nobody_buys_as_a_consumer_nothing_is_kept(saleor: PricesInMemory, other: SaleorChannel) -> None:
    saleor.sold_in = [other]
    saleor.follow(0)
    assert not PriceSeen.objects.exists()


def test_one_that_saleor_refuses_keeps_none_of_the_others(saleor: PricesInMemory) -> None:
    saleor.follow(0)
    for variant in (MOSS, CLAY):
        saleor.ask(variant, 17_500, is_reduced=True)
    saleor.refused, saleor.refused_of = GatewayError("no such listing", retry=False), {"Variant:1"}
    with pytest.raises(GatewayError, match="no such listing"):
        saleor.follow(40)
    assert saleor.written == [("Variant:2", 21_900)]


def test_what_saleor_does_not_take_is_written_the_next_time(saleor: PricesInMemory) -> None:
    saleor.follow(0)
    for variant in (MOSS, CLAY):
        saleor.ask(variant, 17_500, is_reduced=True)
    saleor.refused = GatewayError("Saleor is away", retry=True)
    with pytest.raises(GatewayError):
        saleor.follow(40)
    assert kept() == [(21_900, False), (17_500, True)]
    saleor.refused = None
    saleor.follow(41)
    assert saleor.written == [("Variant:1", 21_900), ("Variant:2", 21_900)]
