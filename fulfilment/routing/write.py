"""Keeping who makes what: a decision and its assignments in one statement, written by hand for its speed."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from fulfilment.routing.models import Decision

INSERT = """
WITH decision AS (
    INSERT INTO routing_decision (order_id, reason, refusals, decided_at) VALUES (%s, %s, %s, %s) RETURNING id
), assigned AS (
    INSERT INTO routing_assignment (decision_id, line_id, producer_id, agreement_id)
    SELECT decision.id, given.* FROM decision, unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given
)
SELECT id FROM decision
"""


def decide(
    order_id: int,
    reason: Decision.Reason,
    assigned: Sequence[tuple[int, int, int]],
    *,
    refusals: Sequence[str],
    standing: Decision | None,
    now: datetime,
) -> Decision:
    """A new decision about an order, which supersedes the `standing` one, with its assignments: (line id, producer id,
    agreement id). `IntegrityError` for a line that is there twice."""
    decision = Decision(order_id=order_id, reason=reason, refusals=list(refusals), decided_at=now)
    if standing:
        # Only one decision of an order may hold: the old one gives way, and points to itself for a moment.
        Decision.objects.filter(pk=standing.pk).update(superseded_by=standing.pk)
    columns = [list(column) for column in zip(*assigned, strict=True)] or [[], [], []]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [order_id, reason.value, json.dumps(decision.refusals), now, *columns])
        [decision.pk] = cursor.fetchone()
    if standing:
        Decision.objects.filter(pk=standing.pk).update(superseded_by=decision.pk)
    return decision
