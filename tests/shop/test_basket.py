import httpx2
import pytest
from django.test import Client

from tests.shop.buying import pay
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor, refusal
from tests.shop.shelves import LABEUR, product


@pytest.fixture
def basket(visitor: Client) -> Client:
    """A visitor with one lamp and two stools in the basket."""
    visitor.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    visitor.post("/nl/product/zit/", {"variant": "Variant:SG-003-0", "quantity": "2"})
    return visitor


def test_an_empty_basket_shows_pieces_and_leads_to_the_collection(visitor: Client) -> None:
    html = visitor.get("/nl/mandje/").content.decode()
    assert "Je mandje is leeg" in html
    assert 'href="/nl/#collectie"' in html
    assert 'href="/nl/product/koord/"' in html


def test_an_empty_basket_is_told_without_saleor_too(visitor: Client, saleor: FakeSaleor) -> None:
    saleor.answer = httpx2.ConnectError("away")
    html = visitor.get("/nl/mandje/").content.decode()
    assert "Je mandje is leeg" in html
    assert "Uit de collectie" not in html


def test_the_basket_shows_lines_marks_and_the_sum(basket: Client) -> None:
    html = basket.get("/nl/mandje/").content.decode()
    for text in ("Koord", "zithoogte 45 cm", "€\N{NO-BREAK SPACE}819,00", "Compaan", "klaar tegen 11 december"):
        assert text in html
    assert "3<span" in html  # beside the word Mandje


def test_both_products_are_in_one_saleor_checkout(basket: Client, saleor: FakeSaleor) -> None:
    assert saleor.operations().count("checkoutCreate") == 1
    assert list(saleor.checkouts) == ["Checkout:1"]


def test_changing_the_quantity_of_a_line(basket: Client, saleor: FakeSaleor) -> None:
    basket.post("/nl/mandje/", {"Line:SG-003-0-quantity": "5"})
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-003-0"]["quantity"] == 5


@pytest.mark.parametrize("form", [{"Line:SG-003-0-quantity": "0"}, {"remove": "Line:SG-003-0"}])
def test_taking_a_line_out(basket: Client, saleor: FakeSaleor, form: dict[str, str]) -> None:
    basket.post("/nl/mandje/", form)
    assert list(saleor.checkouts["Checkout:1"]["lines"]) == ["Line:SG-001-0"]


@pytest.mark.parametrize(("typed", "message"), [("-1", "Vul 0 of meer in."), ("twee", "Vul een heel getal in")])
def test_a_wrong_quantity_is_told_beside_its_line_and_kept(basket: Client, typed: str, message: str) -> None:
    answer = basket.post("/nl/mandje/", {"Line:SG-003-0-quantity": typed})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert html.count(message) == 1
    assert f'value="{typed}"' in html


def test_too_many_for_the_stock_is_told_beside_its_line(basket: Client, saleor: FakeSaleor) -> None:
    saleor.refuse["checkoutLinesUpdate"] = [refusal("INSUFFICIENT_STOCK", "quantity")]
    answer = basket.post("/nl/mandje/", {"Line:SG-003-0-quantity": "40"})
    assert "Zoveel stuks zijn er niet meer" in answer.content.decode()


BUTTONS = {
    "one that leads to the checkout": {"checkout": "1"},
    "one that adds the gift packaging": {"add": "1 Variant:SG-006-0"},
    "one of another line": {"remove": "Line:SG-001-0"},
    "one of the discount code": {"give_code": "1", "code": "WELKOM"},
    "one that takes the code off": {"drop_code": "1"},
}


@pytest.mark.parametrize("button", BUTTONS)
def test_what_is_typed_is_saved_whichever_button_is_pressed(basket: Client, saleor: FakeSaleor, button: str) -> None:
    basket.post("/nl/mandje/", {"Line:SG-003-0-shown": "2", "Line:SG-003-0-quantity": "1", **BUTTONS[button]})
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-003-0"]["quantity"] == 1


