"""A product is put in the basket from our own pages alone, although the form has no token of its visitor."""

import pytest
from django.test import Client

from shop import settings as shop_settings
from tests.shop.fakes import FakeSaleor

WISH = {"variant": "Variant:SG-001-0", "quantity": "1"}
PRODUCT = "/nl/product/koord/"


@pytest.fixture(autouse=True)
def _played(saleor: FakeSaleor, fulfilment: object) -> None:
    """Saleor and fulfilment answer."""


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://testserver"},
        {"Referer": "http://testserver/nl/product/koord/"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver", "Referer": "http://testserver/"},
    ],
)
def test_a_form_of_ours_is_taken_whatever_tells_so(headers: dict[str, str]) -> None:
    answer = Client(enforce_csrf_checks=True).post(PRODUCT, WISH, headers=headers)
    assert answer.headers["Location"] == "/nl/mandje/"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "cross-site", "Referer": "http://testserver/"},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "http://elsewhere.example", "Referer": "http://testserver/"},
        {"Referer": "http://elsewhere.example/http://testserver/"},
        {"Referer": "http://testserver@elsewhere.example/"},
        {"Referer": "nonsense"},
        {"Referer": "http://[nonsense"},
    ],
)
def test_a_form_of_somebody_else_is_refused_in_plain_words(saleor: FakeSaleor, headers: dict[str, str]) -> None:
    answer = Client().post(PRODUCT, WISH, headers=headers)
    assert answer.status_code == 403
    assert "Deze pagina was te lang open." in answer.content.decode()
    assert saleor.calls == []


def test_the_form_has_no_token_and_the_visit_stays_one_of_our_own_pages() -> None:
    assert "csrf" not in Client().get(PRODUCT).content.decode()
    assert shop_settings.SESSION_COOKIE_SAMESITE == "Lax"


def test_every_other_form_has_its_token(visitor: Client) -> None:
    visitor.post(PRODUCT, WISH)
    for address in ("/nl/mandje/", "/nl/afrekenen/"):
        assert "csrfmiddlewaretoken" in visitor.get(address).content.decode()
