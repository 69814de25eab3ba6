"""What a page of the shop costs: home, a product, the makers and one of them, from the keep and with nothing kept.

From the keep beside a bare view of Django on the same server, in turns: four visitors at once, one worker. It is the
processor's time of an answer that counts, and decides how many a worker gives in a second, whoever else uses this
machine. With nothing kept beside Saleor's own answers to what the page asks it, in turns too.

`python3 run.py bench storefront`, on the sandbox, or on a real Saleor that holds the demo's collection
(`SALEOR_API_URL`); exits 1 below what is promised. Its last line is one JSON object. Beside the sandbox, which answers
from memory in a fiftieth of Saleor's time, a page with nothing kept is measured, and nothing is promised of it.
"""

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, astuple, dataclass
from math import inf
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.collection_file import DEMO
from benchmarks.storefront_servers import ROOT, Server, fulfilment, megabytes, sandbox, server
from benchmarks.storefront_visitors import AT_ONCE

PAGES = ("/nl/", "/nl/product/koord/", "/nl/makers/", "/nl/makers/labeur/")
OF_BARE = 0.6
"""Answers from the keep, of those of the bare view in the same time of the processor: at least."""
OF_SALEOR = 1.3
"""Time of a page with nothing kept, of the time that Saleor takes for what it is asked: at most."""
MOST_MEGABYTES = 120


@dataclass(frozen=True)
class Kept:
    """A page from the keep: answers for each one of the bare view in the same time of the processor, microseconds of
    that for one; answers a second, and for each one of the bare view; milliseconds."""

    ratio: float
    processor: float
    per_second: float
    per_second_ratio: float
    p50: float
    p99: float


@dataclass(frozen=True)
class Unkept:
    """A page with nothing kept: of Saleor's own time, milliseconds, and how often Saleor is asked."""

    ratio: float
    p50: float
    p99: float
    saleor_p50: float
    round_trips: int


def main(arguments: Sequence[str]) -> int:
    """Measure and print; the exit code."""
    options, is_sandbox = _options(arguments), _is_sandbox()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ |= {"DJANGO_SETTINGS_MODULE": "shop.settings", "SHOP_STATIC_ROOT": str(folder / "static")}
        os.environ.pop("DEMO", None)  # as in production: it would look for each static file anew
        os.environ["LOG_FORMAT"] = "json"
        os.environ["FULFILMENT_URL"] = stack.enter_context(fulfilment())
        if is_sandbox:
            os.environ["SALEOR_API_URL"] = stack.enter_context(sandbox(folder, DEMO))
        subprocess.run([sys.executable, "-m", "django", "collectstatic", "--no-input", "-v", "0"], check=True, cwd=ROOT)
        shop, shop_id = stack.enter_context(server("shop.wsgi:application", options.threads, os.environ, "healthz"))
        bare, bare_id = stack.enter_context(server("benchmarks.bare:application", options.threads, os.environ, "bare/"))
        unkept = {path: _unkept(path, options.times) for path in PAGES}
        kept = _kept(Server(shop, shop_id), Server(bare, bare_id), options)
        memory = megabytes(shop_id)
    return _told(kept, unkept, memory, options.threads, is_sandbox=is_sandbox)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py bench storefront", description=__doc__)
    parser.add_argument("--threads", type=int, default=2, help="threads of the one worker")
    parser.add_argument("--rounds", type=int, default=5, help="turns of the bare view and each page")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each of them is asked in a turn")
    parser.add_argument("--times", type=int, default=20, help="how often a page is made with nothing kept")
    return parser.parse_args(arguments)


def _is_sandbox() -> bool:
    return os.environ.get("SALEOR_API_URL", "http://127.0.0.1:9/").startswith("http://127.0.0.1:9/")


