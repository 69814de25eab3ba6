"""Customers who withdraw from a purchase, or from a part of it, without a reason; the form is sent twice."""

from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from fulfilment.flows import withdraw
from fulfilment.flows.plan_refund import Choice
from fulfilment.flows.watch_withdrawals import shipping_goes_too, to_give_back
from fulfilment.flows.withdraw import Left
from fulfilment.orders.models import Order, Refund
from tests.hunt.story import WHICH, Chapter, pick


class Withdrawers(Chapter):
    def __init__(self) -> None:
        super().__init__()
        self._statements = count(1)

    @precondition(lambda self: self.sight.orders)
    @rule(which=WHICH, line=WHICH, units=st.integers(1, 3), all_of_it=st.booleans())
    def withdraw(self, which: int, line: int, units: int, all_of_it: bool) -> None:
        """From all that can be withdrawn from, or from some units that left or did not."""
        order = pick(self.sight.orders, which)
        left = withdraw.left_of(order)
        if left:
            some = pick(left, line)
            self._say(order, left if all_of_it else [Left(some.place, some.line, min(units, some.units))])

    def _say(self, order: Order, chosen: list[Left]) -> None:
        key, email = f"statement-{next(self._statements)}", "an@example.com"
        units = {one.place: one.units for one in chosen}
        said = [
            self.do(
                lambda: withdraw.withdraw(
                    order.public_id, units, name="An Peeters", email=email, form_key=key, now=self.now
                )
            )
            for _time in range(2)
        ]
        if any(said):
            for one in chosen:
                self.memory.withdrawn[one.line.pk] += one.units

    @precondition(lambda self: any(to_give_back(order) for order in self.sight.orders))
    @rule(which=WHICH)
    def give_back_what_was_withdrawn_from(self, which: int) -> None:
        """The operator presses the button that is filled in."""
        order = pick([one for one in self.sight.orders if to_give_back(one)], which)
        self.ask_back(order, Choice(Refund.Kind.NOT_WANTED, to_give_back(order), shipping=shipping_goes_too(order)))
