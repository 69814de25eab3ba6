"""Who works in a storm: the job coaches of every workshop at the portal, and the operator at the back office.

They press as people do: what did not answer they look at again, and press once more where it had not happened.
"""

import os
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx2 as httpx

from demo.browser import Browser
from demo.storm_orders import GESTURE, UNITS, WHOLE, Wish
from demo.storm_records import Records

PARTNERS = Path(__file__).parent / "partners.toml"
PAUSE_SECONDS = 0.5
STEPS = {"waiting": "aanvaarden", "accepted": "starten", "making": "klaar"}
"""State of a task → the address of the button that comes next."""
AMOUNT = "5,00"
"""Of a gesture, in euros."""
KINDS = {WHOLE: "not_wanted", UNITS: "not_wanted", GESTURE: "gesture"}

TO_MAKE = """
SELECT task.public_id, task.state, recipient.email FROM production_task task
JOIN partners_partner partner ON partner.id = task.producer_id
JOIN orders_recipient recipient ON recipient.order_id = task.order_id
WHERE partner.slug = %(slug)s AND task.state IN ('waiting', 'accepted', 'making', 'ready') ORDER BY task.id
"""
OPEN_UNITS = """
SELECT line.id, line.quantity - line.shipped_quantity - line.cancelled_quantity - line.moved_quantity, task.state,
       (SELECT count(*) FROM production_parcel parcel WHERE parcel.task_id = task.id)
FROM production_taskline line JOIN production_task task ON task.id = line.task_id
WHERE task.public_id = %(task)s ORDER BY line.id
"""
ON_THEIR_WAY = """
SELECT parcel.public_id FROM production_parcel parcel JOIN production_task task ON task.id = parcel.task_id
JOIN partners_partner partner ON partner.id = task.producer_id
WHERE partner.slug = %(slug)s AND parcel.delivered_at IS NULL ORDER BY parcel.id
"""
ROUTED = """
SELECT placed.id, recipient.email FROM orders_order placed
JOIN orders_recipient recipient ON recipient.order_id = placed.id
WHERE placed.routed_at IS NOT NULL AND recipient.email = ANY(%(emails)s) ORDER BY placed.id
"""
LINES = "SELECT id, quantity FROM orders_line WHERE order_id = %(order)s ORDER BY position"
ASKED = "SELECT count(*) FROM orders_refund WHERE reason = %(reason)s"


class Desk:
    """Orders of which something is to go back, and what was asked of that so far; for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, Wish] = {}
        self.asked = 0

    def take(self, wish: Wish) -> None:
        """A customer paid, and will want something back."""
        with self._lock:
            self._waiting[wish.email] = wish

    def waiting(self) -> dict[str, Wish]:
        """By the customer's address."""
        with self._lock:
            return dict(self._waiting)

    def done(self, email: str, *, is_asked: bool) -> None:
        with self._lock:
            self._waiting.pop(email, None)
            self.asked += is_asked

    def keeps_waiting(self, email: str) -> bool:
        """Whether a workshop leaves an order alone: some of it is not wanted any more, as soon as somebody says so."""
        with self._lock:
            found = self._waiting.get(email)
        return found is not None and found.fate in (WHOLE, UNITS)


