"""Units that come back to the workshop that sent them, for tests of what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fulfilment.flows import announce_return, work_return
from fulfilment.flows.report_shipment import report_shipment
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner, User
from fulfilment.production.models import Parcel, Task
from fulfilment.returns.models import Return
from fulfilment.returns.rules import Verdict
from tests.support import rows, workshop
from tests.support.fakes import FakeSaleor
from tests.support.workshop import NOW, THREE_STOOLS

LATER = NOW + timedelta(days=3)


@dataclass
class Sent:
    """Three stools of one workshop that left in a parcel of which Saleor knows."""

    maker: Partner
    coach: User
    task: Task
    parcel: Parcel
    saleor: FakeSaleor

    @property
    def order(self) -> Order:
        return Order.objects.get(pk=self.task.order_id)

    @property
    def line(self) -> int:
        """Our id of the line of the stools."""
        return self.order.lines.get().pk


def sent(count: int = 3) -> Sent:
    """So many of three stools left their workshop."""
    maker = rows.partner("compaan")
    coach = workshop.member(maker)
    task = workshop.brought_to("ready", workshop.task(maker, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    parcel = workshop.shipped(task, coach, quantities={line: count})
    saleor = FakeSaleor().holding(task.order)
    report_shipment(parcel.public_id, saleor.as_saleor(), now=NOW)
    return Sent(maker, coach, task, parcel, saleor)


def announced(found: Sent, count: int = 1, *, now: datetime = LATER, is_back: bool = False) -> Return:
    """So many stools are announced."""
    [made] = announce_return.announce(
        found.order.public_id, {found.line: count}, reason=Return.Reason.WITHDRAWAL, now=now, is_back=is_back
    )
    return made


def received(back: Return, by: User, count: int | None = None, *, now: datetime = LATER) -> Return:
    """All of it arrived, or so many of each line."""
    units = {line.pk: line.quantity if count is None else count for line in back.lines.all()}
    work_return.receive(back.public_id, units, by=by, now=now)
    return fresh(back)


def judged(back: Return, by: User, verdict: Verdict | None = None, *, now: datetime = LATER) -> Return:
    """Every unit of it is as new, or as the verdict on each line says."""
    verdicts = {line.pk: verdict or Verdict(as_new=line.quantity) for line in back.lines.all()}
    work_return.judge(back.public_id, verdicts, by=by, now=now)
    return fresh(back)


def fresh(back: Return) -> Return:
    return Return.objects.get(pk=back.pk)


def units(order: Order) -> Mapping[str, int]:
    """How many units of an order are in a return of each state."""
    found: dict[str, int] = {}
    for one in Return.objects.filter(order=order):
        found[one.state] = found.get(one.state, 0) + sum(one.lines.values_list("quantity", flat=True))
    return found
