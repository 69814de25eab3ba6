"""Fulfilment tells that something changed in Saleor; what was kept before is renewed."""

from collections.abc import Iterator
from unittest import mock

import pytest
from django.test import Client

from shop import generation
from shop import settings as shop_settings
from tests.shop.fakes import FakeSaleor
from tests.shop.played import valkey_away
from tests.shop.shelves import COMPAAN, product

TOKEN = "a token of both"


@pytest.fixture(autouse=True)
def _known_token() -> Iterator[None]:
    with mock.patch.object(shop_settings, "STOREFRONT_API_TOKEN", TOKEN):
        yield


def told(token: str = TOKEN) -> int:
    """What the shop answers to a change; looked up at once by this process."""
    status: int = Client().post("/changed", headers={"Authorization": f"Bearer {token}"}).status_code
    generation.forget()
    return status


def test_a_change_that_is_told_is_seen_at_the_next_look(visitor: Client, saleor: FakeSaleor) -> None:
    assert "Kruk" not in visitor.get("/nl/").content.decode()
    saleor.products = [product("SG-009", "kruk", "Kruk", 9_900, maker=COMPAAN)]
    assert "Kruk" not in visitor.get("/nl/").content.decode()
    assert told() == 200
    assert "Kruk" in visitor.get("/nl/").content.decode()


def test_a_product_that_is_gone_is_gone_at_the_next_look(visitor: Client, saleor: FakeSaleor) -> None:
    assert visitor.get("/nl/product/koord/").status_code == 200
    saleor.products = saleor.products[1:]
    told()
    assert visitor.get("/nl/product/koord/").status_code == 404
    assert visitor.get("/nl/product/koord/").status_code == 404


@pytest.mark.parametrize("token", ["", "another", "é"])
def test_nobody_else_can_have_everything_read_again(visitor: Client, saleor: FakeSaleor, token: str) -> None:
    visitor.get("/nl/")
    assert told(token) == 401
    visitor.get("/nl/")
    assert saleor.operations() == ["products"]


def test_it_is_told_by_post_alone() -> None:
    assert Client().get("/changed").status_code == 405


def test_that_it_could_not_be_told_is_said() -> None:
    with valkey_away():
        assert told() == 503


def test_an_import_of_a_thousand_products_is_taken_up_as_a_few_changes() -> None:
    generation.rise()
    first = generation.current()
    generation.rise()
    with mock.patch.object(generation, "_looked_up_at", 0.0):
        assert generation.current() == first
    with mock.patch.object(generation, "_looked_up_at", 0.0), mock.patch.object(generation, "_taken_up_at", 0.0):
        assert generation.current() > first
