"""The postal addresses that a customer keeps with the account, and which of them comes first."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from graphql import GraphQLResolveInfo

from sandbox.common.store import Document
from sandbox.saleor.addresses import read_address
from sandbox.saleor.core import Node, Resolvers, context, core_of, problem
from sandbox.saleor.customers import logged_in, own_address_node, user_node
from sandbox.saleor.ids import key_of

resolvers = Resolvers()


@resolvers.field("Mutation.accountAddressCreate")
def create(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any], type: str | None = None) -> Node:
    requestor = context(info).requestor
    with core_of(info).store.write() as tx:
        customer = logged_in(tx, requestor)
        read, wrong = read_address(input, type or "SHIPPING")
        if wrong:
            return {"user": None, "address": None, "errors": _of_no_type(wrong, type)}
        address = {"id": str(uuid4()), **read}
        customer = {**customer, "addresses": [*customer["addresses"], address]}
        if type:
            customer[f"default_{type.lower()}"] = address["id"]
        tx.put("customer", customer["id"], customer)
    return _told(customer, address)


@resolvers.field("Mutation.accountAddressUpdate")
def update(_root: object, info: GraphQLResolveInfo, id: str, input: Mapping[str, Any]) -> Node:
    requestor = context(info).requestor
    with core_of(info).store.write() as tx:
        customer = logged_in(tx, requestor)
        former = _own(customer, id)
        if former is None:
            return _no_such(id)
        read, wrong = read_address(input, "SHIPPING")
        if wrong:
            return {"user": None, "address": None, "errors": _of_no_type(wrong, None)}
        address = {"id": former["id"], **read}
        kept = [address if one is former else one for one in customer["addresses"]]
        customer = {**customer, "addresses": kept}
        tx.put("customer", customer["id"], customer)
    return _told(customer, address)


@resolvers.field("Mutation.accountAddressDelete")
def delete(_root: object, info: GraphQLResolveInfo, id: str) -> Node:
    requestor = context(info).requestor
    with core_of(info).store.write() as tx:
        customer = logged_in(tx, requestor)
        former = _own(customer, id)
        if former is None:
            return _no_such(id)
        left = [one for one in customer["addresses"] if one is not former]
        customer = {**customer, "addresses": left}
        tx.put("customer", customer["id"], customer)
    return {"user": user_node(customer), "address": None, "errors": []}


@resolvers.field("Mutation.accountSetDefaultAddress")
def set_default(_root: object, info: GraphQLResolveInfo, id: str, type: str) -> Node:
    requestor = context(info).requestor
    with core_of(info).store.write() as tx:
        customer = logged_in(tx, requestor)
        chosen = _own(customer, id)
        if chosen is None:
            return _no_such(id)
        customer = {**customer, f"default_{type.lower()}": chosen["id"]}
        tx.put("customer", customer["id"], customer)
    return {"user": user_node(customer), "errors": []}


def _own(customer: Document, id: str) -> Document | None:
    key = key_of("Address", id)
    return next((one for one in customer["addresses"] if one.get("id") == key), None)


def _no_such(id: str) -> Node:
    return {"user": None, "address": None, "errors": [problem("NOT_FOUND", f"Couldn't resolve to a node: {id}", "id")]}


def _of_no_type(wrong: list[Node], type: str | None) -> list[Node]:
    return [{**one, "addressType": type} for one in wrong]


def _told(customer: Document, address: Mapping[str, Any]) -> Node:
    return {"user": user_node(customer), "address": own_address_node(customer, address), "errors": []}
