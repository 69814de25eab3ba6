"""Pages that are the same to everybody are made once: what is in them, who gets which, and how many are kept."""

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from unittest import mock

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client

from shop import generation
from shop.neighbours import SALEOR
from shop.pages import middleware
from shop.pages.keep import Keep
from shop.pages.page import accepts_gzip
from shop.saleor import copies
from tests.shop.buying import browser, fill
from tests.shop.fakes import FakeSaleor
from tests.shop.played import valkey_away
from tests.shop.shelves import COMPAAN, product
from tests.shop.test_hanging import an_hour_later, saleor_hangs
from tests.support.otlp import listening

PAGES = ["/nl/", "/nl/makers/", "/nl/makers/labeur/", "/nl/product/koord/"]
OF_ONE_ANSWER = {"X-Trace-Id"}


@contextmanager
def changed() -> Iterator[None]:
    """Something changed in Saleor, and this process has heard so."""
    generation.rise()
    generation.forget()
    yield
    for making in list(middleware._under_way.values()):
        making.result()


@contextmanager
def no_changes_looked_up() -> Iterator[None]:
    """As in the half second after a process looked whether anything changed."""
    generation.forget()
    with mock.patch.object(generation, "current", return_value=0):
        yield


@contextmanager
def nothing_made() -> Iterator[mock.Mock]:
    """No page is made in here; the calls of whatever would."""
    with mock.patch.object(middleware.KeptPages, "_make", side_effect=AssertionError("it was made")) as made:
        yield made


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_made_once_and_has_all_its_headers_each_time(visitor: Client, address: str) -> None:
    first = visitor.get(address)
    with nothing_made():
        second = browser().get(address)
    assert second.content == first.content
    assert {name: value for name, value in second.items() if name not in OF_ONE_ANSWER} == {
        name: value for name, value in first.items() if name not in OF_ONE_ANSWER
    }
    assert first["X-Trace-Id"] != second["X-Trace-Id"]
    assert second["Content-Language"] == "nl"
    assert second["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in second["Content-Security-Policy"]
    assert second["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Encoding"} <= {name.strip() for name in second["Vary"].split(",")}


@pytest.mark.parametrize("address", PAGES)
def test_looking_sets_no_cookie(visitor: Client, address: str) -> None:
    for _time in range(2):
        assert not visitor.get(address).cookies


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_without_a_cookie_costs_valkey_nothing(visitor: Client, address: str) -> None:
    with no_changes_looked_up():
        visitor.get(address)
        with mock.patch.object(LocMemCache, "get") as asked:
            assert visitor.get(address).status_code == 200
    assert not asked.called


def test_a_visitor_with_a_basket_costs_valkey_one_question(visitor: Client) -> None:
    fill(visitor)
    visitor.get("/nl/")
    get = mock.patch.object(LocMemCache, "get", autospec=True, side_effect=LocMemCache.get)
    with no_changes_looked_up(), nothing_made(), get as asked:
        assert "1<span" in visitor.get("/nl/").content.decode()
    assert asked.call_count == 1


def test_who_takes_gzip_gets_the_same_page_packed(visitor: Client) -> None:
    plain = visitor.get("/nl/")
    packed = visitor.get("/nl/", headers={"Accept-Encoding": "br, gzip"})
    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Length"] == str(len(packed.content)) != plain["Content-Length"]
    assert packed["ETag"] == plain["ETag"]


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        *(("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("GZIP", True)),
        *(("", False), ("br", False), ("gzip;q=0", False), ("*;q=0", False), ("gzip;q=x", False), ("xgzip", False)),
    ],
)
def test_what_a_browser_says_of_gzip_is_heeded(header: str, takes: bool) -> None:
    assert accepts_gzip(header) is takes


def test_who_has_the_page_already_is_told_no_more_than_that(visitor: Client) -> None:
    tag = visitor.get("/nl/")["ETag"]
    again = visitor.get("/nl/", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert again["Cache-Control"] == "private, no-cache"
    assert visitor.get("/nl/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_page_that_became_another_has_another_tag(visitor: Client, saleor: FakeSaleor) -> None:
    tag = visitor.get("/nl/")["ETag"]
    with changed():
        assert visitor.get("/nl/", headers={"If-None-Match": tag}).status_code == 304
    saleor.products = [product("SG-009", "kruk", "Kruk", 9_900, maker=COMPAAN)]
    with an_hour_later():
        assert visitor.get("/nl/", headers={"If-None-Match": tag}).status_code == 200


def test_head_tells_what_get_would(visitor: Client) -> None:
    asked = visitor.get("/nl/")
    with nothing_made():
        told = visitor.head("/nl/")
    assert told.content == b""
    assert (told["ETag"], told["Content-Length"]) == (asked["ETag"], asked["Content-Length"])


def test_two_people_at_once_see_each_the_number_in_their_own_basket() -> None:
    def looks(pieces: int) -> set[bool]:
        somebody = browser()
        if pieces:
            somebody.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": str(pieces)})
        told = f"{pieces}<span" if pieces else "Mandje</a>"
        return {told in somebody.get(address).content.decode() for _time in range(6) for address in PAGES}

    with ThreadPoolExecutor(4) as people:
        assert set().union(*people.map(looks, [0, 1, 2, 3] * 2)) == {True}


@pytest.fixture(autouse=True)
def _played(saleor: FakeSaleor, fulfilment: object) -> None:
    """Saleor and fulfilment answer."""


def test_a_message_is_told_once_to_whom_it_is_for_and_to_nobody_else(visitor: Client) -> None:
    fill(visitor)
    visitor.post("/nl/mandje/", {"add": "1 Variant:nobody"})
    assert "Dit kun je nu niet bestellen." not in browser().get("/nl/").content.decode()
    assert "Dit kun je nu niet bestellen." in visitor.get("/nl/").content.decode()
    for somebody in (visitor, browser()):
        assert "Dit kun je nu niet bestellen." not in somebody.get("/nl/").content.decode()


def test_a_refused_form_is_shown_to_who_sent_it_alone(visitor: Client) -> None:
    visitor.get("/nl/product/zit/")
    refused = visitor.post("/nl/product/zit/", {"variant": "Variant:SG-003-1", "quantity": "veel"})
    assert refused.status_code == 422
    for somebody in (visitor, browser()):
        assert "veel" not in somebody.get("/nl/product/zit/").content.decode()


def test_nothing_of_whoever_asks_first_is_in_what_others_get(saleor: FakeSaleor) -> None:
    telling = Client(headers={"Accept-Language": "xx", "User-Agent": "<telltale>", "Referer": "http://telltale/"})
    telling.cookies["sg_shop"] = "telltale-telltale"
    html = telling.get("/nl/?telltale=1", REMOTE_ADDR="203.0.113.9").content.decode()
    assert "telltale" not in html
    assert "telltale" not in str(saleor.requests[0].headers)
    assert "203.0.113.9" not in str(saleor.requests[0].headers)


def test_what_strangers_write_behind_an_address_makes_no_page_more(visitor: Client) -> None:
    for number in range(30):
        assert visitor.get(f"/nl/?utm={number}&{number}").status_code == 200
        assert visitor.get(f"/nl/product/nothing-{number}/").status_code == 404
    assert len(middleware.KEEP) == 1
    assert len(middleware._counting) == 1


def test_other_hosts_and_other_languages_get_nothing_that_is_kept(visitor: Client) -> None:
    visitor.get("/nl/")
    assert visitor.get("/nl/", headers={"Host": "elsewhere.example"}).status_code == 400
    assert visitor.get("/xx/").status_code == 404


def a_page(path: str, size: int) -> mock.Mock:
    return mock.Mock(asked=mock.Mock(key=(path, False, "", 0)), size=size, times=0)


def test_so_many_pages_are_kept_and_those_asked_last() -> None:
    keep = Keep(most_pages=3, most_bytes=1000)
    for path in "abc":
        keep.put(a_page(path, 1))
    keep.get(("a", False, "", 0))
    keep.put(a_page("d", 1))
    assert [bool(keep.get((path, False, "", 0))) for path in "abcd"] == [True, False, True, True]


def test_so_many_bytes_are_kept_whatever_a_page_becomes() -> None:
    keep = Keep(most_pages=100, most_bytes=1000)
    for path in "abc":
        keep.put(a_page(path, 300))
    keep.put(a_page("a", 500))
    assert [bool(keep.get((path, False, "", 0))) for path in "abc"] == [True, False, True]
    keep.put(a_page("e", 2000))
    assert len(keep) == 0


def test_a_page_that_became_too_old_is_made_anew_and_meanwhile_shown(visitor: Client, saleor: FakeSaleor) -> None:
    before = visitor.get("/nl/").content
    with an_hour_later():
        saleor.products = saleor.products[:1]
        assert visitor.get("/nl/").content != before


def test_a_change_is_shown_at_the_next_look_and_what_did_not_change_is_not_asked_of_saleor_twice(
    visitor: Client, saleor: FakeSaleor
) -> None:
    visitor.get("/nl/")
    saleor.products = saleor.products[:1]
    with changed():
        answers = [visitor.get("/nl/").content.decode() for _time in range(3)]
    assert all("Koord" in html and "Strik" not in html for html in answers)
    assert saleor.operations() == ["products", "products"]


def test_what_is_asked_often_is_made_anew_before_anybody_asks_for_it(visitor: Client, saleor: FakeSaleor) -> None:
    for _time in range(4):
        visitor.get("/nl/")
        visitor.get("/nl/makers/")
    saleor.products = saleor.products[:1]
    with changed():
        visitor.get("/nl/makers/")
    with nothing_made():
        assert "Strik" not in visitor.get("/nl/").content.decode()


def test_while_saleor_hangs_a_changed_page_is_shown_as_it_was(
    visitor: Client, saleor: FakeSaleor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {address: visitor.get(address).content for address in PAGES}
    with saleor_hangs(monkeypatch), changed():
        for _time in range(2):
            assert {address: visitor.get(address).content for address in PAGES} == before


def test_a_page_that_saleor_kept_from_being_new_is_new_once_it_answers(
    visitor: Client, saleor: FakeSaleor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.get("/nl/")
    with saleor_hangs(monkeypatch), changed():
        visitor.get("/nl/")
    SALEOR.forget()
    monkeypatch.setattr(copies, "_slow_until", 0.0)
    saleor.products = saleor.products[:1]
    with an_hour_later():
        assert "Strik" not in visitor.get("/nl/").content.decode()


def test_without_valkey_pages_are_shown_and_made(visitor: Client) -> None:
    fill(visitor)
    visitor.get("/nl/")
    with valkey_away():
        assert [visitor.get(address).status_code for address in PAGES * 2] == [200] * 8


def test_what_is_answered_from_memory_is_told_by_the_name_of_its_page(visitor: Client) -> None:
    visitor.get("/nl/product/koord/")
    with nothing_made(), listening() as receiver:
        visitor.get("/nl/product/koord/")
        told = receiver.one("GET /nl/product/<str:slug>/")
    assert told.about["http.response.status_code"] == 200
