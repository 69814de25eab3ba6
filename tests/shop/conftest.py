"""The shop with Saleor and fulfilment played by fakes, and without Valkey."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from shop import settings as shop_settings
from shop.fulfilment import client as fulfilment_client
from shop.neighbours import FULFILMENT, PAYING, SALEOR
from shop.saleor import client as saleor_client
from shop.saleor import copies
from tests.shop.buying import DETAILS, PAGE
from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.fakes import FakeSaleor

# These tests are of another program than most: they run by themselves, with --ds=shop.settings.
if django_settings.ROOT_URLCONF != "shop.urls":
    collect_ignore_glob = ["test_*.py"]
else:
    django_settings.SECRET_KEY = "only for tests"

_ADDRESSES = {
    "SHOP_URL": "http://shop.test",
    "FULFILMENT_URL": "http://fulfilment.test",
    "SALEOR_API_URL": "http://saleor.test/graphql/",
    "SALEOR_CHANNEL": "consumer",
    "TRUSTED_PROXIES": 0,
}


@pytest.fixture(autouse=True)
def _shop(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in _ADDRESSES.items():
        monkeypatch.setattr(shop_settings, name, value)
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()
    for neighbour in (SALEOR, PAYING, FULFILMENT):
        neighbour.forget()
    monkeypatch.setattr(copies, "_slow_until", 0.0)
    yield
    cache.clear()


@pytest.fixture
def saleor(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSaleor]:
    fake = FakeSaleor()
    with httpx2.Client(transport=httpx2.MockTransport(fake)) as client:
        monkeypatch.setattr(saleor_client, "http_client", lambda: client)
        monkeypatch.setattr(saleor_client, "_READ_PAUSES", (0, 0))
        yield fake


@pytest.fixture
def fulfilment(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeFulfilment]:
    promised = {"sellable": True, "producer": {"slug": "labeur", "name": "Labeur", "city": "Gent"}}
    fake = FakeFulfilment(
        payments={"pay_7Kq2mX9vT4": golden("storefront_payment.v1.json")},
        refunds={"good-token": golden("storefront_refund.v1.json")},
        trackings={"good-token": golden("storefront_tracking.v1.json")},
        promises={
            code: {"product_code": code, **promised, "ready_on": day}
            for code, day in (("SG-001", "2026-12-04"), ("SG-003", "2026-12-11"), ("SG-006", "2026-11-30"))
        },
    )
    with httpx2.Client(transport=httpx2.MockTransport(fake)) as client:
        monkeypatch.setattr(fulfilment_client, "http_client", lambda: client)
        yield fake


@pytest.fixture
def visitor(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> Client:
    """Somebody with a browser that runs no JavaScript."""
    return Client()


@pytest.fixture
def buyer(visitor: Client, saleor: FakeSaleor) -> Client:
    """A visitor with a lamp in the basket, before the first step."""
    data = {"url": PAGE, "reference": "pay_1"}
    saleor.payment = {"type": "CHARGE_ACTION_REQUIRED", "data": data}
    visitor.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    return visitor


@pytest.fixture
def reviewer(buyer: Client) -> Client:
    """The same visitor, who has come to the overview."""
    buyer.post("/nl/afrekenen/gegevens/", DETAILS)
    buyer.post("/nl/afrekenen/levering/", {"delivery": "Delivery:home"})
    buyer.get("/nl/afrekenen/overzicht/")
    return buyer
