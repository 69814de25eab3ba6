"""What a second worker process adds where the neighbours answer at once: marked orders, worked off by one and by two.

Each process claims marks and acts on them as a worker does, on one PostgreSQL. Medians of five runs of each, in turn.
A machine on which others work too gives two processes no more than it has left, and the clock then says nothing about
them. So it is measured what would keep a second process from adding as much as the first does: that an order costs
more of a processor (its own and PostgreSQL's for it; Linux counts it) when two work, and that PostgreSQL waits longer
for it: for a lock that the other has, for its log, for the disk. `python3 run.py bench two_workers`; exits 1 below
what is promised.
"""

import multiprocessing
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from benchmarks.paid_orders import NOW, agree, clean, log_to_nobody, orders  # noqa: E402
from fulfilment.entrypoints import jobs  # noqa: E402
from fulfilment.inbox.marks import mark_found  # noqa: E402
from fulfilment.inbox.models import Mark  # noqa: E402
from fulfilment.production.models import Task  # noqa: E402
from tests.support.remote import SaleorInMemory  # noqa: E402

ORDERS, RUNS = 100, 5
"""Orders of each process, and runs."""
FIRST = 10
"""Orders that each process does before its time counts: what is done once is done then."""
PROMISED = 1.8
LOOK_EVERY = 0.02
"""Seconds between two looks at what PostgreSQL's processes wait for."""

Waits = Counter[str]
"""How often a process of PostgreSQL was seen waiting, by what for; `looks` at all."""


@dataclass(frozen=True)
class Spent:
    """What one worker process did: seconds by the clock, and of a processor, PostgreSQL's for it among them."""

    orders: int
    seconds: float
    ran: float


@dataclass(frozen=True)
class Run:
    """One run: its processes, and what those of PostgreSQL waited for."""

    spent: Sequence[Spent]
    waits: Waits

    @property
    def by_the_clock(self) -> float:
        """Orders a second."""
        return sum(one.orders for one in self.spent) / max(one.seconds for one in self.spent)

    @property
    def cost(self) -> float:
        """Milliseconds of a processor for one order."""
        return 1_000 * sum(one.ran for one in self.spent) / sum(one.orders for one in self.spent)

    @property
    def processors(self) -> float:
        """How many processors they had."""
        return sum(one.ran for one in self.spent) / max(one.seconds for one in self.spent)


def main() -> int:
    call_command("migrate", verbosity=0)
    log_to_nobody()
    agree()
    runs: dict[int, list[Run]] = {1: [], 2: []}
    for _run in range(RUNS):
        for workers, found in runs.items():
            found.append(_timed(workers))
    (one_cost, one_waits), (two_cost, two_waits) = (_show(workers, found) for workers, found in runs.items())
    ratio = 2 * one_cost / two_cost * (1 - two_waits) / (1 - one_waits)
    print(f"ratio {ratio:.2f} where there are processors for both (promised {PROMISED})")
    one, two = (statistics.median(run.by_the_clock for run in found) for found in runs.values())
    print(f"by the clock {two / one:.2f}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    return 0 if ratio >= PROMISED else 1


def _show(workers: int, runs: Sequence[Run]) -> tuple[float, float]:
    """What an order costs, in milliseconds of a processor, and the part of the time in which PostgreSQL waited."""
    cost, clock, had = (
        float(statistics.median(getattr(run, name) for run in runs)) for name in ("cost", "by_the_clock", "processors")
    )
    waits = sum((run.waits for run in runs), Counter[str]())
    looks = waits.pop("looks")
    named = ", ".join(f"{name} {100 * count / looks:.1f} %" for name, count in waits.most_common(4))
    print(f"{workers} at work: {cost:.1f} ms of a processor an order; PostgreSQL waited for {named or 'nothing'};")
    print(f"  by the clock {clock:.1f} orders a second, with {had:.2f} processors")
    return cost, waits.total() / looks


def _timed(workers: int) -> Run:
    """Work off as many orders for each of so many processes."""
    saleor, ids = orders(workers * ORDERS)
    Mark.objects.all().delete()
    mark_found(Mark.Kind.ORDER, ids, NOW)
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    told, together = fork.SimpleQueue(), fork.Barrier(workers + 1)
    processes = [fork.Process(target=_work, args=(saleor, ids[at::workers], told, together)) for at in range(workers)]
    for process in processes:
        process.start()
    backends = [told.get() for _process in processes]
    together.wait()
    waits = _watched(processes, backends)
    spent = [told.get() for _process in processes]
    for process in processes:
        process.join()
    assert Task.objects.values("order").distinct().count() == len(ids)
    clean()
    return Run(spent, waits)


def _work(saleor: SaleorInMemory, ids: Sequence[str], told: Any, together: Any) -> None:
    """Its own share; a claim of each decides, as ever."""
    with mock.patch.object(jobs, "connected", saleor.as_saleor), mock.patch.object(jobs, "soon"):
        for order_id in ids[:FIRST]:
            jobs.process(Mark.Kind.ORDER, order_id, NOW)
        backend = _backend()
        told.put(backend)
        together.wait()
        begun, before = time.perf_counter(), _ran(backend)
        for order_id in ids[FIRST:]:
            jobs.process(Mark.Kind.ORDER, order_id, NOW)
        seconds, ran = time.perf_counter() - begun, _ran(backend) - before
    told.put(Spent(len(ids) - FIRST, seconds, ran))


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    return int(pid)


def _ran(backend: int) -> float:
    """Seconds of a processor that this process and that one of PostgreSQL had."""
    nanoseconds = (Path(f"/proc/{pid}/schedstat").read_text().split()[0] for pid in (os.getpid(), backend))
    return sum(map(int, nanoseconds)) / 1e9


def _watched(processes: Sequence[Any], backends: Sequence[int]) -> Waits:
    """Look at PostgreSQL's processes as long as anybody works."""
    waits: Waits = Counter()
    with connection.cursor() as cursor:
        while any(process.is_alive() for process in processes):
            cursor.execute(
                "SELECT wait_event_type || ' ' || wait_event FROM pg_stat_activity "
                "WHERE pid = ANY(%s) AND state = 'active' AND wait_event IS NOT NULL",
                [list(backends)],
            )
            waits.update(name for (name,) in cursor.fetchall())
            waits["looks"] += len(backends)
            time.sleep(LOOK_EVERY)
    return waits


if __name__ == "__main__":
    sys.exit(main())
