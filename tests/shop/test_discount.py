"""A discount code: given and taken back, told when it does not hold, and looked at once more before it is paid for."""

import pytest
from django.test import Client

from tests.shop.buying import PAGE, pay, step
from tests.shop.fakes import FakeSaleor, refusal

BASKET, REVIEW = "/nl/mandje/", "/nl/afrekenen/"
EUROS = "€\N{NO-BREAK SPACE}"


def give(client: Client, code: str, place: str = "basket") -> str:
    """Types a code, presses the button beside it, and reads the page that follows."""
    address = BASKET if place == "basket" else "/nl/korting/"
    return client.post(address, {"code": code, "give_code": "1"}, follow=True).content.decode()


def test_the_field_is_folded_away_until_somebody_has_a_code(buyer: Client) -> None:
    html = buyer.get(BASKET).content.decode()
    assert "Heb je een kortingscode?" in html
    assert '<details class="code" id="kortingscode">' in html


def test_a_code_takes_something_off_and_is_named_with_its_amount(buyer: Client) -> None:
    html = give(buyer, "WELKOM")
    for text in ("Korting “Actie WELKOM”", f"−{EUROS}28,90", f"{EUROS}260,10", "<strong>WELKOM</strong>"):
        assert text in html
    assert f"{EUROS}289,00" in html  # the line keeps its price
    assert "Heb je een kortingscode?" not in html


def test_a_code_is_understood_in_small_letters_and_with_a_space(buyer: Client, saleor: FakeSaleor) -> None:
    assert "<strong>WELKOM</strong>" in give(buyer, " welkom ")
    assert saleor.checkouts["Checkout:1"]["code"] == "WELKOM"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("", "Vul je kortingscode in."),
        ("NIETS", "Deze code kennen we niet, of ze geldt niet meer."),
        ("VRIEND25", "Deze code geldt nu niet: ze vraagt een hoger bedrag"),
        ("GRATIS", "Een code voor de levering vul je in bij het overzicht."),
    ],
)
def test_why_a_code_is_not_taken_stands_beside_the_field_once(buyer: Client, code: str, told: str) -> None:
    html = give(buyer, code)
    assert told in html
    assert f'value="{code}" autocomplete' in html
    assert 'aria-invalid="true" aria-describedby="code-fout"' in html
    assert told not in buyer.get(BASKET).content.decode()


def test_what_is_typed_is_shown_as_text(buyer: Client) -> None:
    assert "<script>" not in give(buyer, "<script>alert(1)</script>")


def test_a_code_is_taken_back(buyer: Client, saleor: FakeSaleor) -> None:
    give(buyer, "WELKOM")
    html = buyer.post(BASKET, {"drop_code": "1"}, follow=True).content.decode()
    assert "Heb je een kortingscode?" in html
    assert "geldt niet meer" not in html
    assert saleor.checkouts["Checkout:1"]["code"] == ""


def test_a_code_that_is_gone_already_is_taken_back_all_the_same(buyer: Client, saleor: FakeSaleor) -> None:
    give(buyer, "WELKOM")
    saleor.refuse["checkoutRemovePromoCode"] = [refusal("NOT_FOUND", "promoCode")]
    assert buyer.post(BASKET, {"drop_code": "1"}).status_code == 302


def test_a_basket_that_becomes_too_small_for_its_code_says_so_once(buyer: Client) -> None:
    buyer.post("/nl/product/zit/", {"variant": "Variant:SG-003-0", "quantity": "1"})
    give(buyer, "VRIEND25")
    html = buyer.post(BASKET, {"Line:SG-003-0-quantity": "0"}, follow=True).content.decode()
    assert "Je kortingscode VRIEND25 geldt niet meer" in html
    assert "Korting “" not in html
    assert "geldt niet meer" not in buyer.get(BASKET).content.decode()


