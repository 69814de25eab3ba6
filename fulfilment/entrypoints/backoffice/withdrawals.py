"""What the page of an order says of withdrawals: each statement, and the way to give its money back."""

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from fulfilment.flows.watch_withdrawals import shipping_goes_too, to_give_back
from fulfilment.orders.models import Order, Refund
from fulfilment.withdrawals.models import Withdrawal


def withdrawals_of(order: Order) -> list[Withdrawal]:
    """All statements about an order, oldest first."""
    return list(order.withdrawals.prefetch_related("lines__line"))


def refund_query(order: Order) -> str:
    """What the page of refunds is opened with: the units whose money waits, why, and the delivery where all of the
    order was withdrawn from; "" where nothing waits."""
    waiting = to_give_back(order)
    if not waiting:
        return ""
    units: dict[str, str | int] = {f"line-{pk}": count for pk, count in sorted(waiting.items())}
    why = _("Herroepen door de klant")
    return urlencode({"kind": Refund.Kind.NOT_WANTED, "because": why, **units, **delivery(order)})


def delivery(order: Order) -> dict[str, str]:
    """The field of the delivery, filled in where it is to go back too."""
    return {"shipping": "on"} if shipping_goes_too(order) else {}
