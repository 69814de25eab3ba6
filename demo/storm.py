"""Many orders through a demo while calls go wrong and its programs are killed; then: was anything lost, doubled, stuck?

Started by `python3 run.py storm --orders N` beside a fresh demo, which ends programs meanwhile (`launcher/storm.py`).
It prints how far it is, a table and, as its last line, one JSON object; it exits 0 only when all of it came right.
"""

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from demo import storm_sandbox
from demo.storm_check import Found, judge
from demo.storm_customers import Customer, GaveUp, Paid, look_at_shelf
from demo.storm_orders import wish
from demo.storm_people import Desk, Operator, Person, coaches, operator_email
from demo.storm_quiet import command, waiting
from demo.storm_records import Records
from demo.storm_table import table

CUSTOMERS = 8
"""How many shop at the same time."""
WAITING, WAITING_LONG = 40, 150
"""So many may wait for their order, and so many with those who wait for long: whoever comes next waits outside."""
LONG = 30.0
"""Seconds after which one waits for long: for what a killed worker had in hand, others need not wait too."""
LEAVES_AFTER = 180.0
"""Seconds after which whoever waits goes home; the order comes, or does not, without them."""
SAYS_EVERY = 5.0
QUIET_WITHIN = 2_400.0
"""Seconds for all to be finished once nothing goes wrong any more. Who paid for what can be no order gets their money
back after a quarter of an hour."""
QUIET_FOR = 75.0
"""Seconds in which nothing moves, and fulfilment has looked at Stripe and Saleor once more."""
MIDDLE_WITHIN = 120.0

AT_WORK = """
SELECT payment.reference FROM payments_payment payment WHERE payment.reference = ANY(%(references)s)
AND (payment.state = 'refunded' OR EXISTS (
    SELECT 1 FROM orders_order placed JOIN production_task task ON task.order_id = placed.id
    WHERE placed.checkout_id = payment.checkout_id))
"""

HOW_FAR = "SELECT count(*), count(*) FILTER (WHERE state IN ('shipped', 'delivered')) FROM production_task"


class Storm:
    """One run of it."""

    def __init__(self, orders: int, seed: int) -> None:
        self.orders, self.seed = orders, seed
        self.meeting = Path(os.environ["STORM_FOLDER"])
        self.begun = time.monotonic()
        self.desk, self.over = Desk(), threading.Event()
        self.paid: dict[str, Paid] = {}
        """By our reference of the payment."""
        self.gave_up = 0
        self._buying = 0
        self._here: dict[str, float] = {}
        """Who waits for an order, by reference, and since when."""
        self._lock = threading.Lock()
        self._shelf = look_at_shelf()
        self._customer = Customer(self._shelf)
        self._records = Records(os.environ["DATABASE_URL"])

    def run(self) -> Found:
        """From the first customer until all has come to rest."""
        people: list[Person] = [*coaches(self.over, self.desk)]
        people.append(Operator(operator_email(), self.over, self.desk, self.say))
        storm_sandbox.begin_faults(self.seed)
        for person in people:
            person.start()
        self._shop()
        self._calm()
        self._until_quiet()
        self.over.set()
        for person in people:
            person.join()
        self.say("the night comes: settle, and plan what is paid to whom")
        command("collect_money")
        command("settle", "--as-of", time.strftime("%Y-%m-%d", time.localtime(time.time() + 40 * 86_400)))
        self._until_quiet()
        return judge(self._records, list(self.paid.values()), self.orders)

    # --- customers ----------------------------------------------------------------------------------------------------
    def _shop(self) -> None:
        """All customers, so many at a time, until each has an order or went home."""
        with ThreadPoolExecutor(CUSTOMERS) as crowd:
            coming = [crowd.submit(self._visit, number) for number in range(1, self.orders + 1)]
            said = 0.0
            while not all(one.done() for one in coming) or self._here:
                self._let_go()
                if time.monotonic() - said > SAYS_EVERY:
                    said = time.monotonic()
                    self._say_how_far()
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
            self.say(str(reason))
            paid = None
        with self._lock:
            self._buying -= 1
            if paid is None:
                self.gave_up += 1
                return
            self.paid[paid.reference] = paid
            self._here[paid.reference] = time.monotonic()
        if wanted.fate:
            self.desk.take(wanted)
        if len(self.paid) * 2 >= self.orders:
            (self.meeting / "middle").touch()

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

    # --- weather ------------------------------------------------------------------------------------------------------
    def _calm(self) -> None:
        """The storm is over, but not before PostgreSQL and Valkey were restarted."""
        until = time.monotonic() + MIDDLE_WITHIN
        (self.meeting / "middle").touch()
        while "valkey" not in self.killed() and time.monotonic() < until:
            time.sleep(0.5)
        (self.meeting / "calm").touch()
        self.disturbed = storm_sandbox.disturbed()
        storm_sandbox.end_faults()
        self.say(f"the storm is over: {self.disturbed} calls went wrong, killed {self.killed()}")

    def killed(self) -> dict[str, int]:
        """What was ended so far, and how often."""
        try:
            found: dict[str, int] = json.loads((self.meeting / "killed.json").read_text())
        except (FileNotFoundError, ValueError):  # none yet, or just being written
            return {}
        return found

    def _until_quiet(self) -> None:
        """Until nothing is on its way, for a while; or until it is clear that something stays."""
        until = time.monotonic() + QUIET_WITHIN
        quiet_since: float | None = None
        said = 0.0
        while time.monotonic() < until:
            left = waiting(self._records, self.desk, self.paid)
            quiet_since = None if left else quiet_since or time.monotonic()
            if quiet_since is not None and time.monotonic() - quiet_since > QUIET_FOR:
                return
            if time.monotonic() - said > SAYS_EVERY:
                said = time.monotonic()
                self.say("waits: " + (", ".join(f"{name} {count}" for name, count in left.items()) or "nothing"))
            time.sleep(1.0)
        self.say(f"waited {QUIET_WITHIN:.0f} s in vain for quiet")

    def _say_how_far(self) -> None:
        made, shipped = self._records.rows(HOW_FAR)[0]
        self.say(
            f"paid {len(self.paid)} of {self.orders}; tasks {made}, shipped {shipped}; back {self.desk.asked};"
            f" killed {self.killed().get('worker', 0)}"
        )

    def say(self, words: str) -> None:
        print(f"{time.monotonic() - self.begun:7.1f} s  {words}", flush=True)


def main() -> int:
    storm = Storm(int(sys.argv[1]), int(sys.argv[2]))
    found = storm.run()
    told = {
        **asdict(found),
        "gave_up": storm.gave_up,
        "calls_disturbed": storm.disturbed,
        "killed": storm.killed(),
        "seed": storm.seed,
        "seconds": round(time.monotonic() - storm.begun, 1),
    }
    print(table(found, told), flush=True)
    print(json.dumps(told), flush=True)
    return 0 if found.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
