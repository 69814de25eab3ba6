"""Back from the payment page; and a basket that changes while it is being paid for."""

import httpx2
import pytest
from django.test import Client

from tests.shop.buying import ADDRESS, pay, payment, step
from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.fakes import FakeSaleor


@pytest.mark.parametrize(
    ("state", "text"), [("open", "We wachten op je betaling."), ("paid", "Je betaling is binnen.")]
)
def test_the_thanks_page_looks_again_by_itself_until_there_is_an_order(
    reviewer: Client, fulfilment: FakeFulfilment, state: str, text: str
) -> None:
    fulfilment.payments["pay_1"] = payment(state)
    html = reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    assert '<meta http-equiv="refresh" content="2;url=/nl/bedankt/?ref=pay_1&amp;n=1">' in html
    assert text in html
    late = reviewer.get("/nl/bedankt/?ref=pay_1&n=15").content.decode()
    assert "Dit duurt langer dan gewoonlijk" in late
    assert 'content="10;' in late


@pytest.mark.parametrize(
    ("because", "text"),
    [
        ("sold_out", "raakte iets uit je mandje uitverkocht"),
        ("no_delivery", "De levering die je koos, kan nu niet."),
        ("code_over", "Je kortingscode geldt niet meer."),
        ("not_possible", "We kunnen er nu geen bestelling van maken."),
    ],
)
def test_who_paid_for_what_becomes_no_order_as_yet_reads_why_and_by_when_the_money_comes_back(
    reviewer: Client, fulfilment: FakeFulfilment, because: str, text: str
) -> None:
    fulfilment.payments["pay_1"] = payment("paid", because)
    html = reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    assert "Je betaling is binnen, je bestelling nog niet." in html
    assert text in html
    assert "Lukt het niet binnen het halfuur, dan storten we alles terug" in html
    assert "We maken er je bestelling van." not in html
    assert 'http-equiv="refresh"' in html