def _kept(shop: Server, bare: Server, options: argparse.Namespace) -> dict[str, Kept]:
    """Each page in turn with the bare view, so that both have the same of the machine."""
    found: dict[str, list[Kept]] = {path: [] for path in PAGES}
    for path in PAGES:
        shop.asked(path, 0.2)
    for _round in range(options.rounds):
        for path in PAGES:
            at_best, least = bare.asked("/bare/", options.seconds)
            one, took = shop.asked(path, options.seconds)
            beside = one.per_second / at_best.per_second
            found[path].append(Kept(least / took, took * 1e6, one.per_second, beside, one.p50, one.p99))
    return {path: _middle(turns) for path, turns in found.items()}


def _middle(turns: list[Kept]) -> Kept:
    """The median of each figure."""
    return Kept(*(statistics.median(values) for values in zip(*map(astuple, turns), strict=True)))


def _unkept(path: str, times: int) -> Unkept:
    """A page that is made when nothing is kept, in turn with what it asks of Saleor, asked by itself."""
    import django

    django.setup()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from django.conf import settings
    from django.core.cache import cache
    from django.test import Client

    from shop import generation
    from shop.pages import middleware
    from shop.saleor import catalogue
    from shop.saleor.client import Saleor

    settings.ALLOWED_HOSTS = ["*"]
    read = Saleor.read
    asked: list[tuple[str, dict[str, Any]]] = []

    def noted(self: Saleor, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
        asked.append((operation, variables))
        return read(self, operation, variables)

    pages, theirs = [], []
    client = Client()
    for _time in range(times + 1):
        middleware.forget()
        catalogue.PRODUCTS.forget()
        generation.forget()
        cache.clear()
        asked.clear()
        with mock.patch.object(Saleor, "read", noted):
            pages.append(_milliseconds(lambda: _is_there(client.get(path).status_code)))
        theirs.append(_milliseconds(lambda: [read(Saleor("", "NL"), *one) for one in asked]))
    pages, theirs = sorted(pages[1:]), sorted(theirs[1:])  # the first ones load what they need
    half, most = statistics.median(pages), pages[int(len(pages) * 0.99) - 1]
    return Unkept(half / statistics.median(theirs), half, most, statistics.median(theirs), len(asked))


def _is_there(status: int) -> None:
    if status != 200:
        raise SystemExit(f"a page answered {status}")


def _milliseconds(done: Any) -> float:
    began = time.perf_counter()
    done()
    return (time.perf_counter() - began) * 1000


def _told(kept: dict[str, Kept], unkept: dict[str, Unkept], megabytes: float, threads: int, *, is_sandbox: bool) -> int:
    print(f"{threads} threads, {AT_ONCE} visitors at once, load {os.getloadavg()[0]:.1f}\n")
    head = "kept: of bare   CPU µs  a second  p50 ms  p99 ms | unkept: of Saleor  p50 ms  p99 ms  asked"
    print(f"{'page':<24}{head}")
    for path in PAGES:
        one, other = kept[path], unkept[path]
        print(
            f"{path:<24}{one.ratio:>13.2f}{one.processor:>9.0f}{one.per_second:>10.0f}{one.p50:>8.2f}{one.p99:>8.2f} |"
            f"{other.ratio:>18.2f}{other.p50:>8.1f}{other.p99:>8.1f}{other.round_trips:>7}"
        )
    print(f"\nmemory of the worker: {megabytes:.0f} MB")
    most = inf if is_sandbox else OF_SALEOR
    below = [path for path in PAGES if kept[path].ratio < OF_BARE or unkept[path].ratio > most]
    keeps = not below and megabytes <= MOST_MEGABYTES
    if not keeps:
        print(f"promised: {OF_BARE} of bare, {OF_SALEOR} x Saleor, {MOST_MEGABYTES} MB; not kept: {below or 'memory'}")
    pages = {path: {"kept": asdict(kept[path]), "unkept": asdict(unkept[path])} for path in PAGES}
    print(json.dumps({"keeps": keeps, "megabytes": megabytes, "threads": threads, "pages": pages}))
    return 0 if keeps else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
