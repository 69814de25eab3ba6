"""Customers' accounts as staff and apps see them, and making an order nobody's: what is asked when somebody wants to be
forgotten."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document
from sandbox.saleor.addresses import read_address
from sandbox.saleor.auth import require
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Node, Resolvers, core_of, problem
from sandbox.saleor.customers import user_node
from sandbox.saleor.ids import key_of
from sandbox.saleor.order_state import load_order, touch
from sandbox.saleor.orders import order_node
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()


@resolvers.field("Query.customers")
def customers(
    _root: object,
    info: GraphQLResolveInfo,
    where: Mapping[str, Any] | None = None,
    first: int | None = None,
    after: str | None = None,
) -> Node:
    """By their very letters, as in Saleor."""
    require(info, "MANAGE_ORDERS", "MANAGE_USERS")
    size, start = page_size(first), place(after)
    wanted = ((where or {}).get("email") or {}).get("oneOf")
    with core_of(info).store.read() as reader:
        found = reader.find("customer", {"email": list(wanted)} if wanted is not None else None)
    found.sort(key=_key)
    return connection([one for one in found if start is None or _key(one) > start], size, _key, user_node)


def _key(customer: Document) -> list[Any]:
    return [customer["email"]]


@resolvers.field("Mutation.customerDelete")
def customer_delete(_root: object, info: GraphQLResolveInfo, id: str | None = None) -> Node:
    require(info, "MANAGE_USERS")
    key = key_of("User", id)
    with core_of(info).store.write() as tx:
        found = tx.get("customer", key) if key else None
        if key is None or found is None:
            return {"errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}
        if found["isStaff"]:
            return {"errors": [problem("DELETE_STAFF_ACCOUNT", "Cannot delete a staff account.", "id")]}
        tx.delete("customer", key)
    return {"errors": []}


@resolvers.field("Mutation.orderUpdate")
def order_update(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any], id: str | None = None) -> Node:
    """Its addresses and whose it is; an address whose form is not looked at needs its required fields all the same."""
    require(info, "MANAGE_ORDERS")
    core = core_of(info)
    with core.store.write() as tx:
        order = load_order(tx, id)
        if order is None:
            return {"order": None, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}
        changes: dict[str, Any] = {}
        errors: list[Node] = []
        for name, kind in (("shippingAddress", "SHIPPING"), ("billingAddress", "BILLING")):
            if input.get(name) is not None:
                changes[name], wrong = read_address(input[name], kind)
                lenient = input[name].get("skipValidation")
                errors += [one for one in wrong if not (lenient and one["code"] == "INVALID")]
        if errors:
            return {"order": None, "errors": errors}
        if input.get("userEmail") is not None:
            changes["userEmail"] = input["userEmail"]
        touch(tx, core, order, **changes)
        emit(core, tx, "ORDER_UPDATED", order=order["id"])
    return {"order": order_node(core, order), "errors": []}
