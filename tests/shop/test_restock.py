"""Mail me when it is there: on the page of what is sold out, without JavaScript; nothing that was typed is lost."""

import re
from typing import Any
from unittest import mock

import httpx2
import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as ValkeyAway

from shop import throttle
from tests.shop.buying import browser
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor

PRODUCT, PAGE = "/nl/product/zit/", "/nl/verwittig-me/zit/"
CONFIRM, LEAVE = "/nl/verwittig-me/bevestigen/good-token/", "/nl/verwittig-me/intrekken/good-token/"
EMAIL = "an@example.com"
LOW, HIGH = "Variant:SG-003-0", "Variant:SG-003-1"
ASKED = {"path": "restock", "email": EMAIL, "channel": "consumer", "product_id": "Product:SG-003"}


@pytest.fixture
def stool(saleor: FakeSaleor) -> list[dict[str, Any]]:
    """The variants of a stool, of which the low one is sold out."""
    found = next(one for one in saleor.products if one["slug"] == "zit")
    found["variants"][0]["quantityAvailable"] = 0
    variants: list[dict[str, Any]] = found["variants"]
    return variants


def html_of(client: Client, address: str, *, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_page_of_what_is_sold_out_asks_for_an_address(
    visitor: Client, stool: list[dict[str, Any]], fulfilment: FakeFulfilment
) -> None:
    html = html_of(visitor, PRODUCT)
    assert f'action="{PAGE}"' in html
    assert f'<input type="hidden" name="variant" value="{LOW}">' in html
    assert "Leg in mijn mandje" in html  # the other one can be bought
    answer = visitor.post(PAGE, {"variant": LOW, "email": EMAIL})
    assert answer["Location"] == f"{PAGE}?verstuurd=1"
    assert fulfilment.given == [{**ASKED, "variant_id": LOW, "product_name": "Zit", "variant_name": "zithoogte 45 cm"}]
    sent = html_of(visitor, answer["Location"])
    assert "Kijk in je mailbox" in sent
    assert EMAIL not in sent


def test_where_all_is_sold_out_one_chooses_which(visitor: Client, stool: list[dict[str, Any]]) -> None:
    stool[1]["quantityAvailable"] = 0
    assert '<select name="variant"' in html_of(visitor, PRODUCT)
    html = html_of(visitor, PAGE + "?variant=SG-003-1")
    assert re.findall(r'<option value="([^"]+)"( selected)?', html) == [(LOW, ""), (HIGH, " selected")]


def test_what_can_be_bought_asks_nothing(visitor: Client) -> None:
    assert PAGE not in html_of(visitor, PRODUCT)
    assert visitor.get(PAGE)["Location"] == PRODUCT
    assert visitor.get("/nl/verwittig-me/niets/").status_code == 404


def test_what_is_there_again_meanwhile_leads_to_its_page_with_the_variant_chosen(
    visitor: Client, stool: list[dict[str, Any]], fulfilment: FakeFulfilment
) -> None:
    answer = visitor.post(PAGE, {"variant": HIGH, "email": EMAIL}, follow=True)
    assert answer.redirect_chain == [(f"{PRODUCT}?variant=SG-003-1", 302)]
    assert "Goed nieuws: dit is er weer." in answer.content.decode()
    assert fulfilment.given == []


def test_what_nobody_may_make_now_asks_nothing(
    visitor: Client, stool: list[dict[str, Any]], fulfilment: FakeFulfilment
) -> None:
    fulfilment.promises["SG-003"]["sellable"] = False
    assert PAGE not in html_of(visitor, PRODUCT)
    assert visitor.post(PAGE, {"variant": LOW, "email": EMAIL})["Location"] == PRODUCT


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": ""}, "Vul je e-mailadres in."),
        ({"email": "geen adres"}, "Dit e-mailadres klopt niet."),
        ({"variant": "Variant:other"}, "Deze uitvoering is er niet meer."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_stays(
    visitor: Client, stool: list[dict[str, Any]], fulfilment: FakeFulfilment, typed: dict[str, str], sentence: str
) -> None:
    answer = visitor.post(PAGE, {"variant": LOW, "email": EMAIL, **typed})
    html = answer.content.decode()
    assert (answer.status_code, fulfilment.given) == (422, [])
    assert sentence in html
    assert f'value="{typed.get("email", EMAIL)}"' in html or not typed.get("email", EMAIL)


def test_what_fulfilment_finds_wrong_stands_beside_the_field(
    visitor: Client, stool: list[dict[str, Any]], fulfilment: FakeFulfilment
) -> None:
    fulfilment.asked_for_mail = {"result": "wrong", "errors": {"email": "Dit e-mailadres klopt niet."}}
    answer = visitor.post(PAGE, {"variant": LOW, "email": EMAIL})
    assert answer.status_code == 422
    assert '<p class="field-error" id="restock_email_error">Dit e-mailadres klopt niet.</p>' in answer.content.decode()


@pytest.mark.parametrize("away", ["fulfilment", "valkey"])
def test_where_it_cannot_be_asked_now_the_page_says_so_and_keeps_what_was_typed(
    visitor: Client, stool: list[dict[str, Any]], fulfilment: FakeFulfilment, away: str
) -> None:
    if away == "fulfilment":
        fulfilment.answer = httpx2.ReadTimeout("hangs")
        answer = visitor.post(PAGE, {"variant": LOW, "email": EMAIL})
    else:
        with mock.patch.object(cache, "incr", side_effect=ValkeyAway):
            answer = visitor.post(PAGE, {"variant": LOW, "email": EMAIL})
    html = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Dit lukt nu even niet. Wat je typte, staat er nog" in html
    assert f'value="{EMAIL}"' in html


def test_who_asks_too_often_is_told_to_wait(
    visitor: Client, stool: list[dict[str, Any]], fulfilment: FakeFulfilment
) -> None:
    most = throttle.MAILS.per_subject
    answers = [visitor.post(PAGE, {"variant": LOW, "email": EMAIL}).status_code for _ in range(most + 1)]
    assert answers == [302] * most + [429]
    assert len(fulfilment.given) == most


def test_a_form_of_another_site_asks_nothing(stool: list[dict[str, Any]], fulfilment: FakeFulfilment) -> None:
    stranger = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert stranger.post(PAGE, {"variant": LOW, "email": EMAIL}).status_code == 403
    assert fulfilment.given == []


def test_opening_the_link_does_nothing_and_the_button_confirms(visitor: Client, fulfilment: FakeFulfilment) -> None:
    assert "Zodra Inslag, mos er weer is, krijg je één mail van ons." in html_of(visitor, CONFIRM)
    assert fulfilment.given == []
    answer = visitor.post(CONFIRM)
    assert "Je staat op de lijst" in answer.content.decode()
    assert fulfilment.given == [{"path": "restock/confirmation/good-token"}]
    for client in (visitor, browser(enforce_csrf_checks=True)):
        assert "Deze link werkt niet (meer)" in html_of(client, CONFIRM.replace("good", "old"), status=404)


def test_a_wish_is_withdrawn_by_its_button_alone_or_with_all_others(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    html = html_of(visitor, LEAVE)
    for text in ("Je wacht op Inslag, mos.", "Zit, zithoogte 45 cm"):
        assert text in html
    for given, everything in (({}, False), ({"everything": "1"}, True), ({"List-Unsubscribe": "One-Click"}, True)):
        answer = Client(enforce_csrf_checks=True).post(LEAVE, given)  # a mail program has no cookie of ours
        assert (answer.status_code, "Ingetrokken" in answer.content.decode()) == (200, True)
        assert fulfilment.given[-1] == {"path": "restock/leaving/good-token", "everything": everything}
    fulfilment.opt_ins["restock/leaving/good-token"] |= {"state": "over", "others": []}
    assert "Deze wens is al vergeten" in html_of(visitor, LEAVE)
    assert visitor.post(LEAVE.replace("good", "bad")).status_code == 404


@pytest.mark.parametrize("address", [CONFIRM, LEAVE, f"{PAGE}?verstuurd=1", PAGE])
def test_no_robot_and_no_cache_keeps_these_pages(visitor: Client, stool: list[dict[str, Any]], address: str) -> None:
    answer = visitor.get(address)
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
