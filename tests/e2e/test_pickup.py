"""A present that its giver comes for in Ghent: from a phone without JavaScript to the packing slip."""

from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import Demo, eventually, log_in
from tests.e2e.people import CUSTOMER, begin, number_of, put_in_basket, ship

Visit = Callable[..., Any]

PHONE = {"width": 390, "height": 844}
WORDS = "Proficiat met je nieuwe huis!\nOma en opa"


def test_a_present_is_collected_in_ghent_and_has_its_card(demo: Demo, visit: Visit) -> None:
    phone = visit(**PHONE, scripts=False)
    put_in_basket(phone, demo, "koord")
    phone.goto(f"{demo.shop}/nl/mandje/")
    phone.get_by_text("Bancontact").first.wait_for()
    phone.get_by_role("button", name="Naar afrekenen").click()
    _comes_for_it(phone)
    _writes_a_card(phone)
    phone.get_by_role("button", name="Bestellen en betalen").click()
    phone.get_by_role("button", name="Betalen", exact=True).click()
    phone.get_by_role("heading", name="Dank je. Het werk kan beginnen.").wait_for()
    phone.get_by_role("link", name="Volg je bestelling").click()
    tracking, number = phone.url, number_of(phone)
    phone.get_by_role("heading", name="Je haalt het af in Gent").wait_for()

    bench = visit(**PHONE)
    log_in(bench, demo, "jobcoach@labeur.example", to="/portal/")
    begin(bench, number, "Koord")
    ship(bench)
    slip = bench.get_by_role("link", name="Pakbon").get_attribute("href")
    assert bench.request.get(f"{demo.fulfilment}{slip}").body().startswith(b"%PDF-")
    _says(phone, tracking, "op weg naar je afhaalpunt")
    bench.get_by_role("button", name="De klant haalde het af").click()
    _says(phone, tracking, "Alles is afgehaald")


def _comes_for_it(phone: Any) -> None:
    """The address of delivery is not asked any more, that of the invoice is."""
    phone.get_by_role("radio", name="Afhalen in Gent").check()
    phone.get_by_text("woensdag tot zaterdag", exact=False).first.wait_for()
    assert not phone.locator("#id_shipping-street").is_visible()
    for label, value in CUSTOMER.items():
        field = phone.get_by_label(label) if label == "E-mailadres" else phone.locator(".billing").get_by_label(label)
        field.fill(value)
    phone.get_by_role("button", name="Verder naar levering").click()
    phone.get_by_role("heading", name="Je haalt het af in Gent").wait_for()


def _writes_a_card(phone: Any) -> None:
    phone.get_by_label("Je boodschap op een kaartje").fill(WORDS)
    phone.get_by_role("button", name="Verder naar overzicht").click()
    phone.get_by_role("heading", name="Klopt alles?").wait_for()
    for words in ("Oma en opa", "Nergens bij het pakket staat een prijs."):
        phone.get_by_text(words).first.wait_for()
    assert "gratis" in phone.locator(".sums").inner_text()


def _says(phone: Any, tracking: str, words: str) -> None:
    """The customer looks again until the page says so."""

    def look() -> bool:
        phone.goto(tracking)
        return words in phone.locator("main").inner_text()

    eventually(f"'{words}' on the tracking page", look)
