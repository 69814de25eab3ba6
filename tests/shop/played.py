"""The shop with Saleor and fulfilment played by fakes, and without Valkey; all of it ends with the block."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import httpx2
from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.test import override_settings
from redis.exceptions import ConnectionError as ValkeyAway

from shop import generation
from shop import settings as shop_settings
from shop.fulfilment import client as fulfilment_client
from shop.fulfilment import days
from shop.neighbours import FULFILMENT, MEDIA, PAYING, SALEOR, VALKEY
from shop.pages import middleware
from shop.saleor import catalogue, copies, reached
from shop.saleor import client as saleor_client
from shop.search.views import INDEXES
from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.fakes import FakeSaleor

PATIENCE = 20.0
"""Seconds that are waited for news of a Saleor that is well, however busy the machine is."""
_ADDRESSES: dict[str, Any] = {
    "SHOP_URL": "http://shop.test",
    "FULFILMENT_URL": "http://fulfilment.test",
    "SALEOR_API_URL": "http://saleor.test/graphql/",
    "SALEOR_CHANNEL": "consumer",
    "TRUSTED_PROXIES": 0,
}


@contextmanager
def by_itself() -> Iterator[None]:
    """Its addresses are known, and it remembers in memory."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with (
        mock.patch.multiple(shop_settings, **_ADDRESSES),
        mock.patch.object(copies, "QUICK", PATIENCE),
        mock.patch.object(middleware, "QUICK", PATIENCE),
        mock.patch.object(generation, "MOMENT", PATIENCE),
        override_settings(
            SECRET_KEY="only for tests",
            ALLOWED_HOSTS=["testserver"],
            CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
            WHITENOISE_USE_FINDERS=True,
            WHITENOISE_AUTOREFRESH=True,
            STORAGES={**settings.STORAGES, "staticfiles": plain},
        ),
    ):
        cache.clear()
        for neighbour in (SALEOR, PAYING, FULFILMENT, MEDIA, VALKEY):
            neighbour.forget()
        copies._slow_until = 0.0
        catalogue.PRODUCTS.forget()
        days.forget()
        INDEXES.forget()
        reached.forget()
        generation.forget()
        middleware.forget()
        yield
        middleware.forget()
        cache.clear()


@contextmanager
def valkey_away() -> Iterator[None]:
    """Whatever it is asked fails."""
    asked = ("get", "set", "add", "touch", "delete")
    with mock.patch.multiple(LocMemCache, **dict.fromkeys(asked, mock.Mock(side_effect=ValkeyAway))):
        yield


@contextmanager
def saleor_played() -> Iterator[FakeSaleor]:
    """Its catalogue, and the basket of whoever comes."""
    fake = FakeSaleor()
    with ExitStack() as stack:
        client = stack.enter_context(httpx2.Client(transport=httpx2.MockTransport(fake)))
        stack.enter_context(mock.patch.object(saleor_client, "http_client", return_value=client))
        stack.enter_context(mock.patch.object(saleor_client, "_READ_PAUSES", (0, 0)))
        yield fake


@contextmanager
def fulfilment_played() -> Iterator[FakeFulfilment]:
    """Its promises, with a payment, a refund and a way to follow."""
    promised = {"sellable": True, "producer": {"slug": "labeur", "name": "Labeur", "city": "Gent"}}
    fake = FakeFulfilment(
        payments={"pay_7Kq2mX9vT4": golden("storefront_payment.v1.json")},
        refunds={"good-token": golden("storefront_refund.v1.json")},
        trackings={"good-token": golden("storefront_tracking.v1.json")},
        pieces={"good-token": golden("storefront_piece.v1.json")},
        opt_ins={
            f"{path}/good-token": golden(f"storefront_{name}.v1.json")
            for path, name in (
                ("restock/confirmation", "restock_confirmation"),
                ("restock/leaving", "restock_leaving"),
                ("newsletter/confirmation", "newsletter_confirmation"),
                ("newsletter/leaving", "newsletter_leaving"),
            )
        },
        withdrawals={"good-token": golden("storefront_withdrawal.v1.json")},
        promises={
            code: {"product_code": code, **promised, "ready_on": day}
            for code, day in (("SG-001", "2026-12-04"), ("SG-003", "2026-12-11"), ("SG-006", "2026-11-30"))
        },
    )
    with (
        httpx2.Client(transport=httpx2.MockTransport(fake)) as client,
        mock.patch.object(fulfilment_client, "http_client", return_value=client),
    ):
        yield fake
