"""What each workshop has before it at the bench, and how fast it works: read in one statement, as every order waits
for it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from fulfilment.production.rules import AT_THE_BENCH

BENCHES = """
SELECT partner.id, partner.lead_days, partner.bench_hours,
    (SELECT coalesce(sum(piece.minutes
            * (asked.quantity - asked.cancelled_quantity - asked.moved_quantity - asked.shipped_quantity)), 0)
        FROM production_task AS task
        JOIN production_taskline AS asked ON asked.task_id = task.id
        JOIN orders_line AS line ON line.id = asked.line_id
        JOIN production_piecework AS piece ON piece.product_code = line.product_code
        WHERE task.producer_id = partner.id AND task.state = ANY(%s)),
    (SELECT coalesce(jsonb_object_agg(product_code, minutes), '{}') FROM production_piecework
        WHERE product_code = ANY(%s))
FROM partners_partner AS partner WHERE partner.id = ANY(%s)
"""


@dataclass(frozen=True)
class Bench:
    """A workshop: the days that it takes at least to make and ship, its hours a week at the bench for us, the minutes
    of what it has promised to make, and those of a piece by product code (absent where nobody said them)."""

    lead_days: int
    hours: int
    promised: int
    each: Mapping[str, int]


def benches(producer_ids: Iterable[int], product_codes: Iterable[str] = ()) -> dict[int, Bench]:
    """By the workshop's id; pieces are told of these product codes."""
    with connection.cursor() as cursor:
        cursor.execute(BENCHES, [list(AT_THE_BENCH), list(set(product_codes)), list(producer_ids)])
        return {
            pk: Bench(days, hours, int(promised), json.loads(each))
            for pk, days, hours, promised, each in cursor.fetchall()
        }
