"""Metadata: public to everybody, private to staff and apps. Document `metadata`, by global id."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.common.store import Transaction
from sandbox.saleor.auth import require
from sandbox.saleor.core import Node, Resolvers, core_of, problem
from sandbox.saleor.ids import split_id
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()

_MAY_WRITE: Mapping[str, str | None] = {
    "Product": "MANAGE_PRODUCTS",
    "Order": "MANAGE_ORDERS",
    "Checkout": None,
    "Promotion": "MANAGE_DISCOUNTS",
}
"""Who may write what everybody reads of a type; None: whoever knows its id."""

_MAY_READ = {**_MAY_WRITE, "Checkout": "MANAGE_CHECKOUTS"}
"""Who may read and write what is private."""


def _stored(info: GraphQLResolveInfo, global_id: str) -> Mapping[str, dict[str, str]]:
    return core_of(info).store.get("metadata", global_id) or {"public": {}, "private": {}}


def _readers(type_name: str, part: str, prefix: str) -> None:
    """The three fields that show the public or the private metadata of a type."""

    def values(root: Node, info: GraphQLResolveInfo) -> dict[str, str]:
        if part == "private":
            require(info, _MAY_READ[type_name] or "")
        return _stored(info, root["id"])[part]

    def items(root: Node, info: GraphQLResolveInfo) -> list[Node]:
        return [{"key": key, "value": value} for key, value in values(root, info).items()]

    def one(root: Node, info: GraphQLResolveInfo, key: str) -> str | None:
        return values(root, info).get(key)

    def several(root: Node, info: GraphQLResolveInfo, keys: Sequence[str] | None = None) -> dict[str, str]:
        return {key: value for key, value in values(root, info).items() if keys is None or key in keys}

    fields: dict[str, Callable[..., Any]] = {"etadata": items, "etafield": one, "etafields": several}
    for name, resolver in fields.items():
        resolvers.field(f"{type_name}.{prefix}{name}")(resolver)


for _type in _MAY_WRITE:
    _readers(_type, "public", "m")
    _readers(_type, "private", "privateM")


@resolvers.field("Mutation.updateMetadata")
def update_metadata(_root: object, info: GraphQLResolveInfo, id: str, input: Sequence[Mapping[str, str]]) -> Node:
    return _update(info, id, input, "public", _MAY_WRITE)


@resolvers.field("Mutation.updatePrivateMetadata")
def update_private(_root: object, info: GraphQLResolveInfo, id: str, input: Sequence[Mapping[str, str]]) -> Node:
    return _update(info, id, input, "private", _MAY_READ)


def _update(
    info: GraphQLResolveInfo,
    id: str,
    given: Sequence[Mapping[str, str]],
    part: str,
    permissions: Mapping[str, str | None],
) -> Node:
    core = core_of(info)
    type_name, key = split_id(id) or ("", "")
    if type_name not in permissions:
        return {"errors": [problem("INVALID", f"Invalid ID: {id}.", "id")]}
    if (permission := permissions[type_name]) is not None:
        require(info, permission)
    if any(not item["key"].strip() for item in given):
        return {"errors": [problem("REQUIRED", "Metadata key cannot be empty.", "input")]}
    with core.store.write() as tx:
        kept = tx.get(type_name.lower(), key) if type_name != "Product" else None
        if kept is None and (type_name != "Product" or core.catalogue.product_by_id(id) is None):
            return {"errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}
        stored = tx.get("metadata", id) or {"public": {}, "private": {}}
        stored[part] |= {item["key"]: item["value"] for item in given}
        tx.put("metadata", id, stored)
        if type_name == "Order" and kept is not None:
            tx.put("order", key, {**kept, "updatedAt": core.now()})
        elif type_name == "Product":
            emit(core, tx, "PRODUCT_METADATA_UPDATED")
    return {"errors": []}


def hand_over(tx: Transaction, checkout: str, order: str) -> None:
    """What was written on a checkout (its global id) stands on the order that it became."""
    stored = tx.get("metadata", checkout)
    if stored is not None:
        tx.put("metadata", order, stored)
        tx.delete("metadata", checkout)
