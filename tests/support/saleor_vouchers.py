"""Vouchers of a test, in the stand-in or in a real Saleor, each written as in the catalogue file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
from tests.support.saleor_bench import CATALOGUE, CHANNEL, SaleorBench

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
