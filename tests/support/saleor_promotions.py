"""Promotions of a test, in the stand-in or in a real Saleor, each written as in the catalogue file and made by the
set-up itself."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalogue.entries import Entry
from catalogue.file import read_catalogue
from catalogue.promotions import read_promotion
from catalogue.values import Promotion
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.saleor_setup.promotions import set_up_promotions
from fulfilment.saleor_setup.setup import Change, Setup
from tests.support.saleor_bench import CATALOGUE, CHANNEL, SaleorBench
from tests.support.stripe_sandbox import until

SECONDS = 180
"""How long a real Saleor may take until its prices follow: it counts them anew every half minute, in two rounds."""

IDS = """query($c: String!) { channels { id slug }
  products(first: 50, channel: $c) { edges { node { id externalReference collections { id slug } } } } }"""
PRICES = """query($c: String!) { products(first: 50, channel: $c) { edges { node { externalReference
  pricing { onSale discount { gross { amount } } priceRange { start { gross { amount } } }
    priceRangeUndiscounted { start { gross { amount } } } }
  variants { id sku pricing { onSale price { gross { amount } net { amount } }
    priceUndiscounted { gross { amount } net { amount } } discount { gross { amount } net { amount } } } } } } } }"""


def promotion(slug: str, **table: Any) -> Promotion:
    """As an entry of the file: since the beginning of 2026, where nothing else is said."""
    given = {"slug": slug, "name": f"Proef {slug}", "from": date(2026, 1, 1), **table}
    return read_promotion(Entry(f"[[promotion]] {slug}", given), CHANNEL)


def set_up(bench: SaleorBench, promotions: Sequence[Promotion]) -> tuple[dict[str, str], list[Change]]:
    """Bring them to Saleor: their ids by slug, and what had to be changed."""
    client, told = SaleorClient(bench.api_url, bench.staff_token), list[Change]()
    try:
        file = replace(read_catalogue(CATALOGUE), promotions=tuple(promotions))
        setup = Setup(client, file, Path(), "", apply=True, tell=told.append)
        found = bench.staff.ask(IDS, c=CHANNEL)
        # The channels that a test does not need are not looked for: the stand-in has one.
        setup.ids |= {("channel", channel.slug): "" for channel in file.channels}
        setup.ids |= {("channel", channel["slug"]): channel["id"] for channel in found["channels"]}
        for product in (edge["node"] for edge in found["products"]["edges"]):
            setup.ids["product", product["externalReference"]] = product["id"]
            setup.ids |= {("collection", one["slug"]): one["id"] for one in product["collections"]}
        set_up_promotions(setup)
        return {one.slug: setup.ids["promotion", one.slug] for one in promotions}, told
    finally:
        client.close()


def delete(bench: SaleorBench, promotion_id: str) -> None:
    bench.staff.ask("mutation($id: ID!) { promotionDelete(id: $id) { errors { code } } }", id=promotion_id)


def now(bench: SaleorBench) -> float:
    """Unix time as this Saleor has it."""
    return bench.sandbox.core.clock() if bench.sandbox is not None else time.time()


def pricing(bench: SaleorBench) -> dict[str, dict[str, Any]]:
    """What each variant costs, by its SKU, and each product, by its code with a star."""
    found = {}
    for edge in bench.ask(PRICES, c=CHANNEL)["products"]["edges"]:
        found[f"*{edge['node']['externalReference']}"] = edge["node"]["pricing"]
        found |= {variant["sku"]: variant["pricing"] for variant in edge["node"]["variants"]}
    return found


def until_they_cost(bench: SaleorBench, prices: Mapping[str, str]) -> None:
    """Wait until these variants cost so much."""

    def follow() -> bool:
        now = pricing(bench)
        there = all(now[sku]["price"]["gross"]["amount"] == Decimal(price) for sku, price in prices.items())
        if not there and bench.sandbox is None:
            time.sleep(1)
        return there

    until(follow, seconds=SECONDS if bench.sandbox is None else 8)
