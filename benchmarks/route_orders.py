"""How many paid orders a second are accepted, routed and booked by one worker, Saleor answering from memory.

Held against a baseline in the same run: the very rows that we wrote, inserted with psycopg, one transaction an order.
Medians of five runs of each, in turn. `python3 run.py bench route_orders`; exits 1 below what is promised.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
django.setup()

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from psycopg.types.json import Jsonb  # noqa: E402

from fulfilment.agreements.models import Agreement, Term  # noqa: E402
from fulfilment.flows.update_order import update_order  # noqa: E402
from fulfilment.partners.models import Partner, TaxRegime  # noqa: E402
from fulfilment.payments.models import Payment  # noqa: E402
from fulfilment.routing.models import Plan  # noqa: E402
from tests.support.remote import SaleorInMemory, paid_order  # noqa: E402

ORDERS = 200
RUNS = 5
PROMISED_RATIO = 0.45
PROMISED_STATEMENTS = 18
NOW = datetime(2026, 11, 23, 20, 1, tzinfo=UTC)
CODES = ("SG-001", "SG-003", "SG-006")

# What an order leaves behind, parents first, and how each row is known to be of an order.
TABLES = {
    "orders_order": "t.id",
    "orders_recipient": "t.order_id",
    "orders_line": "t.order_id",
    "ledger_entry": "(SELECT min(p.order_id) FROM ledger_posting p WHERE p.entry_id = t.id)",
    "routing_decision": "t.order_id",
    "routing_assignment": "(SELECT d.order_id FROM routing_decision d WHERE d.id = t.decision_id)",
    "production_task": "t.order_id",
    "production_taskline": "(SELECT k.order_id FROM production_task k WHERE k.id = t.task_id)",
    "production_taskstep": "(SELECT k.order_id FROM production_task k WHERE k.id = t.task_id)",
    "revenue_share": "t.order_id",
    "ledger_posting": "t.order_id",
    "inbox_mark": "(SELECT o.id FROM orders_order o WHERE o.public_id = t.object_id)",
}

Rows = dict[str, list[tuple[object, ...]]]
"""The rows of one order, by table."""


def main() -> int:
    call_command("migrate", verbosity=0)
    _agree()
    ours: list[float] = []
    baseline: list[float] = []
    statements = 0
    for _run in range(RUNS):
        saleor, ids = _orders()
        statements = _statements(saleor, ids.pop())
        _clean()
        ours.append(_timed(partial(_route, saleor, ids)))
        inserts, rows = _rows()
        assert len(rows) == ORDERS
        _clean()
        baseline.append(_timed(partial(_insert, inserts, rows)))
        _clean()
    return _report(ours, baseline, statements)


def _report(ours: list[float], baseline: list[float], statements: int) -> int:
    mine, bare = statistics.median(ours), statistics.median(baseline)
    ratio = mine / bare
    print(f"orders a second, accept + route + book:  {mine:8.1f}   (runs {_shown(ours)})")
    print(f"orders a second, the same rows inserted: {bare:8.1f}   (runs {_shown(baseline)})")
    print(f"ratio {ratio:.2f} (promised {PROMISED_RATIO})")
    print(f"{statements} SQL statements an order (promised ≤ {PROMISED_STATEMENTS})")
    return 0 if ratio >= PROMISED_RATIO and statements <= PROMISED_STATEMENTS else 1


def _shown(rates: list[float]) -> str:
    return ", ".join(f"{rate:.0f}" for rate in sorted(rates))


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return ORDERS / (time.perf_counter() - begun)


def _agree() -> None:
    """Three workshops, a designer and the platform; agreements of five terms over three products."""
    partners = {
        slug: Partner.objects.get_or_create(slug=slug, defaults={"name": slug, "kind": kind})[0]
        for slug, kind in (
            ("labeur", "producer"),
            ("compaan", "producer"),
            ("dienstenbedrijf-gent", "producer"),
            ("sep-verboom", "designer"),
            ("sociaal-gemaakt", "platform"),
        )
    }
    for partner in partners.values():
        TaxRegime.objects.get_or_create(
            partner=partner,
            valid_from=date(2025, 1, 1),
            defaults={"regime": "vat_liable", "vat_basis_points": 2_100},
        )
    for code, producer in zip(CODES, ("labeur", "compaan", "dienstenbedrijf-gent"), strict=True):
        agreement, made = Agreement.objects.get_or_create(
            product_code=code,
            version=1,
            defaults={"producer": partners[producer], "valid_from": date(2025, 1, 1)},
        )
        if made:
            figures = ((producer, 500, None), (producer, None, 6_000), ("sep-verboom", None, 2_500))
            for rank, (slug, amount, points) in enumerate((*figures, ("sociaal-gemaakt", None, 1_500)), start=1):
                Term.objects.create(
                    agreement=agreement,
                    rank=rank,
                    kind="fixed" if amount else "percent",
                    partner=partners[slug],
                    amount_minor=amount,
                    basis_points=points,
                )
            Agreement.objects.filter(pk=agreement.pk).update(bound_at=NOW)


def _orders() -> tuple[SaleorInMemory, list[str]]:
    """Paid checkouts with their routing plan, and the orders that Saleor made of them."""
    Payment.objects.all().delete()
    Plan.objects.all().delete()
    saleor = SaleorInMemory()
    planned = dict(Agreement.objects.values_list("product_code", "pk"))
    payments, plans = [], []
    for at in range(ORDERS + 1):
        items = [("SG-001", 1, 28_900), ("SG-003", 2, 53_000), ("SG-006", 1, 1_200)]
        order = saleor.put(paid_order(f"B{at}", items, checkout_id=f"checkout-{at}"))
        plans.append(Plan(checkout_id=order.checkout_id, assignments=planned, made_at=NOW))
        payments.append(
            Payment(
                idempotency_key=f"key-{at}",
                checkout_id=order.checkout_id,
                saleor_transaction_id=f"transaction-{at}",
                saleor_order_id=order.id,
                payment_intent_id=f"pi_{at}",
                amount_minor=order.total_gross_minor,
                currency="EUR",
                state=Payment.State.ORDERED,
                paid_at=NOW,
                created_at=NOW,
                expires_at=NOW,
            )
        )
    Plan.objects.bulk_create(plans)
    Payment.objects.bulk_create(payments)
    return saleor, list(saleor.orders)


def _route(saleor: SaleorInMemory, ids: list[str]) -> None:
    for saleor_id in ids:
        update_order(saleor_id, saleor.as_saleor(), now=NOW)


def _statements(saleor: SaleorInMemory, saleor_id: str) -> int:
    """SQL statements that one order takes, BEGIN and COMMIT left out."""
    seen: list[str] = []

    def count(execute: Callable[..., object], query: str, *rest: object) -> object:
        seen.append(query)
        return execute(query, *rest)

    with connection.execute_wrapper(count):
        update_order(saleor_id, saleor.as_saleor(), now=NOW)
    return len(seen)


def _rows() -> tuple[dict[str, str], list[Rows]]:
    """The INSERT of each table, and the rows of every order as they stand in the database."""
    inserts: dict[str, str] = {}
    by_order: dict[int, Rows] = {}
    with psycopg.connect(_dsn()) as link:
        for table, owner in TABLES.items():
            cursor = link.execute(f"SELECT {owner}, t.* FROM {table} t ORDER BY t.id")
            names = [column.name for column in cursor.description or ()][1:]
            columns = ", ".join(f'"{name}"' for name in names)
            inserts[table] = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(names))})"
            for owner_id, *row in cursor:
                values = tuple(Jsonb(value) if isinstance(value, dict | list) else value for value in row)
                by_order.setdefault(owner_id, {}).setdefault(table, []).append(values)
    return inserts, list(by_order.values())


def _insert(inserts: dict[str, str], orders: list[Rows]) -> None:
    with psycopg.connect(_dsn()) as link:
        for order in orders:
            with link.transaction(), link.cursor() as cursor:
                for table, rows in order.items():
                    cursor.executemany(inserts[table], rows)


def _clean() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, orders_refund, orders_refundline, inbox_openissue CASCADE")


def _dsn() -> str:
    return str(os.environ["DATABASE_URL"])


if __name__ == "__main__":
    sys.exit(main())