def test_who_types_one_of_fifty_and_goes_on_orders_one(basket: Client, saleor: FakeSaleor) -> None:
    basket.post("/nl/mandje/", {"Line:SG-003-0-quantity": "50"})
    answer = basket.post(
        "/nl/mandje/", {"Line:SG-003-0-shown": "50", "Line:SG-003-0-quantity": "1", "checkout": "1"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/nl/afrekenen/"
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-003-0"]["quantity"] == 1


def test_a_code_that_is_typed_and_not_added_is_given_when_one_goes_on(basket: Client, saleor: FakeSaleor) -> None:
    answer = basket.post("/nl/mandje/", {"code": "welkom", "checkout": "1"})
    assert answer.headers["Location"] == "/nl/afrekenen/"
    assert saleor.checkouts["Checkout:1"]["code"] == "WELKOM"


@pytest.mark.parametrize("wrong", [{"Line:SG-003-0-quantity": "twee"}, {"code": "NIETS"}])
def test_who_typed_something_wrong_does_not_go_on_and_reads_why(basket: Client, wrong: dict[str, str]) -> None:
    html = basket.post("/nl/mandje/", {**wrong, "checkout": "1"}, follow=True).content.decode()
    assert "<h1>Mandje</h1>" in html
    assert 'aria-invalid="true"' in html
    assert f'value="{next(iter(wrong.values()))}"' in html


def test_what_is_right_is_saved_beside_what_is_wrong(basket: Client, saleor: FakeSaleor) -> None:
    basket.post("/nl/mandje/", {"Line:SG-001-0-quantity": "4", "Line:SG-003-0-quantity": "twee"})
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-001-0"]["quantity"] == 4


def test_a_field_that_nobody_touched_undoes_nothing_of_another_window(basket: Client, saleor: FakeSaleor) -> None:
    basket.post("/nl/product/zit/", {"variant": "Variant:SG-003-0", "quantity": "3"})
    basket.post("/nl/mandje/", {"Line:SG-003-0-shown": "2", "Line:SG-003-0-quantity": "2", "checkout": "1"})
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-003-0"]["quantity"] == 5


def test_going_on_without_a_change_leaves_an_open_payment_page_as_it_is(
    reviewer: Client, fulfilment: FakeFulfilment
) -> None:
    pay(reviewer)
    reviewer.post("/nl/mandje/", {"Line:SG-001-0-shown": "1", "Line:SG-001-0-quantity": "1", "checkout": "1"})
    assert fulfilment.stopped == []


def test_what_was_taken_out_is_put_back_by_one_button(basket: Client, saleor: FakeSaleor) -> None:
    html = basket.post("/nl/mandje/", {"remove": "Line:SG-003-0"}, follow=True).content.decode()
    assert "Zit zithoogte 45 cm (2 stuks) is uit je mandje." in html
    assert 'name="add" value="2 Variant:SG-003-0"' in html
    assert "is uit je mandje" not in basket.get("/nl/mandje/").content.decode()
    basket.post("/nl/mandje/", {"add": "2 Variant:SG-003-0"})
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-003-0"]["quantity"] == 2


def test_the_last_thing_that_was_taken_out_is_put_back_from_the_empty_basket(buyer: Client, saleor: FakeSaleor) -> None:
    html = buyer.post("/nl/mandje/", {"remove": "Line:SG-001-0"}, follow=True).content.decode()
    assert "Je mandje is leeg" in html
    assert "Koord (1 stuk) is uit je mandje." in html
    html = buyer.post("/nl/mandje/", {"add": "1 Variant:SG-001-0"}, follow=True).content.decode()
    assert "<h1>Mandje</h1>" in html
    assert saleor.checkouts["Checkout:1"]["lines"]["Line:SG-001-0"]["quantity"] == 1


@pytest.mark.parametrize("place", ["/nl/mandje/", "/nl/afrekenen/"])
def test_a_price_that_is_another_than_was_seen_is_said_once(reviewer: Client, saleor: FakeSaleor, place: str) -> None:
    saleor.checkouts["Checkout:1"]["lines"]["Line:SG-001-0"]["minor"] = 31_900
    html = reviewer.get(place).content.decode()
    assert "De prijs van Koord is veranderd: van €\N{NO-BREAK SPACE}289,00 naar €\N{NO-BREAK SPACE}319,00." in html
    assert "is veranderd" not in reviewer.get(place).content.decode()


def test_a_delivery_that_costs_another_price_is_said(reviewer: Client, saleor: FakeSaleor) -> None:
    saleor.shipping_minor = 1250
    assert "De prijs van Aan huis geleverd is veranderd" in reviewer.get("/nl/afrekenen/").content.decode()


def test_who_is_led_out_of_the_checkout_by_the_stock_reads_why(reviewer: Client, saleor: FakeSaleor) -> None:
    short = {"__typename": "CheckoutLineProblemInsufficientStock", "availableQuantity": 0}
    saleor.checkouts["Checkout:1"]["problems"] = [{**short, "line": {"id": "Line:SG-001-0"}}]
    html = reviewer.get("/nl/afrekenen/", follow=True).content.decode()
    assert "Iets in je mandje is intussen veranderd" in html


def test_gift_packaging_is_offered_until_it_is_in(basket: Client) -> None:
    assert "Is het een cadeau?" in basket.get("/nl/mandje/").content.decode()
    basket.post("/nl/mandje/", {"add": "1 Variant:SG-006-0"})
    html = basket.get("/nl/mandje/").content.decode()
    assert "Is het een cadeau?" not in html
    assert "Strik" in html


def test_packaging_of_another_workshop_says_that_it_comes_in_a_parcel_of_its_own(basket: Client) -> None:
    apart = "Komt in een eigen pakket van Dienstenbedrijf Gent; je pakt je cadeau zelf in."
    assert basket.get("/nl/mandje/").content.decode().count(apart) == 1  # where it is offered
    basket.post("/nl/mandje/", {"add": "1 Variant:SG-006-0"})
    assert basket.get("/nl/mandje/").content.decode().count(apart) == 1  # where it lies


def test_packaging_from_the_workshop_of_the_gift_itself_promises_no_parcel_of_its_own(
    visitor: Client, saleor: FakeSaleor
) -> None:
    saleor.products[2] = product("SG-006", "strik", "Strik", 1200, maker=LABEUR)
    visitor.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    html = visitor.get("/nl/mandje/").content.decode()
    assert "Is het een cadeau?" in html
    assert "eigen pakket" not in html


@pytest.mark.parametrize("asked", ["1 Variant:SG-999", "Variant:SG-006-0", "0 Variant:SG-006-0", "9٠ Variant:SG-006-0"])
def test_only_what_is_for_sale_can_be_added(basket: Client, saleor: FakeSaleor, asked: str) -> None:
    answer = basket.post("/nl/mandje/", {"add": asked}, follow=True)
    assert "Dit kun je nu niet bestellen." in answer.content.decode()
    assert len(saleor.checkouts["Checkout:1"]["lines"]) == 2


def test_a_basket_that_saleor_forgot_is_empty_and_starts_anew(basket: Client, saleor: FakeSaleor) -> None:
    saleor.checkouts.clear()
    assert "Je mandje is leeg" in basket.get("/nl/mandje/").content.decode()
    basket.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    assert list(saleor.checkouts) == ["Checkout:2"]


def test_a_basket_forgotten_between_two_pages_starts_anew_with_the_new_line(basket: Client, saleor: FakeSaleor) -> None:
    saleor.checkouts.clear()
    basket.post("/nl/product/koord/", {"variant": "Variant:SG-001-0", "quantity": "1"})
    assert list(saleor.checkouts["Checkout:2"]["lines"]) == ["Line:SG-001-0"]


@pytest.mark.parametrize(
    ("left", "told"), [(0, "Dit is uitverkocht."), (1, "Er is er nog 1."), (2, "Er zijn er nog 2.")]
)
def test_what_is_left_is_said_in_the_right_number(basket: Client, saleor: FakeSaleor, left: int, told: str) -> None:
    short = {"__typename": "CheckoutLineProblemInsufficientStock", "availableQuantity": left}
    saleor.checkouts["Checkout:1"]["problems"] = [{**short, "line": {"id": "Line:SG-003-0"}}]
    assert told in basket.get("/nl/mandje/").content.decode()


def test_what_cannot_be_made_any_more_blocks_the_way_to_the_checkout(basket: Client, saleor: FakeSaleor) -> None:
    saleor.products[0]["metafield"] = lambda info, key: None
    html = basket.get("/nl/mandje/").content.decode()
    assert "Dit is nu niet te koop" in html
    assert "Naar afrekenen" not in html
    assert basket.get("/nl/afrekenen/").headers["Location"] == "/nl/mandje/"


def test_the_session_holds_no_more_than_the_basket(basket: Client) -> None:
    basket.get("/nl/mandje/")
    assert dict(basket.session) == {
        "checkout_id": "Checkout:1",
        "basket_quantity": 3,
        "seen_prices": {"Variant:SG-001-0": 28900, "Variant:SG-003-0": 26500},
    }


def test_a_paid_basket_says_only_that_it_is_paid_and_asks_nothing(reviewer: Client, saleor: FakeSaleor) -> None:
    pay(reviewer)
    [(checkout_id, checkout)] = saleor.checkouts.items()
    line_id = next(iter(checkout["lines"]))
    short = {"__typename": "CheckoutLineProblemInsufficientStock", "availableQuantity": 4, "line": {"id": line_id}}
    saleor.checkouts[checkout_id].update(chargeStatus="FULL", problems=[short])

    main = reviewer.get("/nl/mandje/").content.decode().partition("<main")[2].partition("</main>")[0]

    assert "Je betaling is binnen." in main
    assert "/nl/bedankt/?ref=pay_1" in main
    assert "Koord" in main
    for absent in ("<form", "<input", "Er zijn er nog", "Is het een cadeau?", "Naar afrekenen"):
        assert absent not in main


def test_a_basket_whose_money_goes_back_can_be_changed_and_ordered_again(basket: Client, saleor: FakeSaleor) -> None:
    saleor.checkouts["Checkout:1"]["chargeStatus"] = "FULL"  # and the visit has left its payment behind
    html = basket.get("/nl/mandje/").content.decode()
    assert "Je betaling is binnen." not in html
    assert "Naar afrekenen" in html


def test_what_nobody_makes_is_said_in_the_basket_and_not_at_the_payment(
    basket: Client, fulfilment: FakeFulfilment
) -> None:
    fulfilment.promises["SG-003"] |= {"sellable": False, "ready_on": None}
    html = basket.get("/nl/mandje/").content.decode()
    assert html.count("Dit is nu niet te koop.") == 1
    assert "Naar afrekenen" not in html


def test_a_product_that_lost_its_code_is_said_in_the_basket(basket: Client, saleor: FakeSaleor) -> None:
    saleor.variant("Variant:SG-001-0")["product"]["externalReference"] = None
    html = basket.get("/nl/mandje/").content.decode()
    assert html.count("Dit is nu niet te koop.") == 1
    assert basket.get("/nl/afrekenen/").headers["Location"] == "/nl/mandje/"


def test_a_basket_in_another_currency_is_none_of_ours(
    basket: Client, saleor: FakeSaleor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("fakes", "shelves"):
        monkeypatch.setattr(f"tests.shop.{place}.euros", lambda minor: {"amount": minor / 100, "currency": "USD"})
    assert "Je mandje is leeg" in basket.get("/nl/mandje/").content.decode()


def test_the_day_that_is_promised_is_for_as_many_as_are_in_the_basket(
    basket: Client, fulfilment: FakeFulfilment
) -> None:
    fulfilment.promises["SG-003:50"] = {**fulfilment.promises["SG-003"], "ready_on": "2027-02-01"}
    html = basket.post("/nl/mandje/", {"Line:SG-003-0-quantity": "50"}, follow=True).content.decode()
    assert "klaar tegen 1 februari" in html
    assert "klaar tegen 11 december" not in html
