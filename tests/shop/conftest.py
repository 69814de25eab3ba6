"""The shop with Saleor and fulfilment played by fakes, and without Valkey."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from tests.shop.buying import PAYABLE, browser, fill, review
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.played import by_itself, fulfilment_played, saleor_played

# These tests are of another program than most: they run by themselves, with --ds=shop.settings.
if settings.ROOT_URLCONF != "shop.urls":
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(autouse=True)
def _shop() -> Iterator[None]:
    with by_itself(), override(settings.LANGUAGE_CODE):  # what a test asked for last speaks to none after it
        yield


@pytest.fixture
def saleor() -> Iterator[FakeSaleor]:
    with saleor_played() as fake:
        yield fake


@pytest.fixture
def fulfilment() -> Iterator[FakeFulfilment]:
    with fulfilment_played() as fake:
        yield fake


@pytest.fixture
def visitor(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> Client:
    """Somebody with a browser that runs no JavaScript."""
    return browser()


@pytest.fixture
def buyer(visitor: Client, saleor: FakeSaleor) -> Client:
    """A visitor with a lamp in the basket, before the first step."""
    saleor.payment = PAYABLE
    fill(visitor)
    return visitor


@pytest.fixture
def reviewer(buyer: Client) -> Client:
    """The same visitor, who has come to the overview."""
    review(buyer)
    return buyer
