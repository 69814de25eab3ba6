"""The guard of every test bites: another machine is not asked while a transaction of ours is open."""

import pytest
from django.db import transaction

from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.gateways.stripe.connect import connected
from tests.support.fakes import FakeSaleor
from tests.support.money import StripeInMemory
from tests.support.outside import undone

pytestmark = pytest.mark.django_db

HELD = "another machine is asked while a transaction of ours is open"


def test_the_stand_ins_look() -> None:
    with pytest.raises(AssertionError, match=HELD), transaction.atomic():
        StripeInMemory().balance("EUR")
    with pytest.raises(AssertionError, match=HELD), transaction.atomic():
        FakeSaleor().warehouse_id("labeur")


def test_the_real_gateways_look() -> None:
    with pytest.raises(AssertionError, match=HELD), transaction.atomic():
        connected().balance("EUR")
    with pytest.raises(AssertionError, match=HELD), transaction.atomic():
        SaleorClient("http://127.0.0.1:9/graphql/").execute("app")


def test_the_transaction_of_the_test_itself_is_none_of_ours() -> None:
    assert StripeInMemory().balance("EUR").available_minor == 0
    with undone():
        assert StripeInMemory().balance("EUR").available_minor == 0
