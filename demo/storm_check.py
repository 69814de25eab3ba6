"""The judgement over a storm: who paid has what was paid for, or the money back, once; nothing hangs; the books match.

Nothing here asks fulfilment what it thinks: `storm_facts` reads what is there, and this compares.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from demo import storm_sandbox
from demo.storm_customers import Paid
from demo.storm_facts import Case, cases, rows_of
from demo.storm_orders import GESTURE, RETURN, UNITS, WHOLE
from demo.storm_quiet import WAITS
from demo.storm_records import Records
from demo.storm_sandbox import SALEOR

GESTURE_MINOR = 500

EXCEPTIONS = "SELECT kind, subject, message FROM inbox_openissue WHERE resolved_at IS NULL ORDER BY 1, 2"
FAILED = "SELECT name, kind, amount_minor FROM orders_refund WHERE state = 'failed'"
BALANCES = """
SELECT account, sum(amount) FROM (
    SELECT credit AS account, amount_minor AS amount FROM ledger_posting
    UNION ALL SELECT debit, -amount_minor FROM ledger_posting) moves GROUP BY 1
"""
AT_REST = ("unallocated", "receivable", "shipping", "disputes", "customer")
"""Accounts on which nothing stands once every order is what it will be."""


@dataclass
class Found:
    """What came of it. Of `lost`, `doubled`, `stuck` and `books` a sentence for each case; times in seconds."""

    orders: int
    paid: int = 0
    ordered: int = 0
    returned: int = 0
    refunds: int = 0
    tasks: int = 0
    parcels: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    books: list[str] = field(default_factory=list)
    median: float | None = None
    p95: float | None = None
    most: float | None = None

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.doubled or self.stuck or self.books)


def judge(records: Records, paid: Sequence[Paid], orders: int) -> Found:
    """Look at everything once it is quiet."""
    known = cases(records)
    wishes = {one.wish.email: one.wish for one in paid}
    found = Found(
        orders,
        paid=len(paid),
        ordered=sum(bool(case.orders) for case in known.values()),
        returned=sum(is_returned(case) and not case.orders for case in known.values()),
        refunds=sum(len(case.refunds) for case in known.values()),
        tasks=records.one("SELECT count(*) FROM production_task"),
        parcels=sum(case.parcels for case in known.values()),
    )
    for email, wish in wishes.items():
        case = known.get(email, Case(email))
        found.lost += lost(case)
        found.books += amounts(case, wish.fate)
    for case in known.values():
        found.doubled += doubled(case)
        found.books += books_of(case)
        if case.returning:
            found.stuck.append(f"{case.email}: {case.returning} refunds are on their way at Stripe")
    found.stuck += hanging(records)
    found.books += books(records)
    times = sorted(repair_times(paid, known))
    if times:
        found.median, found.p95, found.most = (round(part(times, share), 1) for share in (0.5, 0.95, 1.0))
    return found


def is_returned(case: Case) -> bool:
    """Whether all that was paid went back."""
    return bool(case.charges) and sum(case.charges) == sum(case.returned)


def lost(case: Case) -> list[str]:
    """What a customer who paid misses."""
    if not case.charges:
        return [f"{case.email}: paid, and Stripe knows nothing of it"]
    if not case.in_saleor or not case.orders:
        return [] if is_returned(case) else [f"{case.email}: paid, no order, and the money did not come back"]
    return [
        f"{case.email}: of {line.ordered} pieces {line.made} are somebody's work and {line.back} were given back"
        for line in case.lines
        if line.made + line.back < line.ordered
    ]


def doubled(case: Case) -> Iterator[str]:
    """What was done twice for a customer."""
    left = [refund for refund in case.refunds if refund[1] != "withdrawn"]
    asked = len(left) if case.orders else 1
    counts = (
        ("payments", len(case.charges), 1),
        ("orders in Saleor", case.in_saleor, 1),
        ("orders", len(case.orders), 1),
        ("refunds at Stripe", len(case.returned), asked),
        ("refunds granted in Saleor", case.granted, len(left)),
        ("fulfilments in Saleor", case.fulfilments, case.parcels),
        ("mails", case.mails_twice, 0),
    )
    yield from (f"{case.email}: {name} {count}, and {most} would do" for name, count, most in counts if count > most)
    for line in case.lines:
        if line.made + line.back > line.ordered:
            yield f"{case.email}: of {line.ordered} pieces {line.made} are work and {line.back} were given back"
        if line.shipped > line.made:
            yield f"{case.email}: {line.shipped} pieces shipped where {line.made} were asked"
    for sku, pieces in case.fulfilled.items():
        if pieces > case.shipped[sku]:
            yield f"{case.email}: Saleor ships {pieces} of {sku}, the parcels hold {case.shipped[sku]}"
    for sku, pieces in case.taken_back.items():
        if pieces > case.came_back[sku]:
            yield f"{case.email}: Saleor took back {pieces} of {sku}, {case.came_back[sku]} came back"
    if case.orders and sum(case.returned) > sum(amount for amount, _state in left):
        yield f"{case.email}: {sum(case.returned)} cents went back at Stripe, {left} was asked"


def amounts(case: Case, fate: str) -> Iterator[str]:
    """Whether what was given back of an order is what was to be given back."""
    if not case.orders:
        return
    back, paid = sum(case.returned), sum(case.charges)
    more = case.surplus
    wanted = {
        WHOLE: back == paid,
        UNITS: more < back <= paid,
        RETURN: more < back <= paid,
        GESTURE: back == GESTURE_MINOR + more,
        "": back == more,
    }
    if not wanted[fate]:
        yield f"{case.email}: of {paid} cents {back} went back ({fate or 'nothing was to'})"


def books_of(case: Case) -> Iterator[str]:
    """Whether an order's books tell what happened at Stripe, and nothing is left on `customer`."""
    if not case.orders:
        return
    if case.owed:
        yield f"{case.email}: {case.owed} cents stand on customer, and nothing says why"
    if case.booked != sum(case.charges) - sum(case.returned):
        yield f"{case.email}: booked {case.booked} cents, at Stripe {sum(case.charges) - sum(case.returned)}"


