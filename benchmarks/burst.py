"""From paid to the workshop's task, when many pay at once: 200 orders by four buyers, through the whole demo.

Three times: one after another; 200 within half a minute; and 200 more while the mail server swallows packets and the
sweep finds 1,000 old orders changed. What counts is when a workshop can see the task, looked at from outside. Then
what one order costs, in calls and statements of all of fulfilment's programs, whatever they are about.
`python3 run.py bench burst`; exits 1 above what is promised. Its last line is one JSON object. On a machine that others
use too, `--within 90` asks a third of it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.burst_neighbours import PROGRAMS, Costs, MailServer, Meter, OldOrders, between
from demo.storm_customers import Customer, Paid, Ready, look_at_shelf
from demo.storm_orders import Wish
from demo.storm_records import Records

IN_A_ROW, BUYERS = 15, 4
OLD_ORDERS = 1_000
PROMISED = {"burst": (1.0, 3.0), "disturbed": (None, 5.0)}
"""Seconds from paid to task: the median, and the 95th percentile."""
PATIENCE = 600.0
LOOKS_EVERY = 0.05

AT_WORK = """
SELECT payment.reference FROM payments_payment payment JOIN orders_order placed USING (checkout_id)
WHERE payment.reference = ANY(%(references)s)
AND EXISTS (SELECT 1 FROM production_task task WHERE task.order_id = placed.id)
"""
DIRTY = "SELECT count(*) FROM inbox_mark WHERE counter > handled AND kind <> 'confirmation'"


class Watch:
    """When the task of each who paid could first be seen, in a thread of its own."""

    def __init__(self) -> None:
        self._records = Records(os.environ["DATABASE_URL"])
        self._paid: dict[str, float] = {}
        self.took: dict[str, float] = {}
        """Seconds, by our reference of the payment."""
        threading.Thread(target=self._look, daemon=True).start()

    def paid(self, one: Paid) -> None:
        self._paid[one.reference] = one.at

    def until_all_work(self) -> list[float]:
        """Wait for the task of everybody who paid; how long each took, and forget them."""
        until = time.monotonic() + PATIENCE
        while self._paid.keys() - self.took.keys():
            if time.monotonic() > until:
                raise SystemExit(f"{len(self._paid) - len(self.took)} who paid have no task after {PATIENCE:.0f} s")
            time.sleep(LOOKS_EVERY)
        found = sorted(self.took.values())
        self._paid, self.took = {}, {}
        return found

    def _look(self) -> None:
        while True:
            waiting = dict(self._paid)
            open_ones = list(waiting.keys() - self.took.keys())
            if open_ones:
                for (reference,) in self._records.rows(AT_WORK, {"references": open_ones}):
                    self.took[reference] = time.time() - waiting[reference]
            time.sleep(LOOKS_EVERY)


@dataclass(frozen=True)
class Run:
    """Orders of one way of coming: how long each took until its task, within how many seconds all paid, the load."""

    name: str
    took: list[float]
    seconds: float
    load: float
    costs: Costs

    @property
    def median(self) -> float:
        return statistics.median(self.took)

    @property
    def p95(self) -> float:
        return self.took[max(round(len(self.took) * 0.95) - 1, 0)]

    def keeps(self) -> bool:
        """Whether it is within what is promised of it."""
        median, p95 = PROMISED.get(self.name, (None, None))
        return (median is None or self.median <= median) and (p95 is None or self.p95 <= p95)


class Bench:
    """The people, and what is measured."""

    def __init__(self, orders: int, within: float) -> None:
        """So many orders of a burst are paid within so many seconds; who would be sooner waits for their turn."""
        self._orders, self._within = orders, within
        env = os.environ
        mail = urlsplit(env["MAIL_URL"])
        self.mail = MailServer(str(mail.hostname), int(mail.port or 25))
        self._meter = Meter(env["SANDBOX_SALEOR_URL"], env["SANDBOX_STRIPE_URL"], Path(env["POSTGRES_LOG"]))
        self._old = OldOrders(Path(env["SANDBOX_STATE"]))
        self._records = Records(env["DATABASE_URL"])
        self._shelf = look_at_shelf()
        self._customer = Customer(self._shelf)
        self._watch = Watch()
        self._number = 0

    def in_a_row(self) -> Run:
        """Each pays once the former one's task is there."""
        ready = self._ready(IN_A_ROW)
        before, begun = self._meter.read(), time.monotonic()
        took: list[float] = []
        for one in ready:
            self._watch.paid(self._customer.pay(one))
            took += self._watch.until_all_work()
        return self._told("in a row", sorted(took), time.monotonic() - begun, before)

    def at_once(self, name: str, meanwhile: Callable[[], None] | None = None) -> Run:
        """Four buyers, each of them one order after another."""
        ready = self._ready(self._orders)
        before, begun = self._meter.read(), time.monotonic()
        if meanwhile:
            threading.Thread(target=meanwhile, daemon=True).start()
        with ThreadPoolExecutor(BUYERS) as buyers:
            done = [buyers.submit(self._buyer, ready[at::BUYERS], begun) for at in range(BUYERS)]
        for one in done:
            one.result()
        seconds = time.monotonic() - begun
        return self._told(name, self._watch.until_all_work(), seconds, before)

    def disturb(self) -> None:
        """Old orders that we know and that changed; and mails that nobody takes."""
        known = self._records.one("SELECT count(*) FROM orders_order")
        self._old.make(OLD_ORDERS)
        self._sweep()
        until = time.monotonic() + PATIENCE
        while self._records.one("SELECT count(*) FROM orders_order") < known + OLD_ORDERS:
            if time.monotonic() > until:
                raise SystemExit("the old orders are not taken in")
            time.sleep(1.0)
        self.mail.swallow()

    def disturbed(self) -> Run:
        """As `at_once`, with a sweep that begins together with it."""
        return self.at_once("disturbed", self._change_and_sweep)

    def _change_and_sweep(self) -> None:
        self._old.change()
        self._sweep()

    def _sweep(self) -> None:
        """What the clock does every minute, now."""
        argv = [sys.executable, "-m", "celery", "-A", "fulfilment.config.celery", "call", "fulfilment.sweep"]
        subprocess.run(argv, check=True, capture_output=True)

    def _ready(self, count: int) -> list[Ready]:
        """So many before an open page, and nothing on its way."""
        with ThreadPoolExecutor(BUYERS) as buyers:
            ready = list(buyers.map(self._come, range(self._number, self._number + count)))
        self._number += count
        self._until_calm()
        return ready

    def _until_calm(self) -> None:
        until = time.monotonic() + PATIENCE
        while self._records.one(DIRTY) and time.monotonic() < until:
            time.sleep(0.5)

    def _come(self, number: int) -> Ready:
        slug = self._shelf.made[number % len(self._shelf.made)]
        wish = Wish(number, ((slug, 1),), code="", method="bancontact", is_declined_first=False, fate="")
        return self._customer.come_to_pay(wish, dict(wish.lines))

    def _buyer(self, mine: Sequence[Ready], begun: float) -> None:
        for at, one in enumerate(mine):
            time.sleep(max(begun + at * self._within / len(mine) - time.monotonic(), 0.0))
            self._watch.paid(self._customer.pay(one))

    def _told(self, name: str, took: list[float], seconds: float, before: Costs) -> Run:
        load = os.getloadavg()[0]
        self._until_calm()
        run = Run(name, took, seconds, load, between(before, self._meter.read()))
        print(f"{name}: p50 {run.median:.2f} s, p95 {run.p95:.2f} s, at most {took[-1]:.2f} s;", end=" ")
        print(f"{len(took)} orders paid in {seconds:.0f} s, load {load:.1f}", flush=True)
        _tell_costs(run)
        return run


