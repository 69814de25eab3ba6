"""All the customers of a storm: as many at a time as the workers can follow, and who waits for their order."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from demo.storm_customers import Customer, GaveUp, Paid, look_at_shelf
from demo.storm_orders import wish
from demo.storm_people import Desk
from demo.storm_records import Records

AT_ONCE = 8
"""How many shop at the same time."""
WAITING, WAITING_LONG = 40, 150
"""So many may wait for their order, and so many with those who wait for long: whoever comes next waits outside."""
LONG = 30.0
"""Seconds after which one waits for long: for what a killed worker had in hand, others need not wait too."""
LEAVES_AFTER = 180.0
"""Seconds after which whoever waits goes home; the order comes, or does not, without them."""

AT_WORK = """
SELECT payment.reference FROM payments_payment payment WHERE payment.reference = ANY(%(references)s)
AND (payment.state = 'refunded' OR EXISTS (
    SELECT 1 FROM orders_order placed JOIN production_task task ON task.order_id = placed.id
    WHERE placed.checkout_id = payment.checkout_id))
"""


class Crowd:
    """So many customers, one order each; what they want back later they tell at the `desk`."""

    def __init__(self, orders: int, seed: int, records: Records, desk: Desk, say: Callable[[str], None]) -> None:
        self.orders, self.seed = orders, seed
        self.paid: dict[str, Paid] = {}
        """By our reference of the payment."""
        self.gave_up = 0
        self._records, self._desk, self._say = records, desk, say
        self._buying = 0
        self._here: dict[str, float] = {}
        """Who waits for an order, by reference, and since when."""
        self._lock = threading.Lock()
        self._shelf = look_at_shelf()
        self._customer = Customer(self._shelf)

    def shop(self, look: Callable[[], None]) -> None:
        """Until each has an order or went home; `look` is called again and again meanwhile."""
        with ThreadPoolExecutor(AT_ONCE) as threads:
            coming: list[Future[None]] = [threads.submit(self._visit, number + 1) for number in range(self.orders)]
            while not all(one.done() for one in coming) or self._here:
                self._let_go()
                look()
                time.sleep(0.5)
        for one in coming:
            one.result()

    def _visit(self, number: int) -> None:
        """One customer, from the moment at which there is room."""
        while not self._enters():
            time.sleep(0.2)
        wanted = wish(self.seed, number, self._shelf.made, self._shelf.stocked)
        try:
            paid = self._customer.buy(wanted)
        except GaveUp as reason:
            self._say(str(reason))
            with self._lock:
                self._buying, self.gave_up = self._buying - 1, self.gave_up + 1
            return
        if wanted.fate:
            self._desk.take(wanted)
        with self._lock:
            self._buying -= 1
            self.paid[paid.reference] = paid
            self._here[paid.reference] = time.monotonic()

    def _enters(self) -> bool:
        with self._lock:
            now = time.monotonic()
            lately = sum(now - since < LONG for since in self._here.values())
            room = self._buying + lately < WAITING and self._buying + len(self._here) < WAITING_LONG
            self._buying += room
        return room

    def _let_go(self) -> None:
        """Whoever has an order goes home, and so does who waited long enough."""
        with self._lock:
            here = dict(self._here)
        gone = {found for (found,) in self._records.rows(AT_WORK, {"references": list(here)})}
        now = time.monotonic()
        with self._lock:
            for reference, since in here.items():
                if reference in gone or now - since > LEAVES_AFTER:
                    del self._here[reference]
