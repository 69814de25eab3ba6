"""The same with SIGKILL: a whole demo, whose workers are killed while orders go through it."""

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from demo import smoke
from demo.browser import Browser
from launcher.state import temporary_state
from tests.e2e.conftest import Demo, descendants, eventually, running

pytestmark = pytest.mark.everything

SEED = 8
ORDERS = 2
BETWEEN = 0.3
"""Seconds from one SIGKILL to the next."""
REPAIR_SECONDS = 300.0
"""The lease of who died, the sweep after it, and a machine that does other things too."""
SLUGS = [slug for _product, _name, slug in smoke.BASKET]


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[Demo]:
    """A fresh demo, which the people of the smoke run know, and wait for."""
    state = temporary_state()
    with running(state) as started:
        monkeypatch.setattr(smoke, "SHOP", started.shop)
        monkeypatch.setattr(smoke, "FULFILMENT", started.fulfilment)
        monkeypatch.setattr(smoke, "PATIENCE_SECONDS", REPAIR_SECONDS)
        yield started
    state.discard()


def test_workers_that_are_killed_lose_nothing_and_do_nothing_twice(demo: Demo) -> None:
    people = smoke.people()
    expected = brought_home(demo, people)
    killed: list[int] = []
    with killing_workers(killed):
        found = [brought_home(demo, people) for _ in range(ORDERS)]
    assert found == [expected] * ORDERS
    assert len(killed) > ORDERS
    quiet = eventually("rest", lambda: at_rest(demo), REPAIR_SECONDS)
    assert quiet["parcels_reported"] == (ORDERS + 1) * len(SLUGS)
    assert demo.manage("books")["balanced"]


def brought_home(demo: Demo, people: dict[str, Any]) -> dict[str, int]:
    """An order is bought, made and delivered; what everybody earns with it."""
    customer = Browser()
    number = smoke.order_number(customer.get(smoke.buy(customer)))
    customer.close()
    for slug in SLUGS:
        smoke.make_and_ship(people, slug)
    shares: dict[str, int] = demo.manage("books", "--order", number)["shares"]
    return shares


def at_rest(demo: Demo) -> dict[str, Any] | None:
    """What is pending, once nothing is."""
    found: dict[str, Any] = demo.manage("pending")
    return None if found["parcels_unreported"] or found["exceptions"] else found


@contextmanager
def killing_workers(killed: list[int]) -> Iterator[None]:
    """One of the worker's processes after another dies, in the middle of whatever it does."""
    over, chance = Event(), random.Random(SEED)

    def kill() -> None:
        while not over.wait(BETWEEN * 2 * chance.random()):
            if alive := list(workers()):
                victim = chance.choice(alive)
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)

    killer = Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()


def workers() -> Iterator[int]:
    """The processes that do the jobs: children of the worker that we started, and that starts others for those."""
    for pid in descendants(os.getpid()):
        if is_worker(pid) and is_worker(parent_of(pid)):
            yield pid


def is_worker(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return False
    return "celery" in words and "worker" in words


def parent_of(pid: int) -> int:
    """0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
