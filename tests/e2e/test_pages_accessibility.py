"""Every page that people see, judged by axe (WCAG 2.2 AA), by day and by night, on a desk and in a hand; nothing is
wider than the smallest screen, and every page says in which language it is, what it is called and what it is about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.axe import LEVELS, NEXT_FRAME, violations
from tests.e2e.conftest import OPERATOR, Demo, eventually, log_in
from tests.e2e.people import ADDRESS, CONTACT, CUSTOMER, at_step, begin, fill_in, number_of, order, put_in_basket, sees

Visit = Callable[..., Any]
Judge = Callable[[Any], None]

DESK, HAND = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 640}
VIEWS = {
    "desk": (DESK, "light"),
    "desk at night": (DESK, "dark"),
    "hand at night": (HAND, "dark"),
    "hand": (HAND, "light"),
}
LONG = "Vanoverstraetengeeraerdsbergen" * 3
"""A surname that no line can hold."""
COACH = "jobcoach@compaan.example"

_GROUND = "() => getComputedStyle(document.getElementById('main')).backgroundColor"
_WIDTH = "() => document.documentElement.scrollWidth"
_HEADS = """() => ({
  lang: document.documentElement.lang,
  title: document.title.trim(),
  h1: document.querySelectorAll('h1').length,
})"""
_CUT_OFF = """() => [...document.querySelectorAll('.bo *, #content-main :is(td, th, .readonly)')].filter(box =>
  ['auto', 'scroll', 'hidden'].includes(getComputedStyle(box).overflowX) &&
  box.clientWidth > 1 && box.scrollWidth > box.clientWidth + 1
).map(box => `${box.tagName} ${box.className}: ${box.innerText.slice(0, 80)}`)"""
"""What the back office shows of which a part is outside its box; what is 1 px wide is for screen readers."""


@dataclass(frozen=True)
class Bought:
    """An order of a stool and a gift box: the pages that its customer has of it."""

    number: str
    thanks: str
    tracking: str


@pytest.fixture(scope="module")
def bought(demo: Demo, browser: Any) -> Bought:
    context = browser.new_context(locale="nl-BE")
    page = context.new_page()
    put_in_basket(page, demo, "zit")
    put_in_basket(page, demo, "strik")
    order(page, LONG)
    page.get_by_role("button", name="Betalen", exact=True).click()
    follow = page.get_by_role("link", name="Volg je bestelling")
    follow.wait_for(timeout=60_000)
    thanks = page.url
    follow.click()
    found = Bought(number_of(page), thanks, page.url)
    context.close()
    return found


@pytest.fixture
def judge() -> Iterator[Judge]:
    """Looks at a page as it stands now; all faults of all pages are told in the end."""
    told: list[str] = []
    yield lambda page: told.extend(f"{page.url} {fault}" for fault in faults(page))
    assert not told, "\n".join(told)


def test_the_shop(demo: Demo, visit: Visit, bought: Bought, judge: Judge) -> None:
    page = visit()
    for address in ("", "product/koord/", "product/zit/", "makers/", "makers/labeur/", "mandje/", "niets/"):
        page.goto(f"{demo.shop}/nl/{address}")
        judge(page)
    for address in (bought.thanks, bought.tracking):
        page.goto(address)
        judge(page)


def test_the_way_to_the_payment_with_its_mistakes_and_the_payment_page(demo: Demo, visit: Visit, judge: Judge) -> None:
    page = visit()
    put_in_basket(page, demo, "zit")
    judge(page)
    page.get_by_role("button", name="Naar afrekenen").click()
    for step, answers in {
        "Contact": CONTACT,
        "Thuis of afhalen": {},
        "Adres": ADDRESS,
        "Cadeau of opmerking": {"Je opmerking": "Bel aan."},
    }.items():
        at_step(page, step)
        judge(page)
        if step in ("Contact", "Adres"):
            page.get_by_role("button", name="Verder").click()
            page.locator(".error-summary").wait_for()
            judge(page)
        fill_in(page, step, answers)
    at_step(page, "Overzicht")
    judge(page)
    page.get_by_role("button", name="Bestellen en betalen").click()
    page.get_by_role("button", name="Laten mislukken").click()
    page.get_by_role("alert").wait_for()
    judge(page)
    page.get_by_role("link", name="Weggaan zonder te betalen").click()
    page.get_by_role("heading", name="Je bent niet verder gegaan met betalen").wait_for()
    judge(page)


def test_the_portal(demo: Demo, visit: Visit, bought: Bought, judge: Judge) -> None:
    page = visit(**HAND)
    for address in ("accounts/login/", "accounts/password/reset/", "portal/taken/nobody/"):
        page.goto(f"{demo.fulfilment}/{address}")
        judge(page)
    log_in(page, demo, COACH, to="/portal/")
    begin(page, bought.number, "Zit")
    judge(page)
    page.get_by_role("link", name="Alle werk").click()
    judge(page)
    page.goto(f"{demo.fulfilment}/portal/verdiend/")
    judge(page)
    page.goto(f"{demo.fulfilment}/portal/")
    page.get_by_role("link").filter(has_text=f"Bestelling {bought.number}").click()
    page.get_by_role("button", name="Klaar voor verzending").click()
    page.get_by_role("link", name="Ja, verzenden").click()
    judge(page)
    page.get_by_role("button", name="bpost").click()
    page.get_by_label("Trackingcode van bpost").fill("32320001")
    judge(page)
    page.get_by_role("button", name="Het pakket is weg").click()
    page.get_by_text("Alles is weg.").wait_for()
    judge(page)
    page.goto(f"{demo.fulfilment}/portal/pakketten/")
    judge(page)
    page.get_by_role("link", name="Verbeteren").first.click()
    judge(page)
    page.goto(f"{demo.fulfilment}/backoffice/")
    judge(page)


def test_what_comes_back_from_the_office_to_the_bench(demo: Demo, visit: Visit, bought: Bought, judge: Judge) -> None:
    """The stool that the test before sent off."""
    office = visit()
    log_in(office, demo, OPERATOR, to="/backoffice/")
    office.goto(f"{demo.fulfilment}/backoffice/orders/order/")
    office.get_by_role("link", name=f"#{bought.number}", exact=True).click()
    office.get_by_role("link", name="Retour aankondigen").click()
    judge(office)
    office.get_by_label("Zit").fill("1")
    office.get_by_role("button", name="Aankondigen").click()
    office.get_by_role("button", name="Het kwam nooit aan").wait_for()
    judge(office)

    bench = visit(**HAND)
    log_in(bench, demo, COACH, to="/portal/")
    bench.get_by_role("link", name="Er komt iets terug").click()
    judge(bench)
    bench.get_by_role("link", name="Het is hier").click()
    judge(bench)
    bench.get_by_role("button", name="Ja, dit is hier").click()
    judge(bench)
    bench.get_by_role("link", name="Nakijken").click()
    judge(bench)
    bench.get_by_role("button", name="Te herstellen").click()
    judge(bench)
    bench.get_by_role("button", name="Ja, zo is het").click()
    bench.get_by_text("Het is nagekeken.").wait_for()
    judge(bench)

    page = visit()
    page.goto(bought.tracking)
    page.get_by_text("Dit is weer aangekomen bij Compaan.").wait_for()
    judge(page)
    office.reload()
    office.get_by_role("button", name="Er gaat geen geld terug").wait_for()
    judge(office)


def test_what_is_in_the_way_question_by_question_and_what_the_operator_does_about_it(
    demo: Demo, visit: Visit, bought: Bought, judge: Judge
) -> None:
    bench = visit(**HAND)
    log_in(bench, demo, "jobcoach@dienstenbedrijf-gent.example", to="/portal/")
    sees(bench, bench.url, bench.locator("main"), f"Bestelling {bought.number}")
    bench.get_by_role("link").filter(has_text=f"Bestelling {bought.number}").click()
    bench.get_by_role("link", name="Nee, of niet op tijd").click()
    for answer in ("Het wordt later", "Er is geen materiaal", "Verder met deze dag"):
        judge(bench)
        if answer == "Verder met deze dag":
            bench.get_by_label("Of een andere dag").fill("2030-01-01")
            bench.get_by_role("button", name=answer).click()
            bench.get_by_role("alert").wait_for()
            judge(bench)
            bench.locator("button[name=day]").first.click()
        else:
            bench.get_by_role("button", name=answer).click()
    judge(bench)
    bench.get_by_role("button", name="We wachten nog op materiaal").click()
    judge(bench)
    bench.get_by_role("button", name="Ja, doorgeven").click()
    bench.get_by_text("De nieuwe dag is").wait_for()
    judge(bench)
    bench.get_by_role("link", name="Nee, of niet op tijd").click()
    for answer in ("Wij maken dit niet", "We hebben te veel werk", "We zoeken een ander atelier", "Ja, doorgeven"):
        bench.get_by_role("button", name=answer).click()
    bench.get_by_text("Jullie maken dit niet.").wait_for()
    judge(bench)

    office = visit()
    log_in(office, demo, OPERATOR, to="/backoffice/")
    office.goto(f"{demo.fulfilment}/backoffice/inbox/openissue/")
    office.get_by_role("link", name="Atelier maakt dit niet").first.click()
    judge(office)
    office.get_by_role("link", name="Aan een ander atelier geven").click()
    office.get_by_role("heading", name="Niemand anders kan het nu overnemen").wait_for()
    judge(office)

    bench.get_by_role("button", name="Toch zelf maken").click()
    bench.get_by_text("Kunnen jullie dit maken?").wait_for()
    page = visit()
    page.goto(bought.tracking)
    judge(page)


def test_the_back_office(demo: Demo, visit: Visit, bought: Bought, judge: Judge) -> None:
    page = visit()
    log_in(page, demo, OPERATOR, to="/backoffice/")
    judge(page)
    for address in (
        "orders/order/",
        "payouts/batch/",
        "payouts/batch/plan/",
        "ledger/entry/rekeningen/",
        "kortingen/",
        "toestand/",
        "nieuwsbrief/",
        "inbox/openissue/",
        "companies/company/add/",
    ):
        page.goto(f"{demo.fulfilment}/backoffice/{address}")
        judge(page)
    for rooms in (
        "agreements/agreement/",
        "companies/company/",
        "ledger/entry/",
        "partners/partner/",
        "partners/user/",
        "payments/payment/",
        "production/task/",
    ):
        page.goto(f"{demo.fulfilment}/backoffice/{rooms}")
        judge(page)
        page.locator("main, #content").locator("table a[href*='/change/']").first.click()
        judge(page)
    page.goto(f"{demo.fulfilment}/backoffice/companies/company/")
    page.get_by_role("link", name="Kantoor Kouter").click()
    page.get_by_text("Geldig").first.wait_for()
    judge(page)
    page.get_by_role("link", name="Goedkeuren").click()
    page.get_by_role("button", name="Goedkeuren").click()
    page.get_by_text("Dit veld is verplicht").first.wait_for()
    judge(page)
    page.goto(f"{demo.fulfilment}/backoffice/personen/")
    judge(page)
    for typed in ("an", CUSTOMER["E-mailadres"]):
        page.get_by_label("E-mailadres").fill(typed)
        page.keyboard.press("Enter")
        page.get_by_text("Dit is geen e-mailadres" if typed == "an" else "Alles als bestand ophalen").wait_for()
        judge(page)
    page.goto(f"{demo.fulfilment}/backoffice/orders/order/")
    page.get_by_role("link", name=f"#{bought.number}", exact=True).click()
    judge(page)
    page.get_by_text("posten").click()
    judge(page)
    page.get_by_role("link", name="Geld teruggeven").click()
    judge(page)
    page.get_by_role("link", name="Tegemoetkoming").click()
    judge(page)
    page.get_by_label("Hoeveel geef je terug?").fill("5,00")
    page.get_by_label("Waarom?").fill("Vergissing")
    page.get_by_role("button", name="Bekijk wat er gebeurt").click()
    page.get_by_role("heading", name="De klant krijgt").wait_for()
    judge(page)


def test_an_invoice_of_an_order(demo: Demo, visit: Visit, bought: Bought, judge: Judge) -> None:
    page = visit()
    log_in(page, demo, OPERATOR, to="/backoffice/")
    page.goto(f"{demo.fulfilment}/backoffice/orders/order/")
    page.get_by_role("link", name=f"#{bought.number}", exact=True).click()
    page.get_by_role("link", name="Factuur maken").click()
    judge(page)
    page.get_by_label("Ondernemingsnummer").fill("1999.001.042")
    page.get_by_role("button", name="Bekijk wat erop komt").click()
    page.get_by_text("geen geldig ondernemingsnummer").wait_for()
    judge(page)
    page.get_by_label("Ondernemingsnummer").fill("1999.001.041")
    page.get_by_role("button", name="Bekijk wat erop komt").click()
    page.get_by_role("heading", name="Dit komt erop").wait_for()
    judge(page)
    page.get_by_role("button", name="Factuur maken").click()
    page.get_by_role("heading", name="Factuur 20").wait_for()
    judge(page)
    page.get_by_role("link", name="Voor een andere koper").click()
    judge(page)
    page.go_back()
    page.get_by_role("link", name="Terugnemen").click()
    judge(page)
    page.goto(f"{demo.fulfilment}/backoffice/invoices/invoice/")
    page.get_by_text("creditnota's eraf").wait_for()
    judge(page)


def test_the_back_office_turns_with_the_light_at_once_and_its_menu_with_the_keyboard(demo: Demo, visit: Visit) -> None:
    page = visit(**HAND)
    log_in(page, demo, OPERATOR, to="/backoffice/")
    grounds = {"light": "rgb(253, 251, 247)", "dark": "rgb(28, 27, 25)"}
    for light in ("dark", "light"):
        page.emulate_media(color_scheme=light)
        page.evaluate(NEXT_FRAME)
        assert page.evaluate(_GROUND) == grounds[light]
    page.get_by_role("link", name="Menu", exact=True).press("Enter")
    page.get_by_role("link", name="Bestellingen", exact=True).wait_for()
    page.get_by_role("link", name="Sluiten", exact=True).press("Enter")
    page.get_by_role("link", name="Bestellingen", exact=True).wait_for(state="hidden")


def test_the_back_office_is_there_without_scripts_and_a_keyboard_passes_its_menu(demo: Demo, visit: Visit) -> None:
    for width in (390, 1280):
        page = visit(width=width, scripts=False)
        log_in(page, demo, OPERATOR, to="/backoffice/")
        page.get_by_role("heading", name="Waar het geld is").wait_for()
        if width == 390:
            page.get_by_role("link", name="Menu", exact=True).click()
        page.get_by_role("link", name="Bestellingen", exact=True).click()
        page.get_by_role("heading", name="Bestellingen", exact=True).wait_for()
        page.get_by_role("link", name="Bij de makers").click()
        page.get_by_role("link", name="Alles tonen").wait_for()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**#inhoud")


def test_the_mails(demo: Demo, visit: Visit, bought: Bought, judge: Judge) -> None:
    page = visit()
    letter = page.get_by_role("link").filter(has_text=f"Je bestelling {bought.number} is binnen")

    def look() -> bool:
        page.goto(f"{demo.fulfilment}/mail/")
        return bool(letter.count())

    eventually("the order's mail", look)
    judge(page)
    letter.click()
    page.get_by_text("ontworpen en gemaakt door mensen met een naam").wait_for()
    judge(page)


def test_the_sandbox(demo: Demo, visit: Visit, bought: Bought, judge: Judge) -> None:
    page = visit()
    for program in (demo.saleor, demo.stripe):
        page.goto(f"{program}/control/")
        addresses = [link.get_attribute("href") for link in page.locator("nav.sections a").all()]
        judge(page)
        for address in (addresses[1], "/control/webhooks/"):
            page.goto(program + address)
            judge(page)
            page.locator("main table a").first.click()
            judge(page)


def faults(page: Any) -> Iterator[str]:
    """All that a machine can say of a page, in each light and at each width."""
    page.wait_for_load_state("load")
    first = page.viewport_size
    heads = page.evaluate(_HEADS)
    if not (heads["lang"].startswith("nl") and heads["title"] and heads["h1"] == 1):
        yield f"language, title, one h1: {heads}"
    yield from violations(page, VIEWS, LEVELS)
    for size in (HAND, SMALLEST):
        page.set_viewport_size(size)
        yield from (f"cut off on a screen of {size['width']}: {box}" for box in page.evaluate(_CUT_OFF))
    width = page.evaluate(_WIDTH)
    if width > SMALLEST["width"]:
        yield f"{width} px wide on a screen of {SMALLEST['width']}"
    page.set_viewport_size(first)
