"""Giving workshops their work: tasks, their lines and their first steps in one statement, by hand for its speed."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from fulfilment.production.models import Task

TASK = {
    "public_id": "text",
    "order_id": "bigint",
    "decision_id": "bigint",
    "producer_id": "bigint",
    "state": "text",
    "due_on": "date",
    "created_at": "timestamptz",
}
# What was planned first stands first, so the rows keep the order in which they were handed in.
INSERT = """
WITH tasks AS (
    INSERT INTO production_task ({names})
    SELECT {names} FROM unnest({values}) WITH ORDINALITY AS given ({names}, at) ORDER BY at
    RETURNING id, public_id, state
), steps AS (
    INSERT INTO production_taskstep (task_id, state, event, note, undoes, at)
    SELECT id, state, '', '', '', %s FROM tasks
)
INSERT INTO production_taskline (task_id, line_id, quantity, shipped_quantity, cancelled_quantity, moved_quantity)
SELECT tasks.id, line_id, quantity, 0, 0, 0
FROM unnest(%s::text[], %s::bigint[], %s::int[]) WITH ORDINALITY AS wanted (task, line_id, quantity, at)
JOIN tasks ON tasks.public_id = wanted.task ORDER BY wanted.at
""".format(  # noqa: S608 - names of our own
    names=", ".join(TASK), values=", ".join(f"%s::{kind}[]" for kind in TASK.values())
)


def give(tasks: Sequence[Task], lines: Sequence[Sequence[tuple[int, int]]], now: datetime) -> None:
    """Write tasks, which are not given their ids, each with its lines (ids of order lines and quantities) and with the
    step that it is new. `IntegrityError` for a second task of a producer in one decision."""
    rows = [(task.public_id, line, quantity) for task, own in zip(tasks, lines, strict=True) for line, quantity in own]
    if not rows:
        return
    given = [[getattr(task, name) for task in tasks] for name in TASK]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [*given, now, *columns])
