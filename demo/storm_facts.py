"""What there is at the end of a storm, customer by customer: at Stripe, in Saleor, and in fulfilment's database.

Read anew and in another way than fulfilment does: with plain queries, and from the sandboxes' own documents.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from demo import storm_sandbox
from demo.storm_records import Records
from demo.storm_sandbox import SALEOR, STRIPE


@dataclass
class Line:
    """Units of an order line: bought, in tasks that stand (`made`), given back as not wanted any more, shipped."""

    ordered: int
    made: int = 0
    back: int = 0
    shipped: int = 0


@dataclass
class Case:
    """Everything about one customer. Amounts in cents."""

    email: str
    charges: list[int] = field(default_factory=list)
    """At Stripe: what was paid, each time."""
    returned: list[int] = field(default_factory=list)
    """At Stripe: refunds that left."""
    returning: int = 0
    """At Stripe: how many refunds are neither paid nor given up."""
    in_saleor: int = 0
    """Orders."""
    granted: int = 0
    """Refunds that Saleor granted."""
    fulfilled: Counter[str] = field(default_factory=Counter)
    """SKU → pieces in Saleor's fulfilments."""
    taken_back: Counter[str] = field(default_factory=Counter)
    """SKU → pieces that Saleor knows as returned."""
    fulfilments: int = 0
    orders: list[int] = field(default_factory=list)
    """Ours, by key."""
    costs: int = 0
    """What they come to, by Saleor's word."""
    lines: list[Line] = field(default_factory=list)
    shipped: Counter[str] = field(default_factory=Counter)
    """SKU → pieces in our parcels."""
    came_back: Counter[str] = field(default_factory=Counter)
    """SKU → pieces that a workshop received again."""
    parcels: int = 0
    refunds: list[tuple[int, str]] = field(default_factory=list)
    """Amount and state of ours."""
    owed: int = 0
    """What stands on `customer` for the order."""
    booked: int = 0
    """What the order received less what it gave back, by the ledger."""
    mails_twice: int = 0
    at_work: datetime | None = None
    """When the first task was there."""

    @property
    def surplus(self) -> int:
        """What was paid above the price: a code that Saleor had been slow with was taken off after the payment."""
        return max(sum(self.charges) - self.costs, 0) if self.orders else 0


LINES = """
SELECT recipient.email, line.id, line.sku, line.quantity,
    (SELECT coalesce(sum(task_line.quantity - task_line.cancelled_quantity - task_line.moved_quantity), 0)
     FROM production_taskline task_line WHERE task_line.line_id = line.id),
    (SELECT coalesce(sum(task_line.shipped_quantity), 0) FROM production_taskline task_line
     WHERE task_line.line_id = line.id),
    (SELECT coalesce(sum(refunded.quantity), 0) FROM orders_refundline refunded
     JOIN orders_refund refund ON refund.id = refunded.refund_id
     WHERE refunded.line_id = line.id AND refund.state <> 'withdrawn'
     AND refund.kind <> 'came_back')
FROM orders_line line JOIN orders_recipient recipient ON recipient.order_id = line.order_id
"""
PARCELS = """
SELECT recipient.email, parcel.id, line.sku, inside.quantity FROM production_parcel parcel
JOIN production_task task ON task.id = parcel.task_id
JOIN orders_recipient recipient ON recipient.order_id = task.order_id
JOIN production_parcelline inside ON inside.parcel_id = parcel.id
JOIN production_taskline task_line ON task_line.id = inside.task_line_id
JOIN orders_line line ON line.id = task_line.line_id
"""
RETURNS = """
SELECT recipient.email, line.sku, inside.quantity FROM returns_return coming
JOIN orders_recipient recipient ON recipient.order_id = coming.order_id
JOIN returns_returnline inside ON inside.of_return_id = coming.id
JOIN production_taskline task_line ON task_line.id = inside.task_line_id
JOIN orders_line line ON line.id = task_line.line_id WHERE coming.state IN ('received', 'judged')
"""
REFUNDS = """
SELECT recipient.email, refund.amount_minor, refund.state FROM orders_refund refund
JOIN orders_recipient recipient ON recipient.order_id = refund.order_id
"""
AT_WORK = """
SELECT recipient.email, min(task.created_at) FROM production_task task
JOIN orders_recipient recipient ON recipient.order_id = task.order_id GROUP BY 1
"""
OWED = """
SELECT recipient.email,
    sum(CASE WHEN credit = 'customer' THEN amount_minor WHEN debit = 'customer' THEN -amount_minor ELSE 0 END),
    sum(CASE WHEN debit = 'unallocated' THEN amount_minor WHEN credit IN ('unallocated', 'stripe') THEN -amount_minor
        WHEN debit = 'stripe' THEN amount_minor ELSE 0 END)
FROM ledger_posting posting JOIN orders_recipient recipient ON recipient.order_id = posting.order_id GROUP BY 1
"""
MAILS_TWICE = """
SELECT "to", sum(times - 1) FROM (SELECT "to", count(*) AS times FROM mail_mail GROUP BY "to", subject, text) mails
WHERE times > 1 GROUP BY "to"
"""


