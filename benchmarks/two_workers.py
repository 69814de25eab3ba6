"""What a second worker process adds where the neighbours answer at once: marked orders, worked off by one and by two.

Each process claims marks and acts on them as a worker does, on one PostgreSQL. Medians of three runs of each, in turn.
Two can do twice what one does only where there are processors for them and for PostgreSQL: so it is also said how much
of the processors was had. `python3 run.py bench two_workers`; exits 1 below what is promised, where there are at least
four processors.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Sequence
from unittest import mock

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from benchmarks.paid_orders import NOW, agree, clean, orders  # noqa: E402
from fulfilment.entrypoints import jobs  # noqa: E402
from fulfilment.inbox.marks import mark_found  # noqa: E402
from fulfilment.inbox.models import Mark  # noqa: E402
from fulfilment.production.models import Task  # noqa: E402
from tests.support.remote import SaleorInMemory  # noqa: E402

ORDERS, RUNS = 200, 3
PROMISED = 1.8
ENOUGH_PROCESSORS = 4


def main() -> int:
    call_command("migrate", verbosity=0)
    agree()
    rates: dict[int, list[float]] = {1: [], 2: []}
    had: dict[int, list[float]] = {1: [], 2: []}
    for _run in range(RUNS):
        for workers in rates:
            rate, processors = _timed(workers)
            rates[workers].append(rate)
            had[workers].append(processors)
    one, two = (statistics.median(rates[workers]) for workers in (1, 2))
    for workers, name in ((1, "one worker process: "), (2, "two worker processes:")):
        used = statistics.median(had[workers])
        print(
            f"{name} {statistics.median(rates[workers]):6.1f} orders a second, {used:.2f} processors for their Python"
        )
    print(f"ratio {two / one:.2f} (promised {PROMISED}); {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    return 0 if two / one >= PROMISED or (os.cpu_count() or 1) < ENOUGH_PROCESSORS else 1


def _timed(workers: int) -> tuple[float, float]:
    """Orders a second, and the processors that the worker processes had meanwhile."""
    saleor, ids = orders(ORDERS)
    Mark.objects.all().delete()
    mark_found(Mark.Kind.ORDER, ids, NOW)
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    begun, before = time.perf_counter(), os.times()
    processes = [fork.Process(target=_work, args=(saleor, ids[at::workers] + ids)) for at in range(workers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    seconds, after = time.perf_counter() - begun, os.times()
    assert Task.objects.values("order").distinct().count() == ORDERS
    clean()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return ORDERS / seconds, used / seconds


def _work(saleor: SaleorInMemory, ids: Sequence[str]) -> None:
    """Its own share first, then whatever another left: a claim decides."""
    with mock.patch.object(jobs, "connected", saleor.as_saleor), mock.patch.object(jobs, "soon"):
        for order_id in ids:
            jobs.process(Mark.Kind.ORDER, order_id, NOW)


if __name__ == "__main__":
    sys.exit(main())
