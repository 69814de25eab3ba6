"""One order of three workshops from shop window to payout plan, over HTTP, as the people concerned would do it.

Started by `python3 run.py smoke` beside a fresh demo. It prints what it sees and, as its last line, one JSON object;
it exits 0 only when everything held.
"""

import json
import os
import secrets
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

from demo.browser import Browser, Page

PARTNERS = Path(__file__).parent / "partners.toml"
SHOP, FULFILMENT = os.environ.get("SHOP_URL", ""), os.environ.get("FULFILMENT_URL", "")
BASKET = (
    ("koord", "Labeur", "labeur"),
    ("zit", "Compaan", "compaan"),
    ("strik", "Dienstenbedrijf Gent", "dienstenbedrijf-gent"),
)
PATIENCE_SECONDS = 75.0
CUSTOMER = {
    "email": "an.peeters@example.com",
    "first_name": "An",
    "last_name": "Peeters",
    "street": "Kouter 1",
    "postal_code": "9000",
    "city": "Gent",
}

Found = TypeVar("Found")

_begun = time.monotonic()


class Broken(Exception):
    """Something that should have held did not."""


def main() -> int:
    told: dict[str, object] = {
        "order": None,
        "tasks": 0,
        "shipments": 0,
        "shares": {},
        "ledger_balanced": False,
        "payouts": [],
    }
    code = 1
    try:
        _drive(told)
        code = 0
    except (Broken, LookupError) as broken:
        _say(f"BROKEN: {broken}")
    told["seconds"] = round(time.monotonic() - _begun, 1)
    print(json.dumps(told), flush=True)
    return code


def _drive(told: dict[str, object]) -> None:
    customer = Browser()
    tracking = buy(customer)
    told["order"] = number = order_number(customer.get(tracking))
    everybody = people()
    parcels = [make_and_ship(everybody, slug, number) for _product, _name, slug in BASKET]
    told["tasks"] = len(parcels)
    told["shipments"] = _wait_for("Saleor to hear of every parcel", lambda: _reported(number, len(parcels)))
    _say("Saleor knows of every parcel")
    _check_tracking(customer.get(tracking))
    told["shares"] = shares = _shares(number)
    told["ledger_balanced"] = True
    told["payouts"] = _plan_payouts(shares)


def people() -> dict[str, Any]:
    """The partners and their people, as the demo has them."""
    return tomllib.loads(PARTNERS.read_text())


def buy(customer: Browser) -> str:
    """Buy one of each; the address of the tracking page."""
    _say(f"customer opens {SHOP}")
    home = customer.get(SHOP)
    for product, _name, _slug in BASKET:
        page = customer.get(urljoin(home.url, home.link(f"/product/{product}")))
        page = customer.submit(page, "Leg in mijn mandje")
        _expect(page, 200, "mandje")
        _say(f"customer puts {product} in the basket")
    page = customer.submit(page, "Naar afrekenen")
    page = customer.submit(page, "Verder", email=CUSTOMER["email"])
    page = customer.submit(page, "Verder")  # to a door, and not to the collection point
    page = customer.submit(page, "Verder", **_address_fields(page))
    page = customer.submit(page, "Verder")  # no present, no note
    page = customer.submit(page, "Bestellen en betalen")
    _say(f"customer pays at {page.url}")
    page = customer.submit(page, "betalen")
    _say("customer comes back and waits")
    return _wait_for("the order", lambda: _tracking_link(customer, page.url))


def _address_fields(page: Page) -> dict[str, str]:
    """What the customer fills in, under the names that the form gives its fields."""
    form = page.form("Verder")
    filled: dict[str, str] = {}
    for name in form.fields:
        for wanted, value in CUSTOMER.items():
            if name.endswith(wanted) and "billing" not in name:
                filled[name] = value
    return filled


def _tracking_link(customer: Browser, url: str) -> str | None:
    page = customer.get(url)
    try:
        return urljoin(page.url, page.link("/volgen/"))
    except LookupError:
        return None


def order_number(tracking: Page) -> str:
    _expect(tracking, 200, "bestelling")
    words = tracking.text.replace("#", " ").split()
    for at, word in enumerate(words[:-1]):
        if word.lower() == "bestelling" and words[at + 1].rstrip(".,").isdecimal():
            number = words[at + 1].rstrip(".,")
            _say(f"the order has number {number}")
            return number
    raise Broken(f"the tracking page names no order: {tracking.text[:300]}")


