"""A company from its application to its prices, and a colleague who comes and is let go: in the shop, in the back
office, and by the mails that we write."""

import re
from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import Demo, eventually

Visit = Callable[..., Any]
PASSWORD = "een-goed-wachtwoord"
HOTEL = "Hotel De Reep"
SOFIE, KOEN = ("Sofie", "Claes", "sofie@dereep.example"), ("Koen", "Peeters", "koen@dereep.example")
"""Who asked for the demo's hotel, which was approved, and a colleague."""
MINE = "/nl/zakelijk/mijn-bedrijven/"


def test_the_contact_of_a_company_sees_its_prices_and_a_colleague_comes_and_goes(demo: Demo, visit: Visit) -> None:
    sofie, koen = visit(), visit(width=390, scripts=False)
    _register(sofie, demo, *SOFIE, onward=MINE)
    assert sofie.url == demo.shop + MINE
    sofie.get_by_role("link", name=HOTEL, exact=True).click()
    sofie.get_by_text("Op factuur, binnen 30 dagen.").wait_for()
    company = sofie.url
    sofie.get_by_role("link", name="Bekijk jullie prijzen").click()
    assert "SG-001" in sofie.get_by_role("table").inner_text()

    sofie.goto(f"{company}uitnodigen/")
    sofie.get_by_label("E-mailadres").fill(KOEN[2])
    sofie.get_by_role("button", name="Verstuur de uitnodiging").click()
    link = _link(demo, koen, HOTEL, "zakelijk/uitnodiging")
    koen.goto(link)
    koen.get_by_role("link", name="Inloggen of een account maken").click()
    _register(koen, demo, *KOEN, onward=link.removeprefix(demo.shop))
    assert koen.url == link
    koen.get_by_role("button", name="Ja, ik doe mee").click()
    koen.get_by_text("Je bent er koper.").wait_for()

    sofie.goto(company)
    sofie.get_by_role("link", name="Verwijder Koen Peeters").click()
    sofie.get_by_role("button", name="Ja, haal weg").click()
    sofie.get_by_text("Koen Peeters heeft geen toegang meer.").wait_for()
    assert [koen.goto(address).status for address in (company, f"{company}prijzen/")] == [404, 404]
    sofie.goto(company)
    sofie.get_by_role("link", name="Verlaat").click()
    sofie.get_by_role("button", name="Ja, verlaat").click()
    sofie.get_by_text("Er blijft altijd minstens één beheerder.").wait_for()


def _register(page: Any, demo: Demo, first: str, last: str, email: str, *, onward: str) -> None:
    page.goto(f"{demo.shop}/nl/account/inloggen/?verder={onward}")
    new = page.get_by_role("region", name="Ik ben nieuw")
    for label, typed in (("Voornaam", first), ("Achternaam", last), ("E-mailadres", email), ("Wachtwoord", PASSWORD)):
        new.get_by_label(label).fill(typed)
    new.get_by_role("button", name="Account maken").click()
    page.get_by_role("heading", name="Kijk in je mailbox").wait_for()
    page.goto(_link(demo, page, "Bevestig je account", "account"))
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Bevestigen en inloggen").click()
    page.get_by_text("Welkom. Je account is bevestigd.").wait_for()


def _link(demo: Demo, page: Any, subject: str, room: str) -> str:
    """Where the button of the newest mail of that subject leads, in that room of the shop."""

    def look() -> bool:
        page.goto(f"{demo.fulfilment}/mail/")
        return bool(page.get_by_role("link", name=subject).count())

    eventually(f"a mail: {subject}", look)
    page.get_by_role("link", name=subject).first.click()
    found = re.search(rf'{re.escape(demo.shop)}/nl/{room}/[^\s"<]+', page.content().replace("&amp;", "&"))
    assert found is not None, page.content()
    return found.group()
