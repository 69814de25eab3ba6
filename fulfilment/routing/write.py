"""Keeping who makes what: the assignments in one statement, written by hand for its speed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from fulfilment.routing.models import Decision

INSERT = """
INSERT INTO routing_assignment (decision_id, line_id, producer_id, agreement_id)
SELECT %s, * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
"""


def assign(decision_id: int, assigned: Sequence[tuple[int, int, int]]) -> None:
    """Write a decision's assignments: (line id, producer id, agreement id). `IntegrityError` for a line that is there
    twice."""
    if assigned:
        columns = [list(column) for column in zip(*assigned, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [decision_id, *columns])


def decide(
    order_id: int,
    reason: Decision.Reason,
    assigned: Sequence[tuple[int, int, int]],
    *,
    refusals: Sequence[str],
    standing: Decision | None,
    now: datetime,
) -> Decision:
    """A new decision about an order, with its assignments as for `assign`; it supersedes the `standing` one."""
    decision = Decision(order_id=order_id, reason=reason, refusals=list(refusals), decided_at=now)
    if standing:
        # Only one decision of an order may hold: the old one gives way, and points to itself for a moment.
        Decision.objects.filter(pk=standing.pk).update(superseded_by=standing.pk)
    decision.save()
    if standing:
        Decision.objects.filter(pk=standing.pk).update(superseded_by=decision.pk)
    assign(decision.pk, assigned)
    return decision
