"""From a phone that buys to partners who are paid, in a real browser and as the people concerned would do it."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.conftest import OPERATOR, Demo, eventually, log_in
from tests.e2e.people import ADDRESS, CONTACT, at_step, begin, number_of, open_order, order, put_in_basket, sees, ship

Visit = Callable[..., Any]

PHONE = {"width": 390, "height": 844}
WORKSHOPS = {"labeur": "Koord", "compaan": "Zit", "dienstenbedrijf-gent": "Strik"}
PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


@pytest.fixture
def phone(visit: Visit) -> Any:
    """A customer's phone, without JavaScript."""
    return visit(**PHONE, scripts=False)


def test_a_phone_without_javascript_buys_and_every_cent_finds_its_owner(demo: Demo, visit: Visit, phone: Any) -> None:
    _fill_the_basket(phone, demo)
    order(phone)
    _pay_at_the_second_try(phone)
    phone.get_by_role("link", name="Volg je bestelling").click()
    tracking, number = phone.url, number_of(phone)
    for slug, product in WORKSHOPS.items():
        bench = visit(**PHONE)
        log_in(bench, demo, f"jobcoach@{slug}.example", to="/portal/")
        begin(bench, number, product)
        sees(phone, tracking, _part(phone, product), "ligt nu bij")
        code = ship(bench)
        bench.go_back()
        bench.get_by_text("Dit pakket was al verzonden.").wait_for()
        sees(phone, tracking, _part(phone, product), f"Volg pakket {code}")
        bench.get_by_role("button", name="Het is geleverd").click()
        bench.get_by_role("heading", name="Klaar. Alles is geleverd.").wait_for()
    sees(phone, tracking, phone.locator("h1"), "Alles is geleverd")

    office = visit()
    log_in(office, demo, OPERATOR, to="/backoffice/")
    open_order(office, number)
    _path_is_told(office)
    _give_a_little_back(office, phone, tracking)
    _pay_the_partners(office, demo)
    assert demo.manage("books")["balanced"]


def test_who_walks_away_from_the_payment_may_change_the_basket_and_pay_only_the_new_sum(demo: Demo, phone: Any) -> None:
    put_in_basket(phone, demo, "koord")
    order(phone)
    left_open = phone.url
    phone.get_by_role("link", name="Weggaan zonder te betalen").click()
    phone.get_by_role("heading", name="Je bent niet verder gegaan met betalen").wait_for()
    phone.goto(f"{demo.shop}/nl/mandje/")
    phone.get_by_label("Aantal").fill("2")
    phone.get_by_role("button", name="Wijzig").click()
    order(phone)
    total, page = phone.locator("h1").inner_text(), phone.url
    phone.goto(left_open)
    assert phone.get_by_role("button", name="Betalen", exact=True).count() == 0
    phone.goto(page)
    phone.get_by_role("button", name="Betalen", exact=True).click()
    phone.get_by_role("heading", name="Dank je. Het werk kan beginnen.").wait_for()
    phone.get_by_role("link", name="Volg je bestelling").click()
    assert _digits(total) == _digits(phone.locator(".track-sums").inner_text())


def test_hands_that_never_leave_the_keyboard_can_order(demo: Demo, visit: Visit) -> None:
    page = visit()
    page.goto(f"{demo.shop}/nl/product/koord/")
    _press(page, "Leg in mijn mandje")
    _press(page, "Naar afrekenen")
    steps = {"Contact": CONTACT, "Thuis of afhalen": {}, "Adres": ADDRESS, "Cadeau of opmerking": {}}
    for step, answers in steps.items():
        at_step(page, step)
        for label, value in answers.items():
            _tab_to(page, label)
            page.keyboard.type(value)
        _tab_to(page, "Verder")
        page.keyboard.press("Enter")
    at_step(page, "Overzicht")
    _press(page, "Bestellen en betalen")
    _press(page, "Betalen")
    page.get_by_role("heading", name="Dank je. Het werk kan beginnen.").wait_for()


def _fill_the_basket(phone: Any, demo: Demo) -> None:
    """A lamp, a stool of the higher of two heights, and a gift box."""
    phone.goto(demo.shop)
    phone.get_by_role("link", name="Koord", exact=True).first.click()
    phone.get_by_role("button", name="Leg in mijn mandje").click()
    phone.goto(f"{demo.shop}/nl/")
    phone.get_by_role("link", name="Zit", exact=True).click()
    phone.get_by_role("radio", name="65 cm").check()
    phone.get_by_role("button", name="Leg in mijn mandje").click()
    phone.get_by_role("button", name="Voeg toe voor").click()
    for words in ("Koord", "Zit", "65 cm", "Strik"):
        phone.locator(".lines").get_by_text(words).first.wait_for()


