"""Vouchers of a test, in the stand-in or in a real Saleor, each written as in the catalogue file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

from catalogue.entries import Entry
from catalogue.file import read_catalogue
from catalogue.values import Voucher
from catalogue.vouchers import read_voucher
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.saleor_setup.setup import Setup
from fulfilment.saleor_setup.vouchers import set_up_vouchers
from tests.support.saleor_bench import CATALOGUE, CHANNEL, PlacedOrder, SaleorBench

ADD = """mutation($id: ID!, $code: String!) { checkoutAddPromoCode(id: $id, promoCode: $code) {
  checkout { id } errors { field code message } } }"""
REMOVE = """mutation($id: ID!, $code: String) { checkoutRemovePromoCode(id: $id, promoCode: $code) {
  checkout { id } errors { field code message } } }"""
UPDATE = """mutation($id: ID!, $l: [CheckoutLineUpdateInput!]!) {
  checkoutLinesUpdate(id: $id, lines: $l) { errors { field code } } }"""
EMAIL = "mutation($id: ID!, $e: String!) { checkoutEmailUpdate(id: $id, email: $e) { errors { code } } }"
READ = """query($id: ID!) { checkout(id: $id) {
  voucherCode discount { amount } discountName translatedDiscountName chargeStatus
  subtotalPrice { gross { amount } } shippingPrice { gross { amount } net { amount } }
  totalPrice { gross { amount } net { amount } }
  problems { __typename }
  lines { id quantity undiscountedTotalPrice { amount } unitPrice { gross { amount } net { amount } }
    totalPrice { gross { amount } net { amount } } variant { sku } } } }"""
ORDER = """voucherCode voucher { name type metafield(key: "funded_by") }
  channel { taxConfiguration { pricesEnteredWithTax } }
  discounts { type name translatedName valueType value total { amount } }
  undiscountedShippingPrice { amount } shippingPrice { gross { amount } net { amount } }
  total { gross { amount } net { amount } }
  lines { productSku quantity unitPrice { gross { amount } } undiscountedUnitPrice { gross { amount } net { amount } }
    totalPrice { gross { amount } net { amount } } undiscountedTotalPrice { gross { amount } net { amount } }
    discounts { type name total { amount } } }"""

LINES = (("SG-001", 1), ("SG-004", 3), ("SG-006", 1))
"""€ 289, 3 × € 98 and € 12: € 595."""

CENT = Decimal("0.01")
IDS = """query($channel: String!) { channels { id slug }
  products(first: 50, channel: $channel) { edges { node { id externalReference } } }
  collections(first: 50, channel: $channel) { edges { node { id slug } } } }"""


@contextmanager
def voucher(bench: SaleorBench, **table: Any) -> Iterator[Voucher]:
    """A voucher with a code that nobody else has; it is gone afterwards."""
    code = f"T-{uuid4().hex[:10]}"
    made = read_voucher(Entry("[[voucher]]", {"codes": [code], "name": f"Proef {code}", **table}), CHANNEL)
    if bench.sandbox is not None:
        known = bench.sandbox.core.catalogue.vouchers
        known |= dict.fromkeys(made.codes, made)
        yield made
        for code in made.codes:
            del known[code]
        return
    client = SaleorClient(bench.api_url, bench.staff_token)
    try:
        key = _make(bench, client, made)
        yield made
        bench.staff.ask("mutation($id: ID!) { voucherDelete(id: $id) { errors { code } } }", id=key)
    finally:
        client.close()


def end(bench: SaleorBench, made: Voucher) -> None:
    """The voucher's time is over, a year ago."""
    over = datetime.now(UTC) - timedelta(days=365)
    if bench.sandbox is not None:
        ended = replace(made, valid_from=over - timedelta(days=1), valid_until=over)
        bench.sandbox.core.catalogue.vouchers.update(dict.fromkeys(made.codes, ended))
        return
    listed = bench.staff.ask(
        "query($code: String!) { vouchers(first: 1, filter: { search: $code }) { edges { node { id } } } }",
        code=made.key,
    )
    done = bench.staff.ask(
        "mutation($id: ID!, $i: VoucherInput!) { voucherUpdate(id: $id, input: $i) { errors { field code } } }",
        id=listed["vouchers"]["edges"][0]["node"]["id"],
        i={"startDate": (over - timedelta(days=1)).isoformat(), "endDate": over.isoformat()},
    )
    assert done["voucherUpdate"]["errors"] == []


def _make(bench: SaleorBench, client: SaleorClient, made: Voucher) -> str:
    """Made by the set-up itself, in which only the ids of what is there already are filled in; its id."""
    file = replace(read_catalogue(CATALOGUE), vouchers=(made,))
    setup = Setup(client, file, Path(), "", apply=True, tell=lambda change: None)
    found = bench.staff.ask(IDS, channel=CHANNEL)
    setup.ids |= {("channel", channel["slug"]): channel["id"] for channel in found["channels"]}
    for kind, name in (("product", "externalReference"), ("collection", "slug")):
        nodes = [edge["node"] for edge in found[f"{kind}s"]["edges"]]
        setup.ids |= {(kind, node[name]): node["id"] for node in nodes}
    set_up_vouchers(setup)
    return setup.ids["voucher", made.key]


def basket(saleor: SaleorBench, *items: tuple[str, int], ready: bool = True) -> str:
    """A checkout of these SKUs, of which there are pieces enough."""
    found = {variant["sku"]: variant for tracked in (True, False) for variant in saleor.variants(tracked=tracked)}
    for sku, quantity in items:
        if found[sku]["trackInventory"] and found[sku]["quantityAvailable"] < quantity:
            saleor.restock(found[sku])
    return saleor.checkout([(found[sku]["id"], quantity) for sku, quantity in items], ready=ready)


def give(saleor: SaleorBench, checkout: str, code: str) -> list[tuple[str, str]]:
    """Give a code; what is wrong with it, as (field, code)."""
    answer = saleor.ask(ADD, id=checkout, code=code)["checkoutAddPromoCode"]
    assert (answer["checkout"] is None) is bool(answer["errors"])
    return [(error["field"], error["code"]) for error in answer["errors"]]


def take_back(saleor: SaleorBench, checkout: str, code: str | None) -> list[tuple[str | None, str]]:
    answer = saleor.ask(REMOVE, id=checkout, code=code)["checkoutRemovePromoCode"]
    return [(error["field"], error["code"]) for error in answer["errors"]]


def read(saleor: SaleorBench, checkout: str) -> dict[str, Any]:
    found: dict[str, Any] = saleor.ask(READ, id=checkout)["checkout"]
    return found


def gross(found: dict[str, Any]) -> list[Decimal]:
    """What each line comes to."""
    return [line["totalPrice"]["gross"]["amount"] for line in found["lines"]]


def amounts(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def of_tax(price: dict[str, Any]) -> bool:
    """Whether the net part is the gross without 21 %, rounded by itself."""
    gross: Decimal = price["gross"]["amount"]
    return bool(price["net"]["amount"] == (gross / Decimal("1.21")).quantize(CENT))


def ordered(saleor: SaleorBench, checkout: str) -> PlacedOrder:
    transaction = saleor.pay(checkout)
    done = saleor.complete(checkout)
    assert done["errors"] == [], done
    return PlacedOrder(saleor, done["order"]["id"], checkout, transaction)