def make_and_ship(everybody: dict[str, Any], slug: str, number: str = "") -> str:
    """A job coach logs in, does the task (of the order with this number) from new to delivered, and logs out."""
    coach = next(user for user in everybody["user"] if str(user["email"]) == f"jobcoach@{slug}.example")
    worker = Browser()
    page = worker.get(f"{FULFILMENT}/accounts/login/")
    password = everybody["defaults"]["password"]
    worker.submit(page, "Inloggen", login=str(coach["email"]), password=str(password))
    page = _wait_for(f"work at {slug}", lambda: _task(worker, number))
    task = page.url
    for words in ("maken", "begin", "klaar"):
        page = worker.submit(page, words)
        _expect(page, 200, "")
    code = f"BE{secrets.randbelow(10**10):010d}"
    page = worker.submit(worker.get(urljoin(task, "verzenden/")), "bpost")
    page = worker.submit(page, "Het pakket is weg", tracking_code=code)
    _expect(page, 200, code)
    page = worker.submit(page, "Het is geleverd")
    _expect(page, 200, "")
    _say(f"{slug} made, shipped ({code}) and delivered its part")
    worker.close()
    return code


def _task(worker: Browser, number: str) -> Page | None:
    """The workshop's task of the order, once it is there; others may have theirs."""
    today = worker.get(f"{FULFILMENT}/portal/")
    tasks = dict.fromkeys(href for href, _words in today.links if "/taken/" in href)
    pages = (worker.get(urljoin(today.url, href)) for href in tasks)
    return next((page for page in pages if not number or number in page.text.replace("#", " ").split()), None)


def _reported(number: str, wanted: int) -> int | None:
    """How many parcels of the order Saleor knows of, once it knows of all."""
    pending = _command("pending", "--order", number, "--json")
    if pending["exceptions"]:
        raise Broken(f"an exception waits for the operator: {pending['exceptions']}")
    return wanted if not pending["parcels_unreported"] and pending["parcels_reported"] == wanted else None


def _check_tracking(tracking: Page) -> None:
    for _product, name, _slug in BASKET:
        _expect(tracking, 200, name)
    _say("the customer sees all three parts on the tracking page")


def _shares(number: str) -> dict[str, int]:
    """Where the money of the order is, by the operator's command."""
    books = _command("books", "--order", number, "--json")
    shares: dict[str, int] = books["shares"]
    for slug, amount in sorted(shares.items()):
        _say(f"share of {slug}: {amount / 100:.2f} EUR net")
    if not books["balanced"] or books["waits"]:
        raise Broken(f"the books of order {number} do not balance: {books['accounts']}")
    return shares


def _plan_payouts(shares: dict[str, int]) -> list[dict[str, object]]:
    """The operator sends Stripe's money to the bank, lets the withdrawal time pass, and plans the payouts."""
    _wait_for("money at the bank", _money_at_bank)
    day = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    _say(f"operator: settle --as-of {day}")
    settled = _command("settle", "--as-of", day, "--json")
    payouts: list[dict[str, object]] = settled["payouts"]
    planned = {str(payout["partner"]) for payout in payouts}
    for payout in payouts:
        _say(f"planned for {payout['partner']}: {int(str(payout['amount_minor'])) / 100:.2f} EUR {payout['reason']}")
    missing = {slug for slug in shares if slug != "sociaal-gemaakt"} - planned
    if missing:
        raise Broken(f"no payout planned for {', '.join(sorted(missing))}")
    if not _command("books", "--json")["balanced"]:
        raise Broken("the ledger does not balance")
    return payouts


def _money_at_bank() -> bool:
    _run("collect_money")
    accounts: dict[str, int] = _command("books", "--json")["accounts"]
    return accounts.get("bank", 0) < 0


def _command(*words: str) -> Any:
    """What a command of fulfilment answers as JSON in its last line."""
    return json.loads(_run(*words).strip().splitlines()[-1])


def _run(*words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "fulfilment", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(f"fulfilment {' '.join(words)}: {done.stderr.strip()[-600:]}")
    return done.stdout


def _wait_for(what: str, look: Callable[[], Found | None]) -> Found:
    """Look again until there is something."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.5)
    raise Broken(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}")


def _expect(page: Page, status: int, words: str) -> None:
    if page.status != status or words.lower() not in page.text.lower():
        raise Broken(f"{page.url} answered {page.status} without '{words}': {page.text[:400]}")


def _say(words: str) -> None:
    print(f"{time.monotonic() - _begun:6.1f} s  {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
