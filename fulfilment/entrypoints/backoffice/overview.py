"""The first page: what needs a person first, then the day, then where the money is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.entrypoints.backoffice.order_state import state_of_many
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import trial_balance
from fulfilment.orders.models import Order
from fulfilment.payouts.models import Batch
from fulfilment.production.models import Task

UNFINISHED = (Task.State.WAITING, Task.State.ACCEPTED, Task.State.MAKING, Task.State.READY)
SHOWN = 8


@dataclass(frozen=True)
class Bar:
    """A part of a whole, in minor units and as a stretch of a bar of 100 wide."""

    name: str
    minor: int
    tone: str
    start: float
    width: float


def bars(parts: Iterable[tuple[str, int, str]]) -> list[Bar]:
    """Parts side by side; what is below zero is told, but takes no width."""
    found = list(parts)
    whole = sum(minor for _name, minor, _tone in found if minor > 0) or 1
    drawn: list[Bar] = []
    start = 0.0
    for name, minor, tone in found:
        width = round(max(minor, 0) * 100 / whole, 2)
        drawn.append(Bar(name, minor, tone, round(start, 2), width))
        start += width
    return drawn


def overview() -> dict[str, Any]:
    """All that the first page shows."""
    today = timezone.localdate()
    issues = OpenIssue.objects.filter(resolved_at__isnull=True).order_by("first_seen_at")
    late = (
        Task.objects.filter(state__in=UNFINISHED, due_on__lt=today)
        .select_related("order", "producer")
        .order_by("due_on", "pk")
    )
    orders = list(Order.objects.filter(placed_at__date=today).select_related("recipient").order_by("-placed_at"))
    return {
        "today": today,
        "issues": issues[:SHOWN],
        "issue_count": issues.count(),
        "late": late[:SHOWN],
        "late_count": late.count(),
        "orders": state_of_many(orders[:SHOWN]),
        "order_count": len(orders),
        "order_total": sum(order.total_gross_minor for order in orders),
        "planned": Batch.objects.filter(state=Batch.State.PLANNED).first(),
        "under_way": Batch.objects.filter(state=Batch.State.APPROVED).order_by("approved_at"),
        **money(),
    }


def money() -> dict[str, Any]:
    """Where the money is, and whose it is."""
    balance = trial_balance()

    def owned(account: Account) -> int:
        return balance.get(account, 0)

    there = [
        (_("Op de bank"), -owned(Account.BANK), "ink"),
        (_("Bij Stripe"), -owned(Account.STRIPE), "clay"),
        (_("Onderweg naar de bank"), -owned(Account.STRIPE_TRANSIT), "sand"),
    ]
    whose = [
        (_("Partners, vastgehouden"), owned(Account.PARTNER_HELD), "sand"),
        (_("Partners, uit te betalen"), owned(Account.PARTNER_PAYABLE), "moss"),
        (_("Uitbetalingen onderweg"), owned(Account.PAYOUTS_TRANSIT), "ink"),
        (_("Klanten, nog niet verdiend"), owned(Account.CUSTOMER) + owned(Account.UNALLOCATED), "clay"),
    ]
    return {
        "there": bars(there),
        "there_total": sum(minor for _name, minor, _tone in there),
        "whose": bars(whose),
        "whose_total": sum(minor for _name, minor, _tone in whose),
        "in_balance": sum(balance.values()) == 0,
    }
