"""A present that its giver comes for in Ghent: from a phone without JavaScript to the packing slip."""

from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import Demo, log_in
from tests.e2e.people import ADDRESS, CONTACT, at_step, begin, fill_in, number_of, put_in_basket, sees, ship

Visit = Callable[..., Any]

PHONE = {"width": 390, "height": 844}
NOTE = "Bel even als het er ligt."
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
    bench.get_by_text(NOTE).wait_for()
    ship(bench)
    slip = bench.get_by_role("link", name="Pakbon").get_attribute("href")
    assert bench.request.get(f"{demo.fulfilment}{slip}").body().startswith(b"%PDF-")
    sees(phone, tracking, phone.locator("main"), "op weg naar je afhaalpunt")
    bench.get_by_role("button", name="De klant haalde het af").click()
    sees(phone, tracking, phone.locator("main"), "Alles is afgehaald")


def _comes_for_it(phone: Any) -> None:
    """The address of delivery is not asked any more, that of the invoice is."""
    fill_in(phone, "Contact", CONTACT)
    step = at_step(phone, "Thuis of afhalen")
    step.get_by_role("radio", name="Afhalen in Gent").check()
    step.get_by_text("woensdag tot zaterdag", exact=False).first.wait_for()
    fill_in(phone, "Thuis of afhalen", {})
    assert not phone.locator("#id_shipping-street").count()
    fill_in(phone, "Adres voor de factuur", ADDRESS)


def _writes_a_card(phone: Any) -> None:
    fill_in(phone, "Cadeau of opmerking", {"Je boodschap op een kaartje": WORDS, "Je opmerking": NOTE})
    overview = at_step(phone, "Overzicht")
    for words in ("Je haalt het af in Gent", "Oma en opa", "Nergens bij het pakket staat een prijs.", NOTE):
        phone.get_by_text(words).first.wait_for()
    phone.locator(".summary-fold summary").click()
    assert "gratis" in phone.locator(".summary-fold .sums").inner_text()
    assert "289,00" in overview.locator(".sums").inner_text()
