"""Two stools with a code, paid once however often one comes back, and one of them not wanted after all."""

from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import OPERATOR, Demo, log_in
from tests.e2e.people import CUSTOMER, number_of, open_order, order, put_in_basket, sees

Visit = Callable[..., Any]

PHONE = {"width": 390, "height": 844}
CODE = "VRIEND25"
THANKS = "Dank je. Het werk kan beginnen."


def test_one_of_two_stools_is_not_wanted_after_all(demo: Demo, visit: Visit) -> None:
    phone = visit(**PHONE, scripts=False)
    _fill_the_basket_and_type_the_code(phone, demo)
    order(phone)
    _pays_and_comes_back_twice(phone)
    phone.get_by_role("link", name="Volg je bestelling").click()
    tracking, number = phone.url, number_of(phone)
    assert "514,50" in phone.locator(".track-sums").inner_text()  # with the delivery, less the code

    _withdraws_from_one(phone)
    _gets_its_money(visit(), demo, number)
    sees(phone, tracking, phone.locator(".track-sums"), "Teruggestort")
    assert demo.manage("books")["balanced"]


def _fill_the_basket_and_type_the_code(phone: Any, demo: Demo) -> None:
    put_in_basket(phone, demo, "zit")
    phone.goto(f"{demo.shop}/nl/mandje/")
    phone.get_by_label("Aantal").first.fill("2")
    phone.get_by_role("button", name="Wijzig").first.click()
    phone.get_by_text("Heb je een kortingscode?").click()
    phone.get_by_label("Kortingscode").fill(CODE.lower())
    phone.get_by_role("button", name="Gebruik").click()
    phone.locator(".code-given").get_by_text(CODE).wait_for()


def _pays_and_comes_back_twice(phone: Any) -> None:
    """Stripe's page is left by its button, by Back, and by the address it leads to once more."""
    at_stripe = phone.url
    phone.get_by_role("button", name="Betalen", exact=True).click()
    phone.get_by_role("heading", name=THANKS).wait_for()
    thanks = phone.url
    phone.goto(at_stripe)
    assert phone.get_by_role("button", name="Betalen", exact=True).count() == 0
    for _again in range(2):
        phone.goto(thanks)
        phone.get_by_role("heading", name=THANKS).wait_for()


def _withdraws_from_one(phone: Any) -> None:
    phone.get_by_role("link", name="Herroep hier je aankoop").first.click()
    phone.get_by_label("Zit").select_option("1")
    phone.get_by_label("Je naam").fill("An Peeters")
    phone.get_by_label("E-mailadres").fill(CUSTOMER["E-mailadres"])
    phone.get_by_role("button", name="Kijk het na").click()
    phone.get_by_role("heading", name="Klopt dit?").wait_for()
    phone.get_by_text("1 × Zit").wait_for()
    phone.get_by_role("button", name="Bevestig de herroeping").click()
    phone.get_by_role("heading", name="We kregen je herroeping.").wait_for()


def _gets_its_money(office: Any, demo: Demo, number: str) -> None:
    """The operator's button is filled in: one stool, with its part of the code."""
    log_in(office, demo, OPERATOR, to="/backoffice/")
    open_order(office, number)
    page = office.url
    office.get_by_role("link", name="Terugbetalen wat herroepen is").click()
    assert office.get_by_label("Zit").input_value() == "1"
    office.get_by_role("button", name="Bekijk wat er gebeurt").click()
    office.get_by_role("heading", name="De klant krijgt").wait_for()
    office.get_by_role("button", name="terugbetalen").click()
    office.get_by_text("De terugbetaling is gevraagd.").wait_for()
    sees(office, page, office.locator(".bo-head"), "terugbetaald")
    assert office.get_by_text("Elke cent heeft een eigenaar").is_visible()
