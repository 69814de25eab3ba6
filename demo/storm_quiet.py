"""Whether a storm is over: the work done, and nothing on its way any more."""

import subprocess
import sys
from collections.abc import Mapping

from demo.storm_customers import Paid
from demo.storm_people import Desk
from demo.storm_records import Records

UNMADE = "SELECT count(*) FROM production_task WHERE state IN ('waiting', 'accepted', 'making', 'ready', 'shipped')"
UNHEARD = """
SELECT count(*) FROM payments_payment
WHERE reference = ANY(%(references)s) AND state NOT IN ('ordered', 'refunded')
"""
"""Of payments that customers know to be paid, those that are neither an order's nor paid back."""

WAITS = {
    "marks": "SELECT count(*) FROM inbox_mark WHERE counter > handled",
    "payments": "SELECT count(*) FROM payments_payment WHERE state IN ('paid', 'returning')",
    "fees": "SELECT count(*) FROM payments_payment WHERE paid_at IS NOT NULL AND fee_minor IS NULL",
    "refunds at Stripe": "SELECT count(*) FROM payments_paymentrefund WHERE state IN ('asked', 'pending')"
    " OR reported_at IS NULL",
    "refunds": "SELECT count(*) FROM orders_refund WHERE state IN ('asked', 'granted', 'under_way')",
    "orders without a route": "SELECT count(*) FROM orders_order WHERE paid_at IS NOT NULL AND routed_at IS NULL"
    " AND cancelled_at IS NULL",
    "parcels": "SELECT count(*) FROM production_parcel WHERE reported_at IS NULL",
    "returns": "SELECT count(*) FROM returns_return WHERE state IN ('announced', 'expected', 'received')"
    " OR (state = 'judged' AND (reported_at IS NULL OR told_at IS NULL))",
    "collections": "SELECT count(*) FROM payouts_collection WHERE state IN ('asked', 'under_way')",
    "mails": "SELECT count(*) FROM mail_mail WHERE sent_at IS NULL",
    "tasks": UNMADE,
}
"""What is in the middle of something, and how much of it there is."""


GIVEN_BACK = """
SELECT reference FROM payments_payment
WHERE reference = ANY(%(references)s) AND state = 'refunded' AND saleor_order_id = ''
"""


def waiting(records: Records, desk: Desk, paid: Mapping[str, Paid]) -> dict[str, int]:
    """What is not at its end, by name; nothing where all is quiet. `paid` by our reference of the payment."""
    references = list(paid)
    for (reference,) in records.rows(GIVEN_BACK, {"references": references}):
        desk.forget(paid[reference].wish.email)  # whoever got all of it back wants nothing back of an order
    found = {name: int(records.one(query)) for name, query in WAITS.items()}
    found["paid and unheard of"] = records.one(UNHEARD, {"references": references})
    found["wishes for the operator"] = len(desk.waiting())
    return {name: count for name, count in found.items() if count}


def command(*words: str) -> str:
    """Run an operator's command; what it says where it fails, else nothing."""
    done = subprocess.run([sys.executable, "-m", "fulfilment", *words], capture_output=True, text=True, check=False)
    return f"{' '.join(words)}: {done.stderr.strip()[-300:]}" if done.returncode else ""
