"""The operator in a storm: gives money back where a customer wants it, and answers what only a person knows."""

import threading
import tomllib
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
ASKED = "SELECT count(*) FROM orders_refund WHERE reason = %(reason)s"
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
        for order, refund in self.records.rows(UNCLEAR):  # it left while its money went back: then it comes back
            self.press(f"/backoffice/orders/order/{order}/say_refund/", refund=refund, kind="came_back")

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
            self._desk.done(wish.email)

    def _choice(self, order: int, wish: Wish) -> str:
        """What the operator fills in, as the page's address holds it."""
        chosen: dict[str, object] = {"kind": KINDS[wish.fate], "reason": f"storm {wish.number}"}
        lines = self.records.rows(LINES, {"order": order})
        if wish.fate == GESTURE:
            return urlencode(chosen | {"amount": AMOUNT, "bearer": "platform"})
        if wish.fate in (UNITS, RETURN):
            return urlencode(chosen | {f"line-{pk}": int(at == 0) for at, (pk, _quantity) in enumerate(lines)})
        return urlencode(chosen | {"shipping": "on"} | {f"line-{pk}": quantity for pk, quantity in lines})


def operator_email() -> str:
    people = tomllib.loads(PARTNERS.read_text())["user"]
    return next(str(user["email"]) for user in people if user.get("staff"))
