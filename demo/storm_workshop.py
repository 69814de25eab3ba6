"""The job coaches in a storm: they accept, make, ship, hear that it arrived, and look at what comes back."""

import threading
import tomllib
from collections.abc import Mapping
from typing import Any

from demo.storm_people import PARTNERS, Desk, Person

STEPS = {"waiting": ("aanvaarden", "accepted"), "accepted": ("starten", "making"), "making": ("klaar", "ready")}
"""State of a task → the address of the button that comes next, and the state that it leads to."""

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
COMING_BACK = """
SELECT coming.public_id, coming.state, line.id, line.quantity FROM returns_return coming
JOIN returns_returnline line ON line.of_return_id = coming.id
JOIN production_task task ON task.id = coming.task_id JOIN partners_partner partner ON partner.id = task.producer_id
WHERE partner.slug = %(slug)s AND coming.state IN ('announced', 'expected', 'received') ORDER BY line.id
"""


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
        self._look_at_returns()

    def _look_at_returns(self) -> None:
        """Whatever is announced arrives whole, and is as new."""
        units: dict[tuple[str, str], dict[int, int]] = {}
        for back, state, line, quantity in self.records.rows(COMING_BACK, {"slug": self._slug}):
            units.setdefault((back, state), {})[line] = quantity
        for (back, state), lines in units.items():
            if state == "received":
                pieces = {f"piece-{line}-{at + 1}": "new" for line, count in lines.items() for at in range(count)}
                self.press(f"/portal/terug/{back}/nakijken/", **pieces)
            else:
                arrived = {f"quantity-{line}": str(count) for line, count in lines.items()}
                self.press(f"/portal/terug/{back}/ontvangen/", **arrived)

    def _make(self, task: str, state: str) -> None:
        while state in STEPS:
            button, after = STEPS[state]
            if not self.press(f"/portal/taken/{task}/{button}/"):
                return
            state = after
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


def coaches(over: threading.Event, desk: Desk) -> list[Coach]:
    """One for every workshop."""
    found: Mapping[str, Any] = tomllib.loads(PARTNERS.read_text())
    return [
        Coach(str(user["email"]), str(one["partner"]), over, desk)
        for user in found["user"]
        for one in user["memberships"]
        if one["role"] == "coach"
    ]
