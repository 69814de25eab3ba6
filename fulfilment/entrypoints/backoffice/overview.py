"""The first page: what needs a person first, then the day, then where the money is."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from fulfilment.companies.models import Company
from fulfilment.entrypoints.backoffice.money_map import money_map
from fulfilment.entrypoints.backoffice.order_state import state_of_many
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order
from fulfilment.partners.models import AccountChange
from fulfilment.payouts.models import Batch
from fulfilment.production.models import Task
from fulfilment.production.rules import UNFINISHED
from fulfilment.vitals.conditions import condition
from fulfilment.vitals.models import Alarm

UNDER_WAY = (Batch.State.APPROVED, Batch.State.FETCHED)
SHOWN = 8


def late_tasks(today: date) -> QuerySet[Task]:
    """Work that should have been ready before today, the latest first."""
    late = Task.objects.filter(state__in=UNFINISHED, due_on__lt=today)
    return late.select_related("order", "producer").order_by("due_on", "pk")


def overview() -> dict[str, Any]:
    """All that the first page shows."""
    today = timezone.localdate()
    issues = OpenIssue.objects.filter(resolved_at__isnull=True).order_by("first_seen_at")
    late = late_tasks(today)
    orders = list(Order.objects.filter(placed_at__date=today).select_related("recipient").order_by("-placed_at"))
    return {
        "today": today,
        "issues": issues[:SHOWN],
        "issue_count": issues.count(),
        "alarms": [
            (condition(alarm.condition), alarm) for alarm in Alarm.objects.filter(over_at=None, well_since=None)
        ],
        "late": late[:SHOWN],
        "late_count": late.count(),
        "orders": state_of_many(orders[:SHOWN]),
        "order_count": len(orders),
        "order_total": sum(order.total_gross_minor for order in orders),
        "account_changes": AccountChange.objects.filter(state=AccountChange.State.ASKED).select_related("partner"),
        "companies": Company.objects.filter(state=Company.State.APPLIED).order_by("applied_at")[:SHOWN],
        "planned": Batch.objects.filter(state=Batch.State.PLANNED).first(),
        "under_way": Batch.objects.filter(state__in=UNDER_WAY).order_by("approved_at"),
        **money_map(),
    }
