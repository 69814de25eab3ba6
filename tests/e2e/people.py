"""What the people of an order do, in a browser; told by the words they see."""

from collections.abc import Mapping
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
CONTACT = {"E-mailadres": CUSTOMER["E-mailadres"]}
ADDRESS = {label: value for label, value in CUSTOMER.items() if label != "E-mailadres"}


def put_in_basket(page: Any, demo: Demo, product: str) -> None:
    page.goto(f"{demo.shop}/nl/product/{product}/")
    page.get_by_role("button", name="Leg in mijn mandje").click()


def at_step(page: Any, name: str) -> Any:
    """The step of the checkout that is open, once it is this one."""
    page.locator(".step-open h2").filter(has_text=name).wait_for()
    return page.locator(".step-open")


def fill_in(page: Any, step: str, typed: Mapping[str, str]) -> None:
    """Fills in a step of the checkout, by the labels of its fields, and goes on to another."""
    opened = at_step(page, step)
    for label, value in typed.items():
        opened.get_by_label(label).first.fill(value)
    opened.get_by_role("button", name="Verder").click()
    page.locator(".step-open h2").filter(has_not_text=step).wait_for()


def order(page: Any, surname: str = CUSTOMER["Achternaam"]) -> None:
    """From the basket to Stripe's page; what was answered before is not asked again."""
    page.get_by_role("button", name="Naar afrekenen").click()
    answers = {"Contact": CONTACT, "Adres": {**ADDRESS, "Achternaam": surname}}
    while (step := page.locator(".step-open h2 > span").last.inner_text()) != "Overzicht":
        fill_in(page, step, answers.get(step, {}))
    page.get_by_role("button", name="Bestellen en betalen").click()
    page.get_by_role("button", name="Betalen", exact=True).wait_for()


def number_of(page: Any) -> str:
    number = str(page.locator(".track-head .eyebrow").inner_text()).split()[1]
    assert number.isdecimal()
    return number


def sees(page: Any, url: str, where: Any, words: str) -> None:
    """Somebody comes back to a page until it says so there. It is drawn once the words have come: while one waits, to
    ask for it is enough."""

    def look() -> bool:
        if words not in page.request.get(url).text():
            return False
        page.goto(url)
        return words in where.inner_text()

    eventually(f"'{words}' on {url}", look)


def begin(bench: Any, number: str, product: str) -> None:
    """A job coach finds the task among today's work, takes it and begins."""
    sees(bench, bench.url, bench.locator("main"), f"Bestelling {number}")
    bench.get_by_role("link").filter(has_text=f"Bestelling {number}").filter(has_text=product).click()
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
