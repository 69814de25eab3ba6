"""Every page of the shop in a real browser: WCAG 2.2 AA as far as a machine sees it, on a desk and in a hand, by day
and by night, and an order without JavaScript."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from django.utils.translation import gettext, override

from tests.e2e.axe import LEVELS, View, look, violations
from tests.shop.buying import payment
from tests.shop.conftest import _shop, fulfilment, saleor  # noqa: F401  fixtures
from tests.shop.fake_accounts import PASSWORD, FakeCustomer
from tests.shop.fake_fulfilment import FakeFulfilment, golden
from tests.shop.fakes import FakeSaleor, collection_point
from tests.shop.shelves import INFORMATION, information
from tests.shop.shelves import PAGES as PAGES_IN_SALEOR
from tests.support.stripe_sandbox import served

pytestmark = pytest.mark.skipif(django_settings.ROOT_URLCONF != "shop.urls", reason="runs with --ds=shop.settings")

PAGES = (
    "/nl/",
    "/nl/collectie/?maker=labeur&least=x",
    "/nl/zoeken/?q=touw",
    "/nl/materiaal/scheepstouw/",
    "/nl/verhalen/",
    "/nl/verhalen/negen-uur-touw/",
    "/nl/product/zit/",
    "/nl/product/zit/beeld/3/",
    "/nl/makers/",
    "/nl/makers/labeur/",
    "/nl/mandje/",
    "/nl/volgen/good-token/",
    "/nl/terugbetaling/good-token/",
    "/nl/terugbetaling/good-token/?wijzig=1",
    "/nl/terugbetaling/of-another/",
    "/nl/echt/good-token/",
    "/nl/herroepen/",
    "/nl/herroepen/?verstuurd=1",
    "/nl/herroepen/good-token/",
    "/nl/herroepen/good-token/?klaar=1",
    "/nl/herroepen/of-another/",
    "/nl/verwittig-me/bevestigen/good-token/",
    "/nl/verwittig-me/intrekken/good-token/",
    "/nl/nieuwsbrief/",
    "/nl/nieuwsbrief/?verstuurd=1",
    "/nl/nieuwsbrief/bevestigen/good-token/",
    "/nl/nieuwsbrief/uitschrijven/good-token/",
    "/nl/zakelijk/",
    "/nl/zakelijk/voorwaarden/",
    "/nl/zakelijk/aanvragen/",
    "/nl/zakelijk/aanvragen/?verstuurd=1",
    "/nl/zakelijk/uitnodiging/good-key/",
    "/nl/zakelijk/uitnodiging/other/",
    "/nl/bedankt/?ref=pay_7Kq2mX9vT4",
    "/nl/bedankt/?ref=pay_failed",
    "/nl/verkoopsvoorwaarden/",
    "/nl/privacy/",
    "/nl/contact/",
    "/nl/levering-en-retour/",
    "/nl/vragen-en-antwoorden/",
    "/nl/zo-wordt-het-gemaakt/",
    "/nl/toegankelijkheid/",
    "/en/delivery-and-returns/",
    "/en/questions-and-answers/",
    "/en/how-it-is-made/",
    "/en/accessibility/",
    "/fr/livraison-et-retours/",
    "/fr/questions-et-reponses/",
    "/fr/comment-c-est-fait/",
    "/fr/accessibilite/",
    "/nl/account/inloggen/",
    "/nl/account/wachtwoord-vergeten/",
    "/nl/account/bevestigen/?email=an%40voorbeeld.be&token=key",
    "/nl/account/nieuw-wachtwoord/?email=an%40voorbeeld.be&token=key",
    "/nl/account/wensen/",
    "/nl/account/verwijderen/good-key/",
    "/nl/account/verwijderen/other/",
    "/nl/niets/",
    "/en/",
    "/en/product/zit/",
    "/en/track/good-token/",
    "/en/refund/good-token/?wijzig=1",
    "/en/terms-of-sale/",
    "/en/business/",
    "/fr/",
    "/fr/produit/zit/",
    "/fr/suivi/good-token/",
    "/fr/remboursement/good-token/",
    "/fr/conditions-de-vente/",
    "/fr/vie-privee/",
    "/fr/infolettre/",
    "/fr/professionnels/",
    "/fr/rien/",
)
VIEWS: dict[str, View] = {
    "desk": ({"width": 1280, "height": 900}, "light"),
    "hand at night": ({"width": 390, "height": 844}, "dark"),
}
RULES = [*LEVELS, "best-practice"]


@pytest.fixture
def shop(
    _shop: None,  # noqa: F811
    saleor: FakeSaleor,  # noqa: F811
    fulfilment: FakeFulfilment,  # noqa: F811
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    for slug, content in INFORMATION.items():
        monkeypatch.setitem(PAGES_IN_SALEOR, slug, information(slug, content))
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    fulfilment.payments["pay_failed"] = payment("failed")
    with served(get_wsgi_application()) as address:
        yield address


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()


def judge(page: Any, views: dict[str, View] = VIEWS) -> None:
    """In each view, there and back: so every second page is opened, and every second step done, in the hand. Without a
    script, a page that is turned to another screen is the page that was opened there."""
    page.wait_for_load_state("load")  # a click returns before the style sheets are there
    if page.viewport_size == [*views.values()][-1][0]:
        views = dict(reversed(views.items()))
    told = list(violations(page, views, RULES))
    assert not told, f"{page.url}\n" + "\n".join(told)


def test_pages_pass_axe_and_fit_the_screen(shop: str, page: Any) -> None:
    for address in PAGES:
        page.goto(shop + address)
        judge(page)


def test_the_way_to_the_payment_passes_axe_with_its_mistakes_too(
    shop: str,
    page: Any,
    saleor: FakeSaleor,  # noqa: F811
) -> None:
    saleor.points = [collection_point()]
    saleor.days = 3
    page.goto(f"{shop}/nl/product/zit/")
    page.fill("[name=quantity]", "0")
    page.click("text=Leg in mijn mandje")
    judge(page)
    page.fill("[name=quantity]", "1")
    page.click("text=Leg in mijn mandje")
    judge(page)
    page.click("text=Heb je een kortingscode?")
    page.fill("[name=code]", "niets")
    page.click("text=Gebruik")
    judge(page)
    assert page.evaluate("document.activeElement.id") == "code"  # where the mistake is
    page.fill("[name=code]", "welkom")
    page.click("text=Gebruik")
    judge(page)
    page.click("text=Naar afrekenen")
    judge(page)
    page.click("text=Verder")
    judge(page)
    assert page.evaluate("document.activeElement.id") == "id_email"
    page.fill("[name=email]", "an@voorbeeld.be")
    page.click("text=Verder")
    page.wait_for_url("**/nl/afrekenen/#nu")
    page.wait_for_function("document.activeElement.id == 'nu'")  # the focus moves after the address
    judge(page)
    page.click("text=Verder")
    judge(page)
    page.uncheck("[name=billing_same]")
    page.click("text=Verder")
    judge(page)
    assert page.evaluate("document.activeElement.id") == "id_shipping-first_name"
    page.check("[name=billing_same]")
    endless = "Peeters" * 17  # no space to break at: the overview must fit the screen all the same
    for name, value in {"first_name": "An", "last_name": endless, "company": endless, "street": "Kouter 12"}.items():
        page.fill(f"[name=shipping-{name}]", value)
    page.fill("[name=shipping-postal_code]", "9000")
    page.fill("[name=shipping-city]", "Gent")
    page.click("text=Verder")
    judge(page)
    page.fill("[name=note]", "Dag \N{TULIP}")
    page.click("text=Verder")
    judge(page)
    page.fill("[name=note]", "Dag")
    page.click("text=Verder")
    judge(page)
    page.click(".step-change >> nth=2")
    judge(page)
    page.click("text=Niets veranderen")
    judge(page)
    page.click(".code-given >> text=Verwijder")
    page.click("text=Heb je een kortingscode?")
    judge(page)


OWN_PAGES = ("", "adressen/", "adressen/nieuw/", "adressen/Address:1/", "gegevens/", "wachtwoord/", "e-mailadres/")
MORE_OWN_PAGES = ("nieuw-adres/?token=key", "wensen/", "mijn-gegevens/", "verwijderen/")


def test_the_account_passes_axe_with_its_mistakes_too(
    shop: str,
    page: Any,
    saleor: FakeSaleor,  # noqa: F811
    fulfilment: FakeFulfilment,  # noqa: F811
) -> None:
    endless = "Peeters" * 17
    someone = FakeCustomer(f"{endless[:50]}@voorbeeld.be", first_name=endless, wishes=["SG-001", "SG-404"])
    saleor.customers[someone.email] = someone
    fulfilment.orders = golden("storefront_customer_orders.v1.json")["orders"] * 2
    page.goto(f"{shop}/nl/account/inloggen/")
    page.click("text=Account maken")
    judge(page)
    page.click("text=Inloggen >> nth=-1")
    judge(page)
    page.fill("[name=email]", someone.email)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Inloggen')")
    page.goto(f"{shop}/nl/account/adressen/nieuw/")
    page.click("text=Bewaren")
    judge(page)
    for name, value in {"first_name": "An", "last_name": endless, "street": "Kouter 12", "city": "Gent"}.items():
        page.fill(f"[name=shipping-{name}]", value)
    page.fill("[name=shipping-postal_code]", "9000")
    page.click("text=Bewaren")
    for address in (*OWN_PAGES, *MORE_OWN_PAGES):
        page.goto(f"{shop}/nl/account/{address}")
        judge(page)
    page.click("text=Stuur me de link")
    judge(page)


def test_questions_open_without_a_script_and_pass_axe_opened(shop: str, page: Any) -> None:
    page.goto(f"{shop}/nl/vragen-en-antwoorden/")
    assert page.locator("details").count() == 2
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.is_visible("text=Omdat het er is.")
    judge(page)


LISTENS = """window.refused = [];
addEventListener("securitypolicyviolation", event => {
  if (event.violatedDirective.startsWith("script")) refused.push(event.violatedDirective);
});"""


def test_data_for_machines_stands_in_a_page_that_allows_no_script(shop: str, browser: Any) -> None:
    page = browser.new_page()
    page.add_init_script(LISTENS)
    answer = page.goto(f"{shop}/nl/product/koord/")
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    told = json.loads(page.locator("script[type='application/ld+json']").text_content())
    assert told["@graph"][0]["name"] == page.locator("h1").text_content() == "Koord"
    assert page.evaluate("refused") == []
    page.evaluate("document.head.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    page.wait_for_function("refused.length")  # what is no data is refused: the policy is in force
    assert page.evaluate("[window.ran, refused[0]]") == [None, "script-src-elem"]
    page.close()


def test_a_keyboard_reaches_the_content_first(shop: str, page: Any) -> None:
    for size, light in VIEWS.values():
        look(page, size, light)
        page.goto(f"{shop}/nl/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
        page.keyboard.press("Enter")
        page.wait_for_url("**/nl/#inhoud")
        page.wait_for_function("document.activeElement.id == 'inhoud'")  # the focus moves after the address


@pytest.mark.parametrize(("language", "thanks"), [("nl", "bedankt"), ("en", "thank-you"), ("fr", "merci")])
def test_a_lamp_is_ordered_in_a_browser_without_javascript_in_each_language(
    shop: str,
    browser: Any,
    saleor: FakeSaleor,  # noqa: F811
    language: str,
    thanks: str,
) -> None:
    saleor.payment = {
        "type": "CHARGE_ACTION_REQUIRED",
        "data": {"url": f"{shop}/{language}/{thanks}/?ref=pay_7Kq2mX9vT4", "reference": "pay_7Kq2mX9vT4"},
    }
    context = browser.new_context(java_script_enabled=False, locale="nl-BE", viewport={"width": 320, "height": 700})
    page = context.new_page()

    def press(dutch: str) -> None:
        with override(language):
            page.click(f"text={gettext(dutch) % {'price': ''}}".rstrip())
        page.wait_for_load_state()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url

    page.goto(shop)
    page.click(f".site-languages [lang={language}]")
    page.click(".card-name a >> nth=0")
    press("Leg in mijn mandje")
    press("Voeg toe voor %(price)s")
    press("Heb je een kortingscode?")
    page.fill("[name=code]", "WELKOM")
    page.click(".code .button")
    press("Naar afrekenen")
    page.fill("[name=email]", "an@voorbeeld.be")
    press("Verder")
    for name, value in {"first_name": "An", "last_name": "Peeters", "street": "Kouter 12", "city": "Gent"}.items():
        page.fill(f"[name=shipping-{name}]", value)
    page.fill("[name=shipping-postal_code]", "9000")
    press("Verder")
    press("Verder")
    press("Bestellen en betalen")
    with override(language):
        assert gettext("Dank je. Het werk kan beginnen.") in page.content()
    assert {entry["languageCode"] for entry in saleor.checkouts.values()} == {language.upper()}
    context.close()


def test_withdrawing_works_without_a_script_and_passes_axe_with_its_mistakes_too(
    shop: str,
    page: Any,
    fulfilment: FakeFulfilment,  # noqa: F811
) -> None:
    page.goto(f"{shop}/nl/volgen/good-token/")
    page.click("a.button:has-text('Herroep hier je aankoop')")
    page.click("text=Kijk het na")
    judge(page)
    plain = page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{shop}/nl/herroepen/good-token/")
    for where in (page, plain):
        where.fill("[name=name]", "An Peeters")
        where.fill("[name=email]", "an@voorbeeld.be")
        where.select_option("[name=units-1-sent]", "2")
        where.click("text=Kijk het na")
        assert where.is_visible("text=2 × Zit, zithoogte 45 cm")
    judge(page)
    fulfilment.statement = {**fulfilment.statement, "result": "kept"}
    plain.click("text=Bevestig de herroeping")
    assert plain.is_visible("text=We kregen je herroeping.")
    assert fulfilment.given[-1]["units"] == {"1-sent": 2}
    plain.context.close()
    page.goto(f"{shop}/nl/echt/good-token/")
    page.click("text=Schrijf het erbij")
    judge(page)


def test_whoever_waits_asks_without_a_script_and_its_forms_pass_axe_with_their_mistakes_too(
    shop: str,
    page: Any,
    saleor: FakeSaleor,  # noqa: F811
    fulfilment: FakeFulfilment,  # noqa: F811
) -> None:
    stool = next(one for one in saleor.products if one["slug"] == "zit")
    stool["variants"][0]["quantityAvailable"] = 0
    page.goto(f"{shop}/nl/product/zit/")
    page.click(".restock summary")
    judge(page)
    page.click("text=Mail me als het er weer is")
    judge(page)
    page.goto(f"{shop}/nl/nieuwsbrief/")
    page.click("main >> text=Schrijf me in")
    judge(page)
    plain = page.context.browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{shop}/nl/product/zit/")
    plain.click(".restock summary")
    plain.fill("[name=email]", "an@voorbeeld.be")
    plain.click("text=Mail me als het er weer is")
    assert plain.is_visible("text=Kijk in je mailbox")
    assert fulfilment.given[-1]["variant_name"] == "zithoogte 45 cm"
    plain.context.close()