def cases(records: Records) -> dict[str, Case]:
    """By the customer's address."""
    found: defaultdict[str, Case] = defaultdict(lambda: Case(""))
    _at_stripe(found)
    _in_saleor(found)
    _ours(found, records)
    for email, case in found.items():
        case.email = email
    return dict(found)


def _at_stripe(found: defaultdict[str, Case]) -> None:
    payer: dict[str, str] = {}
    for charge in storm_sandbox.documents(STRIPE, "charge"):
        payer[charge["id"]] = charge["billing_details"]["email"]
        if charge["paid"]:
            found[payer[charge["id"]]].charges.append(charge["amount"])
    for refund in storm_sandbox.documents(STRIPE, "refund"):
        case = found[payer[refund["charge"]]]
        if refund["status"] == "succeeded":
            case.returned.append(refund["amount"])
        elif refund["status"] == "pending":
            case.returning += 1


def _in_saleor(found: defaultdict[str, Case]) -> None:
    buyer: dict[str, str] = {}
    skus: dict[str, str] = {}
    for order in storm_sandbox.documents(SALEOR, "order"):
        buyer[order["id"]] = order["userEmail"]
        found[order["userEmail"]].in_saleor += 1
        found[order["userEmail"]].costs += order["total"]["gross"]
        skus |= {line["id"]: line["sku"] for line in order["lines"]}
    for granted in storm_sandbox.documents(SALEOR, "granted_refund"):
        found[buyer[granted["order"]]].granted += 1
    for fulfilment in storm_sandbox.documents(SALEOR, "fulfillment"):
        case = found[buyer[fulfilment["order"]]]
        is_shipped = fulfilment["status"] == "FULFILLED"
        case.fulfilments += is_shipped
        for line in fulfilment["lines"]:
            (case.fulfilled if is_shipped else case.taken_back)[skus[line["line"]]] += line["quantity"]


def _ours(found: defaultdict[str, Case], records: Records) -> None:
    for order, email in records.rows("SELECT order_id, email FROM orders_recipient ORDER BY 1"):
        found[email].orders.append(order)
    for email, _line, _sku, ordered, made, shipped, back in records.rows(LINES):
        found[email].lines.append(Line(ordered, int(made), int(back), int(shipped)))
    parcels: set[int] = set()
    for email, parcel, sku, quantity in records.rows(PARCELS):
        found[email].parcels += parcel not in parcels
        parcels.add(parcel)
        found[email].shipped[sku] += quantity
    for email, sku, quantity in records.rows(RETURNS):
        found[email].came_back[sku] += quantity
    for email, amount, state in records.rows(REFUNDS):
        found[email].refunds.append((amount, state))
    for email, owed, booked in records.rows(OWED):
        found[email].owed, found[email].booked = int(owed), int(booked)
    for email, times in records.rows(MAILS_TWICE):
        if email in found:
            found[email].mails_twice = int(times)
    for email, at_work in records.rows(AT_WORK):
        found[email].at_work = at_work


def rows_of(records: Records, query: str) -> list[str]:
    """Each row of a query as a text."""
    return [" ".join(map(str, row)) for row in records.rows(query)]