def _pay_at_the_second_try(page: Any) -> None:
    page.get_by_role("button", name="Laten mislukken").click()
    page.get_by_role("alert").get_by_text("De bank weigerde de betaling.").wait_for()
    page.get_by_role("button", name="Betalen", exact=True).click()
    page.get_by_role("heading", name="Dank je. Het werk kan beginnen.").wait_for()


def _part(page: Any, product: str) -> Any:
    return page.locator("section.part").filter(has_text=product)


def _path_is_told(office: Any) -> None:
    """The operator sees how the order came to be and where its parts are."""

    def look() -> bool:
        office.reload()
        return str(office.locator(".bo-path").inner_text()).count("aan Saleor gemeld") == len(WORKSHOPS)

    eventually("every parcel to be reported to Saleor", look)
    path = office.locator(".bo-path").inner_text()
    places = [path.index(words) for words in ("Geplaatst", "Betaald", "Verdeeld over de makers", "Geleverd")]
    assert places == sorted(places), path
    assert office.get_by_text("Elke cent heeft een eigenaar").is_visible()


def _give_a_little_back(office: Any, phone: Any, tracking: str) -> None:
    """Say why, choose, look, give back; then the order's page and the customer's say so."""
    order = office.url
    office.get_by_role("link", name="Geld teruggeven").click()
    office.get_by_role("link", name="Tegemoetkoming").click()  # what comes back would hold up what is paid out
    office.get_by_label("Hoeveel geef je terug?").fill("12,00")
    office.get_by_label("Waarom?").fill("De strik was gescheurd")
    office.get_by_role("button", name="Bekijk wat er gebeurt").click()
    office.get_by_role("heading", name="De klant krijgt").wait_for()
    button = office.get_by_role("button", name="terugbetalen")
    amount = str(button.inner_text()).removesuffix("terugbetalen").strip()
    button.click()
    office.get_by_text("De terugbetaling is gevraagd.").wait_for()
    sees(office, order, office.locator(".bo-head"), "terugbetaald")
    assert f"{amount} terugbetaald" in office.locator(".bo-head").inner_text()
    assert office.get_by_text("Elke cent heeft een eigenaar").is_visible()
    sees(phone, tracking, phone.locator(".track-sums"), "Teruggestort")
    assert amount in phone.locator(".track-sums").inner_text()


def _pay_the_partners(office: Any, demo: Demo) -> None:
    """Stripe's money to the bank, a plan for a day after the time to withdraw, the file for the bank, and paid."""
    day = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    plan = f"{demo.fulfilment}/backoffice/payouts/batch/plan/?as_of={day}"
    office.goto(plan)
    office.get_by_role("button", name="Vrijgeven tot en met").click()

    def at_the_bank() -> bool:
        office.goto(plan)
        if office.get_by_role("button", name="Plan bewaren").count():
            return True
        office.get_by_role("button", name="Geld van Stripe naar de bank halen").click()
        return False

    eventually("money at the bank", at_the_bank)
    office.get_by_role("button", name="Plan bewaren").click()
    total = str(office.locator(".bo-figures strong").inner_text())
    office.get_by_role("link", name="Goedkeuren").click()
    office.get_by_role("heading", name=f"{total} uitbetalen?").wait_for()
    office.get_by_role("button", name="Ja, goedkeuren").click()
    with office.expect_download() as download:
        office.get_by_role("button", name="Bestand voor de bank ophalen").click()
    _holds_the_payouts(ET.parse(download.value.path()).getroot(), total)
    office.get_by_role("link", name="Alles is betaald").click()
    office.get_by_role("button", name="Ja, alles is betaald").click()
    office.get_by_text("Bevestigd: de partners zijn betaald.").wait_for()


def _holds_the_payouts(document: ET.Element, total: str) -> None:
    """The file is a pain.001.001.09 for what the page says."""
    assert document.tag == f"{{{PAIN}}}Document"
    amounts = [amount.text for amount in document.iter(f"{{{PAIN}}}InstdAmt")]
    control = next(document.iter(f"{{{PAIN}}}CtrlSum")).text
    assert len(amounts) >= len(WORKSHOPS)
    cents = sum(int(str(amount).replace(".", "")) for amount in amounts)
    assert cents == int(str(control).replace(".", ""))
    assert cents == int(_digits(total))


def _digits(words: str) -> str:
    return "".join(sign for sign in words if sign.isdecimal())


def _tab_to(page: Any, name: str) -> None:
    """Tab on until what has the focus carries this name; no thing on the way may hold the focus for ever."""
    for _step in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(_NAME_OF_FOCUS).startswith(name):
            return
    raise AssertionError(f"{page.url}: Tab does not reach '{name}'")


def _press(page: Any, name: str) -> None:
    url = page.url
    _tab_to(page, name)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda now: now != url)


_NAME_OF_FOCUS = """() => {
  const focus = document.activeElement;
  const name = focus.labels && focus.labels.length ? focus.labels[0].innerText : focus.innerText || '';
  return name.trim();
}"""
