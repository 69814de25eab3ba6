"""How far an order is, in one word, from what its rows say."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fulfilment.orders.models import Order
from fulfilment.production.models import Task


@dataclass(frozen=True)
class OrderState:
    """An order with its word, and the tone that the word is shown in."""

    order: Order
    word: str
    tone: str


def state_of_many(orders: Iterable[Order]) -> list[OrderState]:
    """The state of each order, with one query for all of them."""
    found = list(orders)
    states: dict[int, list[str]] = defaultdict(list)
    for order_id, state in Task.objects.filter(order__in=found).values_list("order_id", "state"):
        states[order_id].append(state)
    return [OrderState(order, *word_of(order, states[order.pk])) for order in found]


def word_of(order: Order, tasks: Iterable[str]) -> tuple[str, str]:
    """The word and its tone, of an order and the states of its tasks."""
    tasks = list(tasks)
    wanted = [state for state in tasks if state not in (Task.State.CANCELLED, Task.State.MOVED)]
    if order.total_gross_minor and order.refunded_minor >= order.total_gross_minor:
        return _("Terugbetaald"), "plain"
    if order.cancelled_at:
        return _("Geannuleerd"), "plain"
    if order.paid_at is None:
        return _("Niet betaald"), "alert"
    if order.routed_at is None or Task.State.DECLINED in wanted:
        return _("Wacht op een maker"), "alert"
    if order.released_at:
        return _("Vrijgegeven"), "done"
    if tasks and not wanted:
        return _("Stopgezet"), "plain"
    if wanted and all(state == Task.State.DELIVERED for state in wanted):
        return _("Geleverd"), "done"
    if wanted and all(state in (Task.State.SHIPPED, Task.State.DELIVERED) for state in wanted):
        return _("Verzonden"), "done"
    if any(state != Task.State.WAITING for state in wanted):
        return _("In de maak"), "busy"
    return _("Bij de makers"), "busy"


def tone_of(state: str) -> str:
    """The tone in which the state of a task is shown."""
    match state:
        case Task.State.SHIPPED | Task.State.DELIVERED:
            return "done"
        case Task.State.CANCELLED | Task.State.MOVED:
            return "plain"
        case Task.State.DECLINED:
            return "alert"
    return "busy"
