"""An order of two stools whose work may go to another workshop."""

from dataclasses import dataclass

from fulfilment.flows.reassign_task import reassign
from fulfilment.ledger.balances import left_of_order
from fulfilment.partners.models import Partner, User
from fulfilment.production.models import Task
from tests.support import rows, workshop
from tests.support.bought import STOOL, Bought, agree, bought
from tests.support.workshop import NOW

STOOL_NET = 33_058
SHIPPING = 785


@dataclass
class Case:
    """Two stools that `former` was asked to make and `new` may take over; a lamp beside it where that is asked for."""

    order: Bought
    former: Partner
    new: Partner
    coach: User
    staff: User

    @property
    def task(self) -> Task:
        return Task.objects.get(producer=self.former, order=self.order.order)

    def move(self) -> Task:
        return reassign(self.task.public_id, self.new.pk, by=self.staff, now=NOW)

    def earned(self) -> dict[str, int]:
        """What everybody has of the order, by slug."""
        found = left_of_order(self.order.order.pk)
        return {Partner.objects.get(pk=pk).slug: amount for pk, amount in found.items() if amount}


def case(*others: tuple[str, int, int], shipping: int = 950) -> Case:
    former = agree("SG-003")[0]
    if others:
        agree(*(code for code, _quantity, _gross in others))
    order = bought(STOOL, *others, shipping=shipping)
    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-003")
    return Case(order, former, new, workshop.member(former), rows.user("operator@example.com", staff=True))