class Person:
    """Somebody who logs in, and again whenever they are logged out; in a thread that runs until `over`."""

    def __init__(self, email: str, over: threading.Event) -> None:
        self.email = email
        self.base = os.environ["FULFILMENT_URL"]
        self.records = Records(os.environ["DATABASE_URL"])
        self.over = over
        self._browser: Browser | None = None
        self._thread = threading.Thread(target=self._live, name=email, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join()

    def round(self) -> None:
        """Do what there is to do."""
        raise NotImplementedError

    def browser(self) -> Browser:
        """One that is logged in."""
        if self._browser is None:
            new = Browser()
            password = str(tomllib.loads(PARTNERS.read_text())["defaults"]["password"])
            new.submit(new.get(f"{self.base}/accounts/login/"), "Inloggen", login=self.email, password=password)
            self._browser = new
        return self._browser

    def press(self, path: str, **values: str) -> bool:
        """Press a button; whether it was answered as pressed buttons are."""
        led_to = self.browser().press(f"{self.base}{path}", **values)
        if "/accounts/login/" in led_to:
            self._browser = None
            return False
        return bool(led_to)

    def _live(self) -> None:
        while not self.over.is_set():
            try:
                self.round()
            except (httpx.HTTPError, LookupError):
                self._browser = None  # the page did not come: look again later
            self.over.wait(PAUSE_SECONDS)


class Coach(Person):
    """A job coach: accepts, makes, packs, ships, and hears that it arrived."""

    def __init__(self, email: str, slug: str, over: threading.Event, desk: Desk) -> None:
        super().__init__(email, over)
        self._slug, self._desk = slug, desk

    def round(self) -> None:
        for task, state, customer in self.records.rows(TO_MAKE, {"slug": self._slug}):
            if not self._desk.keeps_waiting(customer):
                self._make(task, state)
        for (parcel,) in self.records.rows(ON_THEIR_WAY, {"slug": self._slug}):
            self.press(f"/portal/pakketten/{parcel}/geleverd/")

    def _make(self, task: str, state: str) -> None:
        for step, button in STEPS.items():
            if step == state and self.press(f"/portal/taken/{task}/{button}/"):
                state = {"waiting": "accepted", "accepted": "making"}.get(state, "ready")
        if state == "ready":
            self._ship(task)

    def _ship(self, task: str) -> None:
        """All that is left of a task; of an even number of lines the first leaves alone, so that there are two."""
        lines = self.records.rows(OPEN_UNITS, {"task": task})
        left = {line: units for line, units, _state, _parcels in lines if units > 0}
        if not left or lines[0][2] != "ready":
            return
        number = int(lines[0][3]) + 1
        first = {line: units if at else (units + 1) // 2 for at, (line, units) in enumerate(left.items())}
        # The same key whenever it is tried again: a parcel that left is known by it.
        self.press(
            f"/portal/taken/{task}/verzenden/",
            form_key=f"storm-{task}-{number}",
            carrier="bpost",
            tracking_code=f"BE{number}{''.join(found for found in task if found.isalnum())}",
            **{f"quantity-{line}": str(units) for line, units in (first if number == 1 else left).items()},
        )


class Operator(Person):
    """Gives money back where a customer wants it."""

    def __init__(self, email: str, over: threading.Event, desk: Desk) -> None:
        super().__init__(email, over)
        self._desk = desk

    def round(self) -> None:
        waiting = self._desk.waiting()
        for order, email in self.records.rows(ROUTED, {"emails": list(waiting)}):
            self._give_back(order, waiting[email])

    def _give_back(self, order: int, wish: Wish) -> None:
        reason = f"storm {wish.number}"
        if not self.records.one(ASKED, {"reason": reason}):
            page = self.browser().get(
                f"{self.base}/backoffice/orders/order/{order}/refund/?{self._choice(order, wish)}"
            )
            if "/accounts/login/" in page.url:
                self._browser = None
                return
            self.browser().submit(page, "terugbetalen")
        if self.records.one(ASKED, {"reason": reason}):
            self._desk.done(wish.email, is_asked=True)

    def _choice(self, order: int, wish: Wish) -> str:
        """What the operator fills in, as the page's address holds it."""
        chosen: dict[str, object] = {"kind": KINDS[wish.fate], "reason": f"storm {wish.number}"}
        lines = self.records.rows(LINES, {"order": order})
        if wish.fate == GESTURE:
            return urlencode(chosen | {"amount": AMOUNT, "bearer": "platform"})
        if wish.fate == UNITS:
            return urlencode(chosen | {f"line-{pk}": int(at == 0) for at, (pk, _quantity) in enumerate(lines)})
        return urlencode(chosen | {"shipping": "on"} | {f"line-{pk}": quantity for pk, quantity in lines})


def coaches(over: threading.Event, desk: Desk) -> list[Coach]:
    """One for every workshop."""
    found: Mapping[str, Any] = tomllib.loads(PARTNERS.read_text())
    return [
        Coach(str(user["email"]), str(one["partner"]), over, desk)
        for user in found["user"]
        for one in user["memberships"]
        if one["role"] == "coach"
    ]


def operator_email() -> str:
    people = tomllib.loads(PARTNERS.read_text())["user"]
    return next(str(user["email"]) for user in people if user.get("staff"))
