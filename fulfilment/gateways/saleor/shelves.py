"""The shelves of an order's lines in Saleor: what is there, and what of it is set aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class LineShelves:
    """What stands on the shelves for an order line: by warehouse (external reference), how many pieces are there, how
    many of them are set aside for any order, and how many for this line."""

    line_id: str
    variant_id: str
    is_tracked: bool
    there: Mapping[str, int]
    taken: Mapping[str, int]
    set_aside: Mapping[str, int]


@dataclass(frozen=True)
class OrderShelves:
    """The shelves of an order's lines, and the fulfilments that stand: (id, tracking number, id of the warehouse)."""

    lines: tuple[LineShelves, ...]
    standing: tuple[tuple[str, str, str], ...]


def read_order_shelves(node: Mapping[str, Any]) -> OrderShelves:
    """The shelves out of `order_shelves.graphql`; a line whose variant is gone has none."""
    return OrderShelves(
        lines=tuple(_line_shelves(line) for line in node["lines"] if line["variant"]),
        standing=tuple(
            (found["id"], found["trackingNumber"], (found["warehouse"] or {}).get("id") or "")
            for found in node["fulfillments"]
            if found["status"] == "FULFILLED"
        ),
    )


def _line_shelves(line: Mapping[str, Any]) -> LineShelves:
    variant = line["variant"]
    stocks = {found["warehouse"]["externalReference"] or "": found for found in variant["stocks"] or []}
    return LineShelves(
        line_id=line["id"],
        variant_id=variant["id"],
        is_tracked=variant["trackInventory"],
        there={slug: found["quantity"] for slug, found in stocks.items()},
        taken={slug: found["quantityAllocated"] for slug, found in stocks.items()},
        set_aside={
            found["warehouse"]["externalReference"] or "": found["quantity"]
            for found in line["allocations"] or []
            if found["quantity"]
        },
    )
