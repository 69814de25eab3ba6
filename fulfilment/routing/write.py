"""Keeping who makes what: one statement, written by hand for its speed."""

from collections.abc import Sequence

from django.db import connection

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
