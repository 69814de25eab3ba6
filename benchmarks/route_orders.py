"""How many paid orders a second are accepted, routed and booked by one worker, Saleor answering from memory.

Held against a baseline in the same run: the very rows that we wrote, inserted with psycopg, one transaction an order.
Medians of five runs of each, in turn. `python3 run.py bench route_orders`; exits 1 below what is promised.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
django.setup()

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from psycopg.types.json import Jsonb  # noqa: E402

from benchmarks.paid_orders import NOW, TABLES, agree, clean, log_to_nobody, orders  # noqa: E402
from fulfilment.flows.update_order import update_order  # noqa: E402
from tests.support.remote import SaleorInMemory  # noqa: E402

ORDERS = 200
RUNS = 5
PROMISED_RATIO = 0.45
PROMISED_STATEMENTS = 15

Rows = dict[str, list[tuple[object, ...]]]
"""The rows of one order, by table."""


def main() -> int:
    call_command("migrate", verbosity=0)
    log_to_nobody()
    agree()
    ours: list[float] = []
    baseline: list[float] = []
    statements = 0
    for _run in range(RUNS):
        saleor, ids = orders(ORDERS + 1)
        statements = _statements(saleor, ids.pop())
        clean()
        ours.append(_timed(partial(_route, saleor, ids)))
        inserts, rows = _rows()
        assert len(rows) == ORDERS
        clean()
        baseline.append(_timed(partial(_insert, inserts, rows)))
        clean()
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


def _dsn() -> str:
    return str(os.environ["DATABASE_URL"])


if __name__ == "__main__":
    sys.exit(main())
