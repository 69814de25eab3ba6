"""The page on which a customer says where their money may go back to: it works without JavaScript and loses nothing."""

import httpx2
import pytest
from django.test import Client

from tests.shop.fake_fulfilment import FakeFulfilment, golden

PAGE = "/nl/terugbetaling/good-token/"
TYPED = {"holder": "An Peeters", "iban": "BE71 0961 2345 6769"}
RIGHT = {"result": "right", "errors": {}, "message": "", "holder": "An Peeters", "iban": "BE71 0961 2345 6769"}


@pytest.fixture(autouse=True)
def refund(fulfilment: FakeFulfilment) -> dict[str, object]:
    """The refund of the link, as it waits for an account."""
    found = {**golden("storefront_refund.v1.json"), "state": "open", "iban": ""}
    fulfilment.refunds["good-token"] = found
    fulfilment.account = RIGHT
    return found


def html(client: Client, path: str = PAGE) -> str:
    return client.get(path).content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_the_page_says_for_which_order_and_how_much(visitor: Client) -> None:
    answer = visitor.get(PAGE)
    assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
    page = html(visitor)
    assert "Terugbetaling van bestelling 42" in page
    assert "Waar mag je € 289,00 naartoe?" in page


def test_the_account_is_shown_once_more_and_whole_before_it_is_kept(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    page = visitor.post(PAGE, {**TYPED, "step": "look"}).content.decode()
    assert '<dd class="figure">BE71 0961 2345 6769</dd>' in page
    assert "An Peeters" in page
    assert fulfilment.given == [{**TYPED, "confirmed": False}]
    fulfilment.account = {**RIGHT, "result": "kept"}
    answer = visitor.post(PAGE, {**TYPED, "step": "keep"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert fulfilment.given[-1] == {**TYPED, "confirmed": True}


def test_nothing_that_was_typed_is_lost(visitor: Client, fulfilment: FakeFulfilment) -> None:
    back = visitor.post(PAGE, {**TYPED, "step": "change"}).content.decode()
    assert all(f'value="{text}"' in back for text in TYPED.values())
    fulfilment.account = {**RIGHT, "result": "wrong", "errors": {"iban": "Dit rekeningnummer klopt niet."}}
    answer = visitor.post(PAGE, {**TYPED, "step": "look"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Dit rekeningnummer klopt niet.") == 2  # in the summary and beside the field
    assert all(f'value="{text}"' in page for text in TYPED.values())
    assert fulfilment.given == [{**TYPED, "confirmed": False}]


def test_an_empty_form_is_told_at_once(visitor: Client, fulfilment: FakeFulfilment) -> None:
    page = visitor.post(PAGE, {"step": "look"}).content.decode()
    assert "Vul je rekeningnummer in." in page
    assert fulfilment.given == []


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("given", "Dank je, we weten het."),
        ("ordered", "Het is bij de bank."),
        ("paid", "Je geld is terugbetaald."),
        ("closed", "Hier hoef je niets te doen."),
    ],
)
def test_the_page_tells_how_far_it_is(
    visitor: Client, fulfilment: FakeFulfilment, refund: dict[str, object], state: str, sentence: str
) -> None:
    fulfilment.refunds["good-token"] = {**refund, "state": state, "iban": "BE71 •••• 6769"}
    assert sentence in html(visitor)
    visitor.post(PAGE, {**TYPED, "step": "keep"})
    assert bool(fulfilment.given) == (state == "given")


def test_another_account_may_be_given_until_it_is_ordered(
    visitor: Client, fulfilment: FakeFulfilment, refund: dict[str, object]
) -> None:
    fulfilment.refunds["good-token"] = {**refund, "state": "given", "iban": "BE71 •••• 6769"}
    assert "?wijzig=1" in html(visitor)
    assert 'name="iban"' in html(visitor, f"{PAGE}?wijzig=1")


def test_on_an_account_that_the_bank_refused_the_page_says_so(
    visitor: Client, fulfilment: FakeFulfilment, refund: dict[str, object]
) -> None:
    fulfilment.refunds["good-token"] = {**refund, "was_refused": True}
    assert "De bank kon niet overschrijven" in html(visitor)


def test_a_link_that_is_too_old_says_what_to_do(visitor: Client) -> None:
    answer = visitor.get("/nl/terugbetaling/of-another/")
    assert answer.status_code == 404
    assert "Deze link werkt niet meer." in answer.content.decode()
    assert visitor.post("/nl/terugbetaling/of-another/", TYPED).status_code == 404


def test_without_fulfilment_the_page_will_be_back(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer = httpx2.ConnectError("away")
    assert visitor.post(PAGE, {**TYPED, "step": "keep"}).status_code == 503
