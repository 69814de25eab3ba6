"""A customer's account from the first click to an order that was made without it: by the mails that we write."""

import re
from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import Demo, eventually
from tests.e2e.people import CUSTOMER, order, put_in_basket

Visit = Callable[..., Any]
PASSWORD = "een-goed-wachtwoord"


def test_from_registering_to_one_basket_on_every_device_and_the_orders_of_before(demo: Demo, visit: Visit) -> None:
    desk, phone = visit(), visit(width=390, scripts=False)
    put_in_basket(desk, demo, "koord")
    order(desk)
    desk.get_by_role("button", name="Betalen", exact=True).click()
    desk.get_by_role("heading", name="Dank je. Het werk kan beginnen.").wait_for()

    _register(desk, demo)
    desk.goto(_link(demo, desk, "Bevestig je account"))
    desk.get_by_label("Wachtwoord").fill(PASSWORD)
    desk.get_by_role("button", name="Bevestigen en inloggen").click()
    desk.get_by_text("Welkom. Je account is bevestigd.").wait_for()
    desk.get_by_role("heading", name="Koord").wait_for()  # ordered before there was an account

    put_in_basket(desk, demo, "zit")
    put_in_basket(phone, demo, "koord")
    phone.goto(f"{demo.shop}/nl/account/inloggen/")
    phone.get_by_label("E-mailadres").first.fill(CUSTOMER["E-mailadres"])
    phone.get_by_label("Wachtwoord").first.fill(PASSWORD)
    phone.get_by_role("button", name="Inloggen").click()
    phone.get_by_text("Wat je hier koos, ligt nu bij wat je al in je mandje had.").wait_for()
    for page in (phone, desk):
        page.goto(f"{demo.shop}/nl/mandje/")
        assert page.locator(".line-name").all_inner_texts() == ["Zit", "Koord"]


def _register(page: Any, demo: Demo) -> None:
    page.goto(f"{demo.shop}/nl/account/")
    new = page.get_by_role("region", name="Ik ben nieuw")
    for label in ("Voornaam", "Achternaam", "E-mailadres"):
        new.get_by_label(label).fill(CUSTOMER[label])
    new.get_by_label("Wachtwoord").fill(PASSWORD)
    new.get_by_role("button", name="Account maken").click()
    page.get_by_role("heading", name="Kijk in je mailbox").wait_for()


def _link(demo: Demo, page: Any, subject: str) -> str:
    """Where the button of the newest mail of that subject leads."""

    def look() -> bool:
        page.goto(f"{demo.fulfilment}/mail/")
        return bool(page.get_by_role("link", name=subject).count())

    eventually(f"a mail: {subject}", look)
    page.get_by_role("link", name=subject).first.click()
    found = re.search(rf'{re.escape(demo.shop)}/nl/account/[^\s"<]+', page.content().replace("&amp;", "&"))
    assert found is not None, page.content()
    return found.group()
