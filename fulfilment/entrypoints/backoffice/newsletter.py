"""Who confirmed that they want our newsletter, to be taken along as a file; and what how many people wait for.

What is sent is written and sent elsewhere: the file has the link by which each of them leaves.
"""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.http import HttpResponse
from django.utils import timezone

from fulfilment.flows.tell_reader import leave_link
from fulfilment.newsletter.models import Subscription
from fulfilment.restock.models import RestockWish

SHOWN = 50
COLUMNS = ("email", "language", "asked_at", "confirmed_at", "consent_text", "unsubscribe")
"""As programs that send newsletters read them; `unsubscribe` takes one press, too (RFC 8058)."""


def page() -> dict[str, Any]:
    """What the page shows: the newest readers, and what is waited for, the most first."""
    return {
        "readers": readers().order_by("-confirmed_at", "-pk")[:SHOWN],
        "reader_count": readers().count(),
        "shown": SHOWN,
        "unconfirmed": Subscription.objects.filter(confirmed_at=None, ended_at=None).count(),
        "awaited": awaited(),
    }


def readers() -> QuerySet[Subscription]:
    """Those to whom it may be sent."""
    return Subscription.objects.filter(ended_at=None).exclude(confirmed_at=None)


def awaited() -> list[dict[str, Any]]:
    """For what how many people wait, and since when; nobody is named. What it is called, one of their pages says."""
    rows = RestockWish.objects.exclude(confirmed_at=None).values("variant_id").order_by()
    counted = rows.annotate(people=Count("pk"), since=Min("confirmed_at"), first=Min("pk")).order_by("-people", "since")
    named = RestockWish.objects.in_bulk([row["first"] for row in counted])
    return [{**row, "what": named[row["first"]].what} for row in counted if row["first"] in named]


def export_file() -> HttpResponse:
    """All of them as CSV (RFC 4180, UTF-8)."""
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    writer.writerows(_rows())
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="nieuwsbrief-{day}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _rows() -> Iterator[tuple[str, ...]]:
    for found in readers().order_by("pk").iterator():
        assert found.confirmed_at is not None
        moments = (found.asked_at.isoformat(timespec="seconds"), found.confirmed_at.isoformat(timespec="seconds"))
        yield (found.email, found.language, *moments, found.text_version, leave_link(found, found.language))
