"""What costs less for a time costs so in basket and checkout too: it is the price there, and only a code is a discount
of it."""

import pytest
from django.test import Client

from tests.shop.buying import step
from tests.shop.fakes import FakeSaleor
from tests.shop.test_discount import give
from tests.shop.test_prior_price import TOLD, reduce

EUROS = "€\N{NO-BREAK SPACE}"
PAGES = ("/nl/mandje/", step("overzicht"))


def buy(client: Client, quantity: int = 1) -> None:
    client.post("/nl/product/zit/", {"variant": "Variant:SG-003-1", "quantity": str(quantity)})


@pytest.mark.parametrize("prior", [26_500, None])
def test_the_basket_and_the_checkout_show_what_it_costs_now_and_no_discount(
    reviewer: Client, saleor: FakeSaleor, prior: int | None
) -> None:
    """Without a prior price nothing is announced: neither beside the line, nor as a sum that is taken off."""
    reduce(saleor, prior=prior)
    buy(reviewer, 2)
    for address in PAGES:
        html = reviewer.get(address).content.decode()
        assert f"{EUROS}424,00" in html, address
        assert f"{EUROS}530,00" not in html, address
        assert f"{EUROS}713,00" in html, address  # with the lamp of € 289
        assert "Korting" not in html.replace("Kortingscode", ""), address
        assert html.count(TOLD) == (1 if prior else 0), address


def test_a_code_is_named_with_what_it_takes_off_itself(reviewer: Client, saleor: FakeSaleor) -> None:
    reduce(saleor)
    buy(reviewer)
    for html in (give(reviewer, "WELKOM"), reviewer.get(step("overzicht")).content.decode()):
        assert f"{EUROS}212,00" in html
        assert "Korting “Actie WELKOM”" in html
        assert f"−{EUROS}50,10" in html  # ten percent of 289 and 212


def test_a_code_for_the_delivery_beside_a_reduction_takes_off_the_delivery_alone(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    reduce(saleor)
    buy(reviewer)
    html = give(reviewer, "GRATIS", "review")
    for text in ("Korting “Actie GRATIS”", f"{EUROS}9,50", f"−{EUROS}9,50", f"{EUROS}501,00"):
        assert text in html


def test_a_basket_that_keeps_its_prices_while_a_reduction_ends_shows_what_is_paid(
    reviewer: Client, saleor: FakeSaleor
) -> None:
    """Saleor keeps the prices of a basket for an hour. What the thing costs beside it says nothing of them then."""
    reduce(saleor)
    buy(reviewer)
    kept = saleor.checkout(None, "Checkout:1")
    assert kept is not None
    reduce(saleor, 26_500, None, announced=False)
    saleor.checkout = lambda info, id: kept  # type: ignore[method-assign]
    saleor._root["checkout"] = saleor.checkout
    html = reviewer.get("/nl/mandje/").content.decode()
    assert f"{EUROS}212,00" in html
    assert "Korting" not in html.replace("Kortingscode", "")
