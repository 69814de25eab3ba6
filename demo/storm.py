"""Many orders through a demo while calls go wrong and its programs are killed; then: was anything lost, doubled, stuck?

Started by `python3 run.py storm --orders N` beside a fresh demo, which ends programs meanwhile (`launcher/storm.py`).
It prints how far it is, a table and, as its last line, one JSON object; it exits 0 only when all of it came right.
"""

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from demo import storm_sandbox
from demo.storm_check import Found, judge
from demo.storm_crowd import Crowd
from demo.storm_office import Operator, operator_email
from demo.storm_people import Desk, Person
from demo.storm_quiet import command, waiting
from demo.storm_records import Records
from demo.storm_table import table
from demo.storm_workshop import coaches

SAYS_EVERY = 5.0
QUIET_WITHIN = 2_400.0
"""Seconds for all to be finished once nothing goes wrong any more. Who paid for what can be no order gets their money
back after a quarter of an hour; a mail that a killed worker had in hand is sent again after ten minutes."""
QUIET_FOR = 75.0
"""Seconds in which nothing moves, and fulfilment has looked at Stripe and Saleor once more."""
RESTARTED_WITHIN = 120.0
"""Seconds for PostgreSQL and Valkey to be restarted, where the orders are few."""
AHEAD = 40 * 86_400
"""Seconds to the day for which is settled: by then nobody can withdraw from these orders any more."""

HOW_FAR = "SELECT count(*), count(*) FILTER (WHERE state IN ('shipped', 'delivered')) FROM production_task"


class Storm:
    """One run of it."""

    def __init__(self, orders: int, seed: int) -> None:
        self.meeting = Path(os.environ["STORM_FOLDER"])
        self.begun = self._said = time.monotonic()
        self._records = Records(os.environ["DATABASE_URL"])
        self._desk, self._over = Desk(), threading.Event()
        self.crowd = Crowd(orders, seed, self._records, self._desk, self.say)
        self.disturbed = 0
        """Calls that went wrong."""

    def run(self) -> Found:
        """From the first customer until all has come to rest."""
        people: list[Person] = [*coaches(self._over, self._desk), Operator(operator_email(), self._over, self._desk)]
        storm_sandbox.begin_faults(self.crowd.seed)
        for person in people:
            person.start()
        self.crowd.shop(self._look)
        self._calm()
        self._until_quiet()
        self._over.set()
        for person in people:
            person.join()
        refused = self._settle()
        self._until_quiet()
        found = judge(self._records, list(self.crowd.paid.values()), self.crowd.orders)
        found.stuck += refused
        return found

    def _look(self) -> None:
        """While they shop: say how far it is, and when it is half."""
        if len(self.crowd.paid) * 2 >= self.crowd.orders:
            (self.meeting / "middle").touch()
        if self._is_time_to_say():
            made, shipped = self._records.rows(HOW_FAR)[0]
            self.say(
                f"paid {len(self.crowd.paid)} of {self.crowd.orders}; tasks {made}, shipped {shipped};"
                f" refunds asked {self._desk.asked}; worker killed {self.ended()['killed'].get('worker', 0)}"
            )

    def _calm(self) -> None:
        """The storm is over, but not before PostgreSQL and Valkey were restarted."""
        until = time.monotonic() + RESTARTED_WITHIN
        (self.meeting / "middle").touch()
        while "valkey" not in self.ended()["killed"] and time.monotonic() < until:
            time.sleep(0.5)
        (self.meeting / "calm").touch()
        self.disturbed = storm_sandbox.disturbed()
        storm_sandbox.end_faults()
        self.say(f"the storm is over: {self.disturbed} calls went wrong")

    def _until_quiet(self) -> None:
        """Until nothing is on its way, for a while; or until it is clear that something stays."""
        until = time.monotonic() + QUIET_WITHIN
        quiet_since: float | None = None
        while time.monotonic() < until:
            left = waiting(self._records, self._desk, self.crowd.paid)
            quiet_since = None if left else quiet_since or time.monotonic()
            if quiet_since is not None and time.monotonic() - quiet_since > QUIET_FOR:
                return
            if self._is_time_to_say():
                self.say("on its way: " + (", ".join(f"{name} {count}" for name, count in left.items()) or "nothing"))
            time.sleep(1.0)
        self.say(f"waited {QUIET_WITHIN:.0f} s in vain for quiet")

    def _settle(self) -> list[str]:
        """Collect the money, release the shares and plan who is paid; what of it failed."""
        self.say("weeks later: the shares are released, and payouts planned")
        day = time.strftime("%Y-%m-%d", time.localtime(time.time() + AHEAD))
        wrong = [command("collect_money"), command("settle", "--as-of", day)]
        return [words for words in wrong if words]

    def ended(self) -> dict[str, dict[str, int]]:
        """By program, how often it was `killed`, and how often it `died` by itself."""
        try:
            found: dict[str, dict[str, int]] = json.loads((self.meeting / "ended.json").read_text())
        except (FileNotFoundError, ValueError):  # none yet, or just being written
            return {"killed": {}, "died": {}}
        return found

    def _is_time_to_say(self) -> bool:
        is_time = time.monotonic() - self._said > SAYS_EVERY
        if is_time:
            self._said = time.monotonic()
        return is_time

    def say(self, words: str) -> None:
        print(f"{time.monotonic() - self.begun:7.1f} s  {words}", flush=True)


def main() -> int:
    storm = Storm(int(sys.argv[1]), int(sys.argv[2]))
    found = storm.run()
    told: dict[str, Any] = {
        **asdict(found),
        **storm.ended(),
        "gave_up": storm.crowd.gave_up,
        "calls_disturbed": storm.disturbed,
        "seed": storm.crowd.seed,
        "seconds": round(time.monotonic() - storm.begun, 1),
    }
    print(table(found, told), flush=True)
    print(json.dumps(told), flush=True)
    return 0 if found.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