def hanging(records: Records) -> Iterator[str]:
    """What is not at its end, of ours and in Saleor."""
    for name, query in WAITS.items():
        count = records.one(query)
        if count:
            yield f"{name}: {count} in the middle of something"
    yield from (f"exception: {row}" for row in rows_of(records, EXCEPTIONS))
    yield from (f"failed refund: {row}" for row in rows_of(records, FAILED))
    for checkout in storm_sandbox.documents(SALEOR, "checkout"):
        if checkout["chargeStatus"] != "NONE":
            yield f"{checkout['email']}: a checkout that is paid ({checkout['chargeStatus']})"
    for transaction in storm_sandbox.documents(SALEOR, "transaction"):
        if transaction["amounts"]["refund_pending"]:
            yield f"transaction {transaction['id']}: a refund is pending in Saleor"


def books(records: Records) -> Iterator[str]:
    """The trial balance, what must be at rest, and `stripe` against Stripe."""
    balances = {account: int(amount) for account, amount in records.rows(BALANCES)}
    if sum(balances.values()):
        yield f"the trial balance is {sum(balances.values())} and not zero"
    yield from (f"{balances[name]} cents stand on {name}" for name in AT_REST if balances.get(name))
    stripe = storm_sandbox.stripe_balance()
    if -balances.get("stripe", 0) != stripe:
        yield f"the ledger has {-balances.get('stripe', 0)} cents at Stripe, Stripe says {stripe}"


def repair_times(paid: Collection[Paid], known: Mapping[str, Case]) -> Iterator[float]:
    """Seconds from the moment at which Stripe took the money until a workshop had the task."""
    for one in paid:
        case = known.get(one.wish.email)
        if case is not None and case.at_work is not None:
            yield max(0.0, case.at_work.timestamp() - one.at)


def part(times: Sequence[float], share: float) -> float:
    """Of sorted times, the one that so large a share does not exceed."""
    return times[min(len(times) - 1, max(0, round(share * len(times)) - 1))]