def test_on_the_overview_a_code_is_given_without_choosing_the_delivery_again(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    html = give(reviewer, "WELKOM", "review")
    assert "Klopt alles?" in html
    assert f"−{EUROS}28,90" in html
    assert f"{EUROS}269,60" in html
    assert saleor.operations().count("deliveryOptionsCalculate") > 0


def test_free_delivery_is_a_discount_of_what_the_delivery_costs(reviewer: Client) -> None:
    html = give(reviewer, "GRATIS", "review")
    for text in ("Korting “Actie GRATIS”", f"{EUROS}9,50", f"−{EUROS}9,50", f"{EUROS}289,00"):
        assert text in html


def test_the_sums_beside_each_step_have_the_discount(reviewer: Client) -> None:
    give(reviewer, "WELKOM", "review")
    for page in map(step, ("contact", "adres", "levering", "extra", "overzicht")):
        assert f"−{EUROS}28,90" in reviewer.get(page).content.decode()


def test_a_code_is_looked_at_once_more_before_it_is_paid_for(reviewer: Client, saleor: FakeSaleor) -> None:
    give(reviewer, "WELKOM", "review")
    answer = pay(reviewer, "26960")
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    before = saleor.operations()[: saleor.operations().index("transactionInitialize")]
    assert before[-3:] == ["checkoutAddPromoCode", "deliveryOptionsCalculate", "checkout"]


def test_a_code_that_somebody_else_used_up_costs_nothing_but_a_look(reviewer: Client, saleor: FakeSaleor) -> None:
    give(reviewer, "WELKOM", "review")
    del saleor.codes["WELKOM"]
    answer = pay(reviewer, "29850")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Je kortingscode geldt niet meer" in html
    assert "De code WELKOM is intussen gebruikt of voorbij" in html
    assert "transactionInitialize" not in saleor.operations()
    assert pay(reviewer, "29850").status_code == 303


def test_a_basket_without_a_code_is_paid_for_without_asking_about_one(reviewer: Client, saleor: FakeSaleor) -> None:
    pay(reviewer)
    assert "checkoutAddPromoCode" not in saleor.operations()


def test_a_payment_page_that_is_open_is_closed_before_the_code_changes(reviewer: Client, saleor: FakeSaleor) -> None:
    pay(reviewer)
    html = give(reviewer, "WELKOM")
    assert "Je betaalpagina stond nog open" in html
    assert saleor.checkouts["Checkout:1"]["code"] == "WELKOM"


def test_without_a_basket_a_code_leads_to_the_empty_basket(visitor: Client) -> None:
    assert "Je mandje is leeg" in give(visitor, "WELKOM")
    assert visitor.post("/nl/korting/weg/", {}).status_code == 302


def test_on_the_overview_a_code_is_taken_back(reviewer: Client, saleor: FakeSaleor) -> None:
    give(reviewer, "WELKOM", "review")
    html = reviewer.post("/nl/korting/weg/", {}, follow=True).content.decode()
    assert "Klopt alles?" in html
    assert saleor.checkouts["Checkout:1"]["code"] == ""


def test_a_code_that_is_typed_when_one_orders_is_given_and_shown_before_it_is_paid_for(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    answer = reviewer.post("/nl/afrekenen/betalen/", {"total": "29850", "code": "welkom"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Je kortingscode is gebruikt" in html
    assert f"{EUROS}269,60" in html
    assert "transactionInitialize" not in saleor.operations()
    assert pay(reviewer, "26960").status_code == 303


def test_a_wrong_code_that_is_typed_when_one_orders_is_told_before_it_is_paid_for(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    answer = reviewer.post("/nl/afrekenen/betalen/", {"total": "29850", "code": "NIETS"})
    html = answer.content.decode()
    assert "Je kortingscode is niet gebruikt" in html
    assert html.count("Deze code kennen we niet") == 2  # above, and beside the field
    assert "transactionInitialize" not in saleor.operations()
    assert reviewer.post("/nl/afrekenen/betalen/", {"total": "29850", "code": ""}).status_code == 303
