"""Reading routes. As SQL, since every paid order passes here and composing a query takes longer than asking it."""

from django.db import connection


def planned(checkout_id: str) -> dict[str, int]:
    """The agreement (its id) that answers for each product code, as last planned for a checkout; empty without plan."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item.key, item.value::int FROM "
            "(SELECT assignments FROM routing_plan WHERE checkout_id = %s ORDER BY id DESC LIMIT 1) AS plan, "
            "jsonb_each_text(plan.assignments) AS item",
            [checkout_id],
        )
        return dict(cursor.fetchall())