def test_the_thanks_page_keeps_looking_while_fulfilment_is_away(reviewer: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.answer = httpx2.ConnectError("away")
    html = reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    assert "We kijken je betaling na." in html
    assert 'http-equiv="refresh"' in html


def test_an_order_is_thanked_for_once_and_empties_the_basket(
    reviewer: Client, fulfilment: FakeFulfilment, saleor: FakeSaleor
) -> None:
    pay(reviewer)
    order = {"number": "42", "tracking_token": "tok:en"}
    fulfilment.payments["pay_1"] = {**payment("ordered"), "order": order}
    html = reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    assert "42" in html
    assert "We mailen je een bevestiging." in html  # it may be on its way still
    assert "/nl/volgen/tok:en/" in html
    assert 'http-equiv="refresh"' not in html
    assert dict(reviewer.session) == {}
    assert "Je mandje is leeg" in reviewer.get("/nl/mandje/").content.decode()


def test_somebody_elses_thanks_page_leaves_my_basket_alone(reviewer: Client) -> None:
    reviewer.get("/nl/bedankt/?ref=pay_7Kq2mX9vT4")
    assert reviewer.session["checkout_id"] == "Checkout:1"


@pytest.mark.parametrize(
    ("state", "text", "way_out"),
    [
        ("failed", "De betaling is niet gelukt.", "/nl/afrekenen/"),
        ("expired", "De tijd om te betalen is voorbij.", "/nl/afrekenen/"),
        ("returning", "Je krijgt €\N{NO-BREAK SPACE}298,50 terug.", "/nl/mandje/"),
        ("refunded", "Je krijgt €\N{NO-BREAK SPACE}298,50 terug.", "/nl/mandje/"),
    ],
)
def test_a_payment_that_came_to_nothing_says_what_to_do(
    reviewer: Client, fulfilment: FakeFulfilment, state: str, text: str, way_out: str
) -> None:
    pay(reviewer)
    fulfilment.payments["pay_1"] = payment(state)
    html = reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    assert text in html
    assert f'class="button" href="{way_out}"' in html


@pytest.mark.parametrize(
    ("because", "text"),
    [
        ("basket_changed", "Je mandje veranderde terwijl je betaalde"),
        ("sold_out", "raakte iets uit je mandje uitverkocht"),
        ("no_delivery", "De levering die je koos, kan niet meer."),
        ("code_over", "Je kortingscode gold niet meer op het moment dat je betaalde"),
        ("not_possible", "We konden van je betaling geen bestelling maken."),
    ],
)
def test_who_gets_the_money_back_reads_why_and_loops_no_more(
    reviewer: Client, fulfilment: FakeFulfilment, because: str, text: str
) -> None:
    pay(reviewer)
    fulfilment.payments["pay_1"] = payment("returning", because)
    html = reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    assert text in html
    assert 'http-equiv="refresh"' not in html
    assert reviewer.get("/nl/afrekenen/").status_code == 200


CHANGES = {
    "a quantity": ("/nl/mandje/", {"Line:SG-001-0-quantity": "2"}),
    "another product": ("/nl/product/zit/", {"variant": "Variant:SG-003-1", "quantity": "1"}),
    "the gift packaging": ("/nl/mandje/", {"add": "1 Variant:SG-006-0"}),
    "the address": (step("adres"), {**ADDRESS, "shipping-street": "Kouter 14"}),
    "the delivery": (step("levering"), {"delivery": "Delivery:home"}),
}
ADDITIONS = {"another product", "the gift packaging"}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_in_another_window_first_closes_the_page_to_pay_on(
    reviewer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment, change: str
) -> None:
    pay(reviewer)
    before = len(saleor.calls)
    answer = reviewer.post(*CHANGES[change], follow=True)
    assert fulfilment.stopped == ["pay_1"]
    assert "We hebben ze gesloten; er is niets betaald." in answer.content.decode()
    assert any(name.startswith("checkout") and name != "checkout" for name, _given in saleor.calls[before:])
    reviewer.post(*CHANGES[change])
    assert fulfilment.stopped == ["pay_1"]


@pytest.mark.parametrize("change", sorted(CHANGES.keys() - ADDITIONS))
def test_what_was_paid_in_another_window_changes_no_more_and_says_so(
    reviewer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment, change: str
) -> None:
    pay(reviewer)
    fulfilment.stopping, fulfilment.payments["pay_1"] = "paid", payment("paid")
    before = len(saleor.calls)
    answer = reviewer.post(*CHANGES[change])
    assert answer.headers["Location"] == "/nl/bedankt/?ref=pay_1&unchanged=1"
    written = {"checkoutLinesUpdate", "checkoutShippingAddressUpdate", "checkoutDeliveryMethodUpdate"}
    assert not written & {name for name, _given in saleor.calls[before:]}
    html = reviewer.get(answer.headers["Location"]).content.decode()
    assert "Je mandje was al betaald. Je wijziging is daarom niet bewaard." in html
    assert "url=/nl/bedankt/?ref=pay_1&amp;n=1&amp;unchanged=1" in html


@pytest.mark.parametrize("addition", sorted(ADDITIONS))
def test_what_is_added_while_the_payment_is_not_yet_heard_of_begins_a_new_basket(
    reviewer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment, addition: str
) -> None:
    pay(reviewer)
    fulfilment.stopping, fulfilment.payments["pay_1"] = "paid", payment("paid")
    html = reviewer.post(*CHANGES[addition], follow=True).content.decode()
    assert list(saleor.checkouts["Checkout:1"]["lines"]) == ["Line:SG-001-0"]
    assert list(saleor.checkouts["Checkout:2"]["lines"]) != ["Line:SG-001-0"]
    assert "Je vorige mandje is betaald en wordt een bestelling. Dit is een nieuw mandje." in html
    assert '<a href="/nl/bedankt/?ref=pay_1">' in html
    assert (reviewer.session["checkout_id"], reviewer.session["basket_quantity"]) == ("Checkout:2", 1)


def test_the_new_basket_stays_when_the_former_becomes_an_order_or_its_money_comes_back(
    reviewer: Client, fulfilment: FakeFulfilment
) -> None:
    pay(reviewer)
    fulfilment.stopping = "paid"
    reviewer.post(*CHANGES["another product"])
    fulfilment.payments["pay_1"] = {**payment("ordered"), "order": {"number": "42", "tracking_token": "tok:en"}}
    assert "42" in reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    fulfilment.payments["pay_1"] = payment("returning", "sold_out")
    assert "ligt nog in je mandje" not in reviewer.get("/nl/bedankt/?ref=pay_1").content.decode()
    assert reviewer.session["checkout_id"] == "Checkout:2"


def test_while_fulfilment_is_away_the_basket_changes_all_the_same(
    reviewer: Client, saleor: FakeSaleor, fulfilment: FakeFulfilment
) -> None:
    pay(reviewer)
    fulfilment.answer = httpx2.ConnectError("away")
    reviewer.post(*CHANGES["a quantity"])
    assert "checkoutLinesUpdate" in saleor.operations()


def test_a_reference_that_nobody_knows_is_not_found(visitor: Client) -> None:
    assert visitor.get("/nl/bedankt/?ref=pay_invented").status_code == 404


def test_the_thanks_say_who_makes_what_and_by_when_with_its_picture(
    visitor: Client, fulfilment: FakeFulfilment
) -> None:
    token = fulfilment.payments["pay_7Kq2mX9vT4"]["order"]["tracking_token"]
    told = fulfilment.trackings[token] = golden("storefront_tracking.v1.json")
    html = visitor.get("/nl/bedankt/?ref=pay_7Kq2mX9vT4").content.decode()
    for part in told["parts"]:
        assert f"{part['producer']['name']} maakt" in html
    assert "Klaar tegen <strong>" in html
    assert "koord-object-" in html


def test_the_thanks_wait_for_nobody(visitor: Client, fulfilment: FakeFulfilment) -> None:
    fulfilment.trackings.clear()
    assert "De ateliers maken wat je koos." in visitor.get("/nl/bedankt/?ref=pay_7Kq2mX9vT4").content.decode()
