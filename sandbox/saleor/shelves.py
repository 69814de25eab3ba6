"""What stands on the shelves: pieces of a variant in each warehouse, and filling them."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from catalogue.values import Warehouse
from sandbox.common.store import Transaction
from sandbox.saleor.auth import require, require_staff_or_app
from sandbox.saleor.catalogue import available, empty_shelf
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.ids import global_id
from sandbox.saleor.products import variant_node, warehouse_node
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()


@resolvers.field("ProductVariant.stocks")
def variant_stocks(root: Node, info: GraphQLResolveInfo) -> list[Node]:
    require_staff_or_app(info)
    core = core_of(info)
    warehouses = core.catalogue.file.warehouses
    with core.store.read() as reader:
        found = reader.find("stock", {"sku": root["sku"]})
    return [
        {
            "__typename": "Stock",
            "id": global_id("Stock", f"{one['sku']}@{one['warehouse']}"),
            "warehouse": warehouse_node(core, warehouses[one["warehouse"]]),
            "quantity": one["quantity"],
            "quantityAllocated": one["allocated"],
        }
        for one in found
        if one["warehouse"] in warehouses
    ]


@resolvers.field("Mutation.productVariantStocksCreate")
def stocks_create(_root: object, info: GraphQLResolveInfo, variantId: str, stocks: Sequence[Mapping[str, Any]]) -> Node:
    return _fill(info, variantId, stocks, may_exist=False)


@resolvers.field("Mutation.productVariantStocksUpdate")
def stocks_update(
    _root: object, info: GraphQLResolveInfo, stocks: Sequence[Mapping[str, Any]], variantId: str | None = None
) -> Node:
    return _fill(info, variantId, stocks, may_exist=True)


def _fill(
    info: GraphQLResolveInfo, variant_id: str | None, stocks: Sequence[Mapping[str, Any]], *, may_exist: bool
) -> Node:
    """All shelves or none, as in Saleor."""
    require(info, "MANAGE_PRODUCTS")
    core = core_of(info)
    found = core.catalogue.variant_by_id(variant_id)
    if found is None:
        wrong = problem("NOT_FOUND", f"Couldn't resolve to a node: {variant_id}", "variantId")
        return {"productVariant": None, "errors": [{**wrong, "index": None}]}
    with core.store.write() as tx:
        errors = [*_faults(core, tx, found[1].sku, stocks, may_exist=may_exist)]
        if not errors:
            before = available(tx, found[1])
            for given in stocks:
                warehouse = core.catalogue.warehouse_by_id(given["warehouse"])
                assert warehouse is not None
                key = f"{found[1].sku}@{warehouse.reference}"
                stock = tx.get("stock", key) or empty_shelf(found[1].sku, warehouse.reference)
                tx.put("stock", key, {**stock, "quantity": given["quantity"]})
                emit(core, tx, "PRODUCT_VARIANT_STOCK_UPDATED")
            if bool(before) != bool(now := available(tx, found[1])):
                emit(core, tx, "PRODUCT_VARIANT_BACK_IN_STOCK" if now else "PRODUCT_VARIANT_OUT_OF_STOCK")
    return {"productVariant": None if errors else variant_node(core, *found, None), "errors": errors}


def _faults(
    core: Core, tx: Transaction, sku: str, stocks: Sequence[Mapping[str, Any]], *, may_exist: bool
) -> list[Node]:
    errors = []
    for index, given in enumerate(stocks):
        warehouse = core.catalogue.warehouse_by_id(given["warehouse"])
        if warehouse is None:
            wrong = problem("NOT_FOUND", f"Couldn't resolve to a node: {given['warehouse']}", "warehouse")
        elif not may_exist and tx.get("stock", f"{sku}@{warehouse.reference}") is not None:
            wrong = problem("UNIQUE", "Stock for this warehouse already exists for this product variant.", "warehouse")
        else:
            continue
        errors.append({**wrong, "index": index})
    return errors


@resolvers.field("Warehouse.metafield")
def warehouse_metafield(root: Node, info: GraphQLResolveInfo, key: str) -> str | None:
    """What the set-up of a real Saleor writes there: when customers may come, by language."""
    name, _underscore, language = key.partition("_")
    found: Warehouse = root["_warehouse"]
    return found.hours.get(language or "nl") if name == "hours" else None
