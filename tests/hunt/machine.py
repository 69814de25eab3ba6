"""The story without an end: anybody may do anything at any time, and after every step all that must be true is."""

from hypothesis.stateful import RuleBasedStateMachine, invariant

from fulfilment.flows.plan_refund import owed_to_customer
from fulfilment.flows.reverse_shares import books_of
from fulfilment.orders.models import Order
from tests.hunt.banks import Banks
from tests.hunt.comings_back import ComingsBack
from tests.hunt.customers import Customers
from tests.hunt.days import Days
from tests.hunt.givers import Givers
from tests.hunt.story import Memory, Sight
from tests.hunt.transfers import Transfers
from tests.hunt.truths import Truths
from tests.hunt.weather import Weather
from tests.hunt.withdrawers import Withdrawers
from tests.hunt.workshops import Workshops


class Shop(
    Truths, Customers, Withdrawers, Workshops, Givers, ComingsBack, Banks, Transfers, Days, RuleBasedStateMachine
):
    """Another chapter is another mixin; its rules are found by themselves."""

    told = 0
    """How many stories were told, and of how many steps."""
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).told += 1
        self.world.back_to(self.beginning, Weather(), deaf=False)
        self.memory, self.sight = Memory(), Sight()

    @invariant()
    def what_must_be_true(self) -> None:
        type(self).steps += 1
        self.sight = Sight()
        self.always()

    def teardown(self) -> None:
        self.all_comes_to_rest()

    def undivided(self, order: Order) -> int:
        return max(-owed_to_customer(order, books_of(order)), 0)
