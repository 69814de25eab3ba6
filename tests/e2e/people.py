"""What the people of an order do, in a browser; told by the words they see."""

from datetime import UTC, datetime
from typing import Any

from tests.e2e.conftest import Demo, eventually

CUSTOMER = {
    "E-mailadres": "an.peeters@example.com",
    "Voornaam": "An",
    "Achternaam": "Peeters",
    "Straat en nummer": "Kouter 1",
    "Postcode": "9000",
    "Gemeente": "Gent",
}


def put_in_basket(page: Any, demo: Demo, product: str) -> None:
    page.goto(f"{demo.shop}/nl/product/{product}/")
    page.get_by_role("button", name="Leg in mijn mandje").click()


def order(page: Any, surname: str = CUSTOMER["Achternaam"]) -> None:
    """From the basket to Stripe's page."""
    page.get_by_role("button", name="Naar afrekenen").click()
    for label, value in {**CUSTOMER, "Achternaam": surname}.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="Verder naar levering").click()
    page.get_by_role("button", name="Verder naar overzicht").click()
    page.get_by_role("heading", name="Klopt alles?").wait_for()
    page.get_by_role("button", name="Bestellen en betalen").click()
    page.get_by_role("button", name="Betalen", exact=True).wait_for()


def number_of(page: Any) -> str:
    number = str(page.locator(".track-head .eyebrow").inner_text()).split()[1]
    assert number.isdecimal()
    return number


def begin(bench: Any, number: str, product: str) -> None:
    """A job coach finds the task among today's work, takes it and begins."""
    task = bench.get_by_role("link").filter(has_text=f"Bestelling {number}").filter(has_text=product)

    def look() -> bool:
        bench.reload()
        return bool(task.count())

    eventually(f"{product} of order {number} on the bench", look)
    task.click()
    bench.get_by_role("button", name="Ja, wij maken dit").click()
    bench.get_by_role("button", name="Ja, ik begin").click()
    bench.get_by_role("button", name="Klaar voor verzending").wait_for()


def ship(bench: Any) -> str:
    """Finish and ship; the tracking code."""
    code = "3232" + datetime.now(UTC).strftime("%H%M%S%f")[:10]
    bench.get_by_role("button", name="Klaar voor verzending").click()
    bench.get_by_role("link", name="Ja, verzenden").click()
    bench.get_by_role("button", name="bpost").click()
    bench.get_by_label("Trackingcode van bpost").fill(code)
    bench.get_by_role("button", name="Het pakket is weg").click()
    bench.get_by_text(code).first.wait_for()
    return code


def open_order(office: Any, number: str) -> None:
    office.get_by_role("link", name="Alle bestellingen").click()
    office.get_by_role("link", name=f"#{number}", exact=True).click()
    office.get_by_role("heading", name=f"Bestelling {number}").wait_for()