def main() -> int:
    parser = argparse.ArgumentParser(prog="run.py bench burst", description="From paid to the workshop's task.")
    parser.add_argument("--orders", type=int, default=200, metavar="N", help="of a burst (200)")
    parser.add_argument("--within", type=float, default=30.0, metavar="SECONDS", help="in which they are paid (30)")
    options = parser.parse_args()
    bench = Bench(options.orders, options.within)
    bench.mail.take()
    runs = [bench.in_a_row(), bench.at_once("burst")]
    bench.disturb()
    runs.append(bench.disturbed())
    print(json.dumps({run.name: {"p50": round(run.median, 2), "p95": round(run.p95, 2)} for run in runs}), flush=True)
    return 0 if all(run.keeps() for run in runs) else 1


def _tell_costs(run: Run) -> None:
    many = len(run.took)
    print("  One order asks, the rounds of the clock in that while included:")
    for title, counts in (("Saleor", run.costs.saleor), ("Stripe", run.costs.stripe)):
        print(f"    {title:<40}{counts.total() / many:8.2f}")
        for name, count in counts.most_common():
            print(f"      {name:<38}{count / many:8.2f}")
    for program, count in sorted(run.costs.statements.items()):
        if program in PROGRAMS:
            print(f"    statements, {PROGRAMS[program]:<28}{count / many:8.1f}")
    for program, seconds in sorted(run.costs.processors.items()):
        print(f"    processor, {PROGRAMS.get(program, 'all others'):<29}{1_000 * seconds / many:8.0f} ms", flush=True)


if __name__ == "__main__":
    sys.exit(main())
