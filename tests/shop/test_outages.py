"""What happens when something is away or somebody means harm."""

import gzip
import re

import httpx2
import pytest
from django.test import Client, RequestFactory

from shop import settings
from shop.callers import customer_address
from tests.fuzz.addresses import Address, addresses
from tests.shop.buying import browser, fill
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.played import valkey_away


def test_a_shop_without_saleor_says_that_it_will_be_back(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.answer = httpx2.ConnectError("away")
    answer = visitor.get("/nl/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "We zijn zo terug." in answer.content.decode()


def test_a_tracking_page_without_fulfilment_says_that_it_will_be_back(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    fulfilment.answer = httpx2.Response(500)
    assert visitor.get("/nl/volgen/good-token/").status_code == 503


def test_a_shop_without_valkey_shows_its_collection_all_the_same(visitor: Client) -> None:
    fill(visitor)
    with valkey_away():
        for address in ("/nl/", "/nl/product/koord/", "/nl/volgen/good-token/"):
            assert visitor.get(address).status_code == 200


def test_a_basket_that_cannot_be_read_is_not_shown_empty_and_is_there_afterwards(visitor: Client) -> None:
    fill(visitor)
    with valkey_away():
        seen, added = visitor.get("/nl/mandje/"), fill(visitor)
    assert (seen.status_code, added.status_code) == (503, 503)
    assert "Je mandje blijft bewaard." in seen.content.decode()
    assert "Koord" in visitor.get("/nl/mandje/").content.decode()


def test_who_has_no_basket_yet_and_cannot_be_given_one_reads_so(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    visitor = browser(raise_request_exception=False)
    with valkey_away():
        assert fill(visitor).status_code == 503


def test_whoever_comes_back_from_paying_reads_that_it_is_looked_at(
    reviewer: Client, fulfilment: FakeFulfilment
) -> None:
    with valkey_away():
        answer = reviewer.get("/nl/bedankt/?ref=pay_good")
    assert answer.status_code == 200
    assert "We kijken je betaling na." in answer.content.decode()


def test_our_own_mistake_gets_a_page_in_style(
    saleor: FakeSaleor, fulfilment: FakeFulfilment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_saleor: object) -> None:
        raise AssertionError("ours")

    monkeypatch.setattr("shop.saleor.catalogue.products", broken)
    answer = Client(raise_request_exception=False).get("/nl/")
    assert answer.status_code == 500
    assert "Er liep bij ons iets mis." in answer.content.decode()


def test_what_cannot_be_read_at_all_gets_a_page_in_style(visitor: Client) -> None:
    answer = visitor.get("/nl/", headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "Dat kwam niet goed aan." in answer.content.decode()


@pytest.mark.parametrize("address", ["/nl/", "/nl/mandje/", "/nl/elders/"])
def test_pages_carry_a_strict_policy(visitor: Client, address: str) -> None:
    headers = visitor.get(address).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'self'( 'sha256-[\w+/]{43}=')?", policy["style-src"])
    assert set(settings.PAYMENT_PAGE_ORIGINS) < set(policy["form-action"].split())
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_a_form_from_elsewhere_is_refused_in_plain_words(saleor: FakeSaleor, fulfilment: FakeFulfilment) -> None:
    answer = Client(enforce_csrf_checks=True).post("/nl/mandje/", {"add": "1 Variant:SG-006-0"})
    assert answer.status_code == 403
    assert "Deze pagina was te lang open." in answer.content.decode()
    assert saleor.calls == []


@pytest.mark.parametrize("address", ["/nl/korting/", "/nl/korting/weg/"])
def test_what_changes_something_is_not_done_by_a_link_which_leads_to_the_basket(
    visitor: Client, saleor: FakeSaleor, address: str
) -> None:
    assert visitor.get(address).headers["Location"] == "/nl/mandje/"
    assert saleor.calls == []


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "10.0.0.2"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.9", "198.51.100.1"),
        (1, "", "10.0.0.2"),
    ],
)
def test_only_trusted_proxies_are_believed_about_the_customers_address(
    monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: str, address: str
) -> None:
    monkeypatch.setattr(settings, "TRUSTED_PROXIES", proxies)
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR=forwarded)
    assert customer_address(request) == address


def test_what_is_read_is_compressed_and_no_two_answers_tell_their_length(buyer: Client) -> None:
    page, another = (buyer.get("/nl/mandje/", headers={"Accept-Encoding": "gzip"}) for _ in range(2))
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"Mandje" in gzip.decompress(page.content)
    assert "Accept-Encoding" in page.headers["Vary"]
    assert page.content != another.content
    assert "Content-Encoding" not in buyer.get("/nl/mandje/").headers


def test_a_style_sheet_is_compressed_and_a_font_is_not(visitor: Client) -> None:
    sheet = visitor.get("/static/design/all.css", headers={"Accept-Encoding": "gzip"})
    assert sheet.headers["Content-Encoding"] == "gzip"
    font = visitor.get("/static/design/fonts/fraunces.woff2", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in font.headers
    for answer in (sheet, font):
        assert answer.getvalue()
        answer.close()


TOO_LONG = "9" * 4400


@pytest.mark.parametrize("address", [one for one in addresses() if one.words], ids=lambda one: one.route)
def test_a_number_of_thousands_of_figures_in_an_address_leads_nowhere_and_nobody_is_asked(
    visitor: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment, address: Address
) -> None:
    path = address.route
    for word in address.words:
        path = path.replace(f"<{word}>", TOO_LONG)
    assert visitor.get(path).status_code == 404
    assert (saleor.calls, fulfilment.requests) == ([], [])


def test_a_number_of_thousands_of_figures_is_no_count_of_looks(visitor: Client) -> None:
    assert visitor.get(f"/nl/bedankt/?ref=pay_7Kq2mX9vT4&n={TOO_LONG}").status_code == 200
