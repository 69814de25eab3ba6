"""In the navigation of Saleor's Dashboard: what waits for somebody, and whether all is well."""

from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from fulfilment.entrypoints.backoffice.overview import late_tasks
from fulfilment.entrypoints.backoffice.vitals import seen_now, troubles
from fulfilment.entrypoints.dashboard.proof import Visitor
from fulfilment.inbox.models import OpenIssue

SHOWN = 10


def waiting_content(_asked: str, _visitor: Visitor) -> dict[str, Any]:
    """What the fragment shows: the light with its reasons, open exceptions by kind, and work that is late."""
    kinds = (
        OpenIssue.objects.filter(resolved_at__isnull=True)
        .values("kind")
        .annotate(count=Count("pk"), since=Min("first_seen_at"))
        .order_by("since")
    )
    late = late_tasks(timezone.localdate())
    return {
        "troubles": troubles(seen_now(timezone.now())),
        "kinds": [{**row, "title": OpenIssue.Kind(row["kind"]).label} for row in kinds],
        "late": late[:SHOWN],
        "late_count": late.count(),
    }
