"""A company's pages in a real browser, with their mistakes and the longest words: WCAG 2.2 AA as far as a machine sees
it, on a desk and in a hand."""

from typing import Any

from tests.e2e.test_shop_accessibility import judge, page, pytestmark, shop  # noqa: F401  fixtures
from tests.shop.conftest import _shop, fulfilment, saleor  # noqa: F401  fixtures
from tests.shop.fake_accounts import PASSWORD, FakeCustomer
from tests.shop.fake_companies import COMPANY
from tests.shop.fake_fulfilment import FakeFulfilment
from tests.shop.fakes import FakeSaleor
from tests.shop.members import AN

OF_A_COMPANY = ("", "prijzen/", "prijzen/?q=niets", "uitnodigen/", "uitnodiging/inv_1/", "lid/mem_2/", "lid/mem_2/weg/")
PLACES_OF_A_COMPANY = ("adres/", "adres/adr_1/", "adres/adr_1/weg/")


def test_a_companys_pages_pass_axe_with_their_mistakes_and_the_longest_words_too(
    shop: str,  # noqa: F811
    page: Any,  # noqa: F811
    saleor: FakeSaleor,  # noqa: F811
    fulfilment: FakeFulfilment,  # noqa: F811
) -> None:
    endless = "Peeters" * 17
    known = fulfilment.companies.companies[COMPANY]
    known["name"] = known["members"][1]["name"] = known["divisions"][0]["name"] = endless
    known["members"][1]["email"] = f"{endless[:50]}@voorbeeld.be"
    known["addresses"][0]["label"] = endless[:60]
    for one in fulfilment.companies.prices["prices"]:
        one.update(
            sku=f"{one['sku']}-{endless[:30]}", net_minor=123_456_789, variant_name=one["variant_name"] and endless
        )
    saleor.customers[AN] = FakeCustomer(AN)
    page.goto(f"{shop}/nl/zakelijk/aanvragen/")
    page.click("text=Verstuur je aanvraag")
    judge(page)
    page.goto(f"{shop}/nl/account/inloggen/")
    page.fill("[name=email]", AN)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Inloggen')")
    page.goto(f"{shop}/nl/zakelijk/mijn-bedrijven/")
    judge(page)
    for address in (*OF_A_COMPANY, *PLACES_OF_A_COMPANY):
        page.goto(f"{shop}/nl/zakelijk/bedrijf/{COMPANY}/{address}")
        judge(page)
    for address, button in (("uitnodigen/", "Verstuur de uitnodiging"), ("adres/", "Bewaren")):
        page.goto(f"{shop}/nl/zakelijk/bedrijf/{COMPANY}/{address}")
        page.click(f"text={button}")
        judge(page)
    page.goto(f"{shop}/nl/zakelijk/uitnodiging/good-key/")
    page.click("text=Ja, ik doe mee")
    judge(page)
    known["state"] = "suspended"
    for address in ("", "prijzen/"):
        page.goto(f"{shop}/nl/zakelijk/bedrijf/{COMPANY}/{address}")
        judge(page)
