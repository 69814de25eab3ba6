"""Customers: they fill a basket, pay, are declined, pay what is sold out by then, or dispute what they paid."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.hunt.story import WHICH, Chapter, pick

SKUS = ("SG-001", "SG-003-45", "SG-004", "SG-006")
BASKETS = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 3), min_size=1, max_size=3)
PLENTY = 1_000
"""Pieces of what runs out, so that nobody meets an empty shelf but who is to."""
METHODS = st.sampled_from(["card", "bancontact"])


class Customers(Chapter):
    @initialize(units=BASKETS, method=METHODS)
    def somebody_buys(self, units: dict[str, int], method: str) -> None:
        for stocked in self.world.bench.variants(tracked=True):
            self._stock(stocked["sku"], PLENTY)
        self._pay(self._page(self._basket(units)), method)

    @rule(units=BASKETS, method=METHODS)
    def buy(self, units: dict[str, int], method: str) -> None:
        self._pay(self._page(self._basket(units)), method)

    @rule(units=BASKETS)
    def open_a_page(self, units: dict[str, int]) -> None:
        self._page(self._basket(units))

    @precondition(lambda self: self.memory.baskets)
    @rule(which=WHICH)
    def open_another_page(self, which: int) -> None:
        """Also of a basket that was paid, or that is an order by now: from an old window."""
        self._page(pick(list(self.memory.baskets), which))

    @precondition(lambda self: self.memory.pages)
    @rule(which=WHICH, method=METHODS)
    def pay(self, which: int, method: str) -> None:
        self._pay(pick(self.memory.pages, which), method)

    @precondition(lambda self: self.memory.pages)
    @rule(which=WHICH)
    def be_declined(self, which: int) -> None:
        self._pay(pick(self.memory.pages, which), "card", "decline")

    @rule(sku=st.sampled_from(SKUS), method=METHODS)
    def buy_the_last_one_too_late(self, sku: str, method: str) -> None:
        """While they pay, it is sold out."""
        page = self._page(self._basket({sku: 1}))
        left = self._stock(sku, 0)
        self._pay(page, method)
        self.world.settle((20, 80, 1000, 1100))
        self._stock(sku, left)

    def _basket(self, units: dict[str, int]) -> str:
        bench = self.world.bench
        ids = {one["sku"]: one["id"] for tracked in (True, False) for one in bench.variants(tracked=tracked)}
        checkout = bench.checkout([(ids[sku], count) for sku, count in units.items()])
        self.memory.baskets[checkout] = units
        return checkout

    def _page(self, checkout: str) -> str:
        """The page that the shop is given for a basket; "" where it gets none."""
        data = {"success_url": f"{settings.SHOP_URL}/nl/bedankt/", "cancel_url": f"{settings.SHOP_URL}/nl/afrekenen/"}
        answer: dict[str, Any] = self.world.bench.initialize(checkout, data=data, key=uuid4().hex)
        url = (answer.get("data") or {}).get("url")
        self.happens()
        if not url:
            return ""
        page = str(url).rpartition("/")[2]
        self.memory.pages.append(page)
        return page

    def _pay(self, page: str, method: str, action: str = "pay") -> None:
        if page:
            self.world.stripe_page.post(f"/pay/{page}", data={"action": action, "method": method})
            self.happens()

    def _stock(self, sku: str, left: int) -> int:
        """So many pieces are left in Saleor; how many there were."""
        with self.world.saleor.core.store.write() as tx:
            [found] = tx.find("stock", {"sku": sku})
            tx.put("stock", f"{sku}@{found['warehouse']}", {**found, "quantity": found["allocated"] + left})
        return int(found["quantity"] - found["allocated"])
