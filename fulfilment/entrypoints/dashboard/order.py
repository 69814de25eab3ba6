"""On an order in Saleor's Dashboard: who makes what, how far it is, who gets what, and what waits for somebody."""

from typing import Any

from fulfilment.entrypoints.backoffice.disputes import disputes_of
from fulfilment.entrypoints.backoffice.order_page import end_name, open_issues
from fulfilment.entrypoints.backoffice.order_state import state_of_many, tone_of
from fulfilment.entrypoints.dashboard.proof import Visitor
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import left_of_order, of_order
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner
from fulfilment.production.models import Task
from fulfilment.routing.models import Assignment

SEES_MONEY = "HANDLE_PAYMENTS"
"""What it takes in Saleor to see who earns what of somebody's order."""

OF_PARTNERS = (Account.PARTNER_HELD, Account.PARTNER_PAYABLE, Account.PLATFORM_SHARE)


def order_content(order_id: str, visitor: Visitor) -> dict[str, Any]:
    """What the fragment shows of an order, by Saleor's id; without an `order` where we have none of that id."""
    order = Order.objects.filter(saleor_id=order_id).first()
    if order is None:
        return {}
    [state] = state_of_many([order])
    tasks = Task.objects.filter(order=order).select_related("producer").prefetch_related("lines__line").order_by("pk")
    assigned = Assignment.objects.filter(decision__order=order, decision__superseded_by=None)
    may_see_money = visitor.may(SEES_MONEY)
    return {
        "order": order,
        "state": state,
        "tasks": [(task, tone_of(task.state)) for task in tasks],
        "unmade": order.lines.exclude(pk__in=assigned.values("line_id")),
        "issues": open_issues(order, disputes_of(order)),
        "may_see_money": may_see_money,
        "division": _division(order) if may_see_money else [],
        "received": -of_order(order.pk).get(Account.UNALLOCATED, 0) if may_see_money else 0,
    }


def _division(order: Order) -> list[tuple[str, int]]:
    """Whose what came in is now, in minor units: each partner, then what is nobody's share. It adds up to what came."""
    left = left_of_order(order.pk)
    partners = Partner.objects.filter(pk__in=left).order_by("name")
    others = {name: amount for name, amount in of_order(order.pk).items() if name not in OF_PARTNERS}
    others.pop(Account.UNALLOCATED, None)
    rows = [(partner.name, left[partner.pk]) for partner in partners]
    rows += [(end_name(account), amount) for account, amount in sorted(others.items())]
    return [(name, amount) for name, amount in rows if amount]
