"""The operator in a storm: gives money back where a customer wants it, and answers what only a person knows."""

import threading
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlencode

from demo.storm_orders import GESTURE, RETURN, UNITS, WHOLE, Wish
from demo.storm_people import PARTNERS, Desk, Person

AMOUNT = "5,00"
"""Of a gesture, in euros."""
KINDS = {WHOLE: "not_wanted", UNITS: "not_wanted", GESTURE: "gesture", RETURN: "came_back"}

ROUTED = """
SELECT placed.id, recipient.email, EXISTS (
    SELECT 1 FROM production_task task WHERE task.order_id = placed.id AND task.state NOT IN ('delivered', 'cancelled'))
FROM orders_order placed
JOIN orders_recipient recipient ON recipient.order_id = placed.id
WHERE placed.routed_at IS NOT NULL AND recipient.email = ANY(%(emails)s) ORDER BY placed.id
"""
LINES = "SELECT id, quantity FROM orders_line WHERE order_id = %(order)s ORDER BY position"
DELIVERY = "SELECT shipping_gross_minor FROM orders_order WHERE id = %(order)s"
ASKED = "SELECT count(*) FROM orders_refund WHERE reason = %(reason)s"
PAID_TOO_MUCH = """
SELECT placed.id FROM inbox_openissue issue JOIN orders_order placed ON placed.number = issue.subject
WHERE issue.kind IN ('paid_twice', 'money_owed') AND issue.resolved_at IS NULL
AND NOT EXISTS (SELECT 1 FROM orders_refund refund WHERE refund.order_id = placed.id AND refund.kind = 'owed'
    AND refund.state <> 'withdrawn')
"""
UNCLEAR = """
SELECT placed.id, refund.name FROM inbox_openissue issue JOIN orders_order placed ON placed.number = issue.subject
JOIN orders_refund refund ON refund.order_id = placed.id
WHERE issue.kind = 'refund_unclear' AND issue.resolved_at IS NULL AND refund.kind IN ('unsaid', 'not_wanted')
"""


class Operator(Person):
    """Gives money back where a customer wants it."""

    def __init__(self, email: str, over: threading.Event, desk: Desk) -> None:
        super().__init__(email, over)
        self._desk = desk

    def round(self) -> None:
        waiting = self._desk.waiting()
        for order, email, is_in_the_make in self.records.rows(ROUTED, {"emails": list(waiting)}):
            if not (waiting[email].fate == RETURN and is_in_the_make):
                with suppress(LookupError):  # no such page or button now: the next round looks again
                    self._give_back(order, waiting[email])
        for (order,) in self.records.rows(PAID_TOO_MUCH):
            with suppress(LookupError):
                self._submit_refund(order, {"kind": "owed", "reason": "te veel betaald"})
        for order, refund in self.records.rows(UNCLEAR):  # it left while its money went back: then it comes back
            self.press(f"/backoffice/orders/order/{order}/say_refund/", refund=refund, kind="came_back")

    def _give_back(self, order: int, wish: Wish) -> None:
        reason = f"storm {wish.number}"
        if not self.records.one(ASKED, {"reason": reason}):
            self._submit_refund(order, self._choice(order, wish))
        if self.records.one(ASKED, {"reason": reason}):
            self._desk.done(wish.email)

    def _submit_refund(self, order: int, chosen: Mapping[str, object]) -> None:
        """Look what it would do, and press."""
        page = self.browser().get(f"{self.base}/backoffice/orders/order/{order}/refund/?{urlencode(chosen)}")
        if "/accounts/login/" in page.url:
            self._browser = None
        else:
            self.browser().submit(page, "terugbetalen")

    def _choice(self, order: int, wish: Wish) -> dict[str, object]:
        """What the operator fills in."""
        chosen: dict[str, object] = {"kind": KINDS[wish.fate], "reason": f"storm {wish.number}"}
        lines = self.records.rows(LINES, {"order": order})
        if wish.fate == GESTURE:
            return chosen | {"amount": AMOUNT, "bearer": "platform"}
        if wish.fate in (UNITS, RETURN):
            return chosen | {f"line-{pk}": int(at == 0) for at, (pk, _quantity) in enumerate(lines)}
        delivery = {"shipping": "on"} if self.records.one(DELIVERY, {"order": order}) else {}
        return chosen | delivery | {f"line-{pk}": quantity for pk, quantity in lines}


def operator_email() -> str:
    people = tomllib.loads(PARTNERS.read_text())["user"]
    return next(str(user["email"]) for user in people if user.get("staff"))
