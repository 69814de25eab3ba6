"""Whoever works in a storm, at the portal or at the back office, and what customers want back of their orders.

They press as people do: what did not answer they look at again, and press once more where it had not happened.
"""

import os
import threading
import tomllib
from pathlib import Path

import httpx2 as httpx

from demo.browser import Browser
from demo.storm_orders import UNITS, WHOLE, Wish
from demo.storm_records import Records

PARTNERS = Path(__file__).parent / "partners.toml"
PAUSE_SECONDS = 0.5


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

    def done(self, email: str) -> None:
        """It was asked for."""
        with self._lock:
            self.asked += self._waiting.pop(email, None) is not None

    def forget(self, email: str) -> None:
        """There is no order of which anything could go back."""
        with self._lock:
            self._waiting.pop(email, None)

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
