"""Saleor or fulfilment takes connections and answers nothing: what the pages of the shop say, and how soon."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, time
from unittest import mock

import httpx2
import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from neighbours import neighbour
from shop import settings as shop_settings
from shop.fulfilment import client as fulfilment_client
from shop.neighbours import FULFILMENT, PAYING, SALEOR, VALKEY
from shop.pages import page
from shop.saleor import client as saleor_client
from shop.saleor import copies, lists
from tests.shop.buying import pay
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.support.hanging import hanging

PLENTY = 5.0
"""Seconds that are less than a page waits for a neighbour that hangs, and more than any page takes by itself."""


@contextmanager
def saleor_hangs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with hanging() as url, httpx2.Client() as client, monkeypatch.context() as patched:
        patched.setattr(saleor_client, "http_client", lambda: client)
        patched.setattr(shop_settings, "SALEOR_API_URL", f"{url}/graphql/")
        patched.setattr(saleor_client, "_LONGEST_READ", 1.0)
        patched.setattr(neighbour, "HANGS", 0.5)
        patched.setattr(copies, "QUICK", 0.4)
        yield
        copies._readers.submit(lambda: None).result()  # who still reads there is let go


@contextmanager
def an_hour_later() -> Iterator[None]:
    then = time() + 3600
    with ExitStack() as stack:
        for module in (copies, lists, page):
            stack.enter_context(mock.patch.object(module, "time", return_value=then))
        yield


def test_the_collection_is_shown_as_saleor_told_it_last(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = visitor.get("/nl/")
    with an_hour_later(), saleor_hangs(monkeypatch):
        began = monotonic()
        after = visitor.get("/nl/")
        assert monotonic() - began < PLENTY
    assert (after.status_code, after.content) == (200, before.content)


def test_a_copy_is_shown_where_saleor_is_refused_or_fails(visitor: Client, saleor: FakeSaleor) -> None:
    visitor.get("/nl/product/koord/")
    saleor.answer = httpx2.ConnectError("away")
    with an_hour_later():
        assert visitor.get("/nl/product/koord/").status_code == 200


def test_news_of_a_saleor_that_is_well_are_shown_at_once(visitor: Client, saleor: FakeSaleor) -> None:
    visitor.get("/nl/")
    with an_hour_later():
        visitor.get("/nl/")
    assert saleor.operations() == ["products", "products"]


def test_news_that_come_late_are_shown_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "QUICK", 0.0)
    cache.set("key", ({"is": "old"}, 0.0, 0), 60)
    assert copies.kept("key", lambda: {"is": "new"})["is"] in ("old", "new")
    for reading in list(copies._under_way.values()):
        reading.result()
    assert copies.kept("key", lambda: {"is": "newer"}) == {"is": "new"}


def test_who_pays_while_saleor_hangs_reads_what_to_do(reviewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with saleor_hangs(monkeypatch):
        answers = [pay(reviewer) for _time in range(3)]
        assert SALEOR.hangs
    for answer in answers:
        html = answer.content.decode()
        assert answer.status_code == 503
        assert "Met deze klik is niets betaald en je mandje blijft bewaard." in html
        assert 'href="/nl/afrekenen/"' in html


def test_who_pays_while_the_payment_hangs_reads_it_on_the_overview_and_can_go_on(
    reviewer: Client, saleor: FakeSaleor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbour, "HANGS", 0.0)
    for _in_vain in range(2):
        with pytest.raises(TimeoutError), PAYING.asked():
            raise TimeoutError
    answer = pay(reviewer)
    assert answer.status_code == 409
    assert "Er is niets betaald. Je mandje blijft bewaard." in answer.content.decode()
    assert reviewer.get("/nl/mandje/").status_code == 200
    PAYING.forget()
    assert pay(reviewer).status_code == 303


def test_a_tracking_page_leaves_out_what_saleor_does_not_tell_in_time(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with saleor_hangs(monkeypatch):
        assert visitor.get("/nl/volgen/good-token/").status_code == 200


def test_a_fulfilment_that_hangs_keeps_nobody_from_the_collection(
    visitor: Client, fulfilment: FakeFulfilment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hanging() as url, httpx2.Client() as client:
        monkeypatch.setattr(fulfilment_client, "http_client", lambda: client)
        monkeypatch.setattr(shop_settings, "FULFILMENT_URL", url)
        monkeypatch.setattr(fulfilment_client, "LONGEST", 1.0)
        monkeypatch.setattr(neighbour, "HANGS", 0.5)
        assert [visitor.get("/nl/volgen/good-token/").status_code for _time in range(3)] == [503] * 3
        assert FULFILMENT.hangs
        assert visitor.get("/nl/product/koord/").status_code == 200
        assert visitor.get("/healthz").status_code == 200


def test_a_valkey_that_hangs_is_waited_for_twice_and_then_not_asked(buyer: Client, settings: Settings) -> None:
    with hanging() as url:
        settings.CACHES = {"default": {**shop_settings.CACHES["default"], "LOCATION": url.replace("http:", "redis:")}}
        began = monotonic()
        assert [buyer.get("/nl/").status_code for _time in range(4)] == [200] * 4
        assert [buyer.get("/nl/mandje/").status_code for _time in range(4)] == [503] * 4
        assert VALKEY.hangs
        assert monotonic() - began < PLENTY
