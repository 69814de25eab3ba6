"""Something that the shop shows changed in Saleor: the shop is told, once and in a moment, and nothing is stored."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from django.utils import timezone
from pytest_django import Settings
from werkzeug.wrappers import Request, Response

from fulfilment.gateways import shop as gateway
from fulfilment.gateways.neighbours import SHOP
from fulfilment.inbox.models import Mark
from tests.support.hanging import hanging
from tests.support.signed import SaleorKey, from_saleor, known_keys
from tests.support.stripe_sandbox import served
from tests.support.wanting_mail import wish

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.django_db

HOOK = "/hooks/saleor/collection/"
CHANGED = {"__typename": "PageUpdated", "issuedAt": "2026-11-28T12:00:00+00:00"}


class Shop:
    """What the shop is sent, and how it answers."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str | None]] = []
        self.status = 200

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        self.told.append((f"{request.method} {request.path}", request.headers.get("Authorization")))
        return Response(status=self.status)(environ, start_response)


@pytest.fixture
def shop(settings: Settings) -> Iterator[Shop]:
    program = Shop()
    with served(program) as url:
        settings.SHOP_URL = url
        yield program


def test_the_shop_is_told_of_each_change_with_the_token_of_both(shop: Shop, settings: Settings) -> None:
    known_keys(SaleorKey())
    assert from_saleor(HOOK, CHANGED).status_code == 200
    assert shop.told == [("POST /changed", f"Bearer {settings.STOREFRONT_API_TOKEN}")]
    assert not Mark.objects.exists()


@pytest.mark.parametrize("event", ["ProductVariantUpdated", "ProductUpdated", "PromotionStarted", "PromotionEnded"])
def test_after_what_may_be_another_price_prices_are_looked_at(shop: Shop, event: str) -> None:
    known_keys(SaleorKey())
    for _twice in range(2):
        assert from_saleor(HOOK, {**CHANGED, "__typename": event}).status_code == 200
    (found,) = Mark.objects.values_list("kind", "object_id", "counter")
    assert found == (Mark.Kind.PRICES, "consumenten", 2)


@pytest.mark.parametrize("event", ["ProductVariantBackInStock", "ProductVariantStockUpdated"])
def test_after_what_may_be_there_again_whoever_waits_is_looked_for(shop: Shop, event: str) -> None:
    known_keys(SaleorKey())
    wish(now=timezone.now())
    Mark.objects.all().delete()
    for _twice in range(2):
        assert from_saleor(HOOK, {**CHANGED, "__typename": event}).status_code == 200
    (found,) = Mark.objects.values_list("kind", "object_id", "counter")
    assert found == (Mark.Kind.RESTOCK, "alles", 2)


@pytest.mark.parametrize("event", ["ProductVariantStockUpdated", "MenuUpdated", ["ProductUpdated"], None])
def test_after_anything_else_they_are_not(shop: Shop, event: object) -> None:
    known_keys(SaleorKey())
    assert from_saleor(HOOK, {**CHANGED, "__typename": event}).status_code == 200
    assert not Mark.objects.exists()


def test_who_does_not_sign_as_our_saleor_tells_the_shop_nothing(shop: Shop) -> None:
    known_keys(SaleorKey())
    assert from_saleor(HOOK, CHANGED, Saleor_Signature="a.b.c").status_code == 400
    assert from_saleor(HOOK, CHANGED, Saleor_Api_Url="https://elsewhere.example/graphql/").status_code == 400
    assert shop.told == []


@pytest.mark.parametrize("status", [401, 503])
def test_a_shop_that_does_not_take_it_is_no_failure_of_saleors_message(shop: Shop, status: int) -> None:
    known_keys(SaleorKey())
    shop.status = status
    assert from_saleor(HOOK, CHANGED).status_code == 200
    assert len(shop.told) == 1


def test_a_shop_that_hangs_is_waited_for_twice_and_then_not_told(settings: Settings) -> None:
    known_keys(SaleorKey())
    asked = mock.patch.object(gateway, "http_client", side_effect=gateway.http_client)
    with hanging() as settings.SHOP_URL, asked as asking:
        assert [from_saleor(HOOK, CHANGED).status_code for _time in range(5)] == [200] * 5
    assert SHOP.hangs
    assert asking.call_count == 2
