"""Whether a storm is over: the work done, and nothing on its way any more."""

import subprocess
import sys

from demo import storm_sandbox
from demo.storm_people import Desk
from demo.storm_records import Records

UNMADE = "SELECT count(*) FROM production_task WHERE state IN ('waiting', 'accepted', 'making', 'ready', 'shipped')"

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
    "collections": "SELECT count(*) FROM payouts_collection WHERE state IN ('asked', 'under_way')",
    "mails": "SELECT count(*) FROM mail_mail WHERE sent_at IS NULL",
}
"""What is in the middle of something, and how much of it there is."""


def all_done(records: Records, desk: Desk) -> bool:
    """Whether every workshop and the operator did what they can."""
    return not desk.waiting() and not records.one(UNMADE) and not records.one(WAITS["orders without a route"])


def what_waits(records: Records) -> str:
    """In words for whoever waits too."""
    found = {name: records.one(query) for name, query in WAITS.items()}
    found["tasks"] = records.one(UNMADE)
    return ", ".join(f"{name} {count}" for name, count in found.items() if count) or "nothing"


def is_quiet(records: Records) -> bool:
    """Whether nothing is on its way, with us or from the sandboxes."""
    return not any(records.one(query) for query in WAITS.values()) and not storm_sandbox.webhooks_waiting()


def command(*words: str) -> str:
    """What an operator's command says."""
    done = subprocess.run([sys.executable, "-m", "fulfilment", *words], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else done.stderr
