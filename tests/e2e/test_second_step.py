"""A second step in a browser: an app, its reserve codes, and a passkey with which one logs in without a password."""

from collections.abc import Callable
from typing import Any

from tests.e2e.conftest import PASSWORD, Demo
from tests.support.second_step import code

Visit = Callable[..., Any]
WHO = "meelezer@sociaalgemaakt.example"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A telephone or laptop that knows its owner, as Chromium plays it."""


def test_an_app_and_then_a_passkey(demo: Demo, visit: Visit) -> None:
    page = visit()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    at = demo.fulfilment.replace("127.0.0.1", "localhost")  # a passkey is for a name
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))

    _type_password(page, at)
    page.goto(f"{at}/accounts/tweede-stap/")
    page.get_by_role("link", name="Een app op je telefoon").click()
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code uit de app").fill(code(secret))
    page.get_by_role("button", name="Klaar").click()
    page.get_by_role("heading", name="Je reservecodes").wait_for()
    reserve = page.locator(".recovery code").first.inner_text()
    page.get_by_role("link", name="Ik heb ze bewaard").click()

    page.goto(f"{at}/accounts/tweede-stap/")
    page.get_by_role("link", name="Een passkey").click()
    page.get_by_label("Hoe heet dit toestel of deze sleutel?").fill("Laptop")
    page.get_by_label("Hiermee log ik in zonder wachtwoord").check()
    page.get_by_role("button", name="Passkey maken").click()
    page.get_by_text("Laptop").first.wait_for()

    page.context.clear_cookies()
    page.goto(f"{at}/accounts/login/")
    page.get_by_role("button", name="Met een passkey").click()
    page.wait_for_url("**/backoffice/")

    page.context.clear_cookies()
    _type_password(page, at)
    page.get_by_role("heading", name="De tweede stap").wait_for()
    page.get_by_label("Code uit je app, of een reservecode").fill(reserve)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url("**/backoffice/")
    assert problems == []


def _type_password(page: Any, at: str) -> None:
    page.goto(f"{at}/accounts/login/?next=/backoffice/")
    page.get_by_label("E-mailadres").fill(WHO)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_load_state()
