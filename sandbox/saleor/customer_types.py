"""Types of customers, which price lists are for whom, and what is for sale in those.

Document `customer`: `customer_type`, a slug; of who only registered it is not there, as they have the default one.
"""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from catalogue.values import Channel, PriceList
from sandbox.saleor.auth import require, require_staff_or_app
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, core_of, problem
from sandbox.saleor.customers import by_email, user_node
from sandbox.saleor.ids import global_id, key_of
from sandbox.saleor.money import to_decimal

resolvers = Resolvers()

GUARD = "sociaalgemaakt.wholesale"
"""The plugin that guards price lists."""
DEFAULT = ("default", "Default")
"""The slug and the name of the type that everybody has who registers, in a Saleor as it comes."""


def _types(core: Core) -> dict[str, str]:
    return dict([DEFAULT]) | dict(core.catalogue.file.customer_types)


def _node(core: Core, slug: str) -> Node:
    types = _types(core)
    number = list(types).index(slug) + 1
    return {
        "id": global_id("CustomerType", str(number)),
        "slug": slug,
        "name": types[slug],
        "isDefault": slug == DEFAULT[0],
    }


@resolvers.field("Query.customerTypes")
def customer_types(_root: object, info: GraphQLResolveInfo, first: int | None = None, after: str | None = None) -> Node:
    require_staff_or_app(info)
    core, size, start = core_of(info), page_size(first), place(after)
    found = [slug for slug in sorted(_types(core)) if start is None or [slug] > start]
    return connection(found, size, lambda slug: [slug], lambda slug: _node(core, slug))


@resolvers.field("Query.user")
def user(_root: object, info: GraphQLResolveInfo, id: str | None = None, email: str | None = None) -> Node | None:
    require(info, "MANAGE_STAFF", "MANAGE_USERS", "MANAGE_ORDERS")
    with core_of(info).store.read() as reader:
        key = key_of("User", id) if id else None
        found = reader.get("customer", key) if key else by_email(reader, email) if email else None
    return user_node(found) if found else None


@resolvers.field("User.customerType")
def type_of_user(root: Node, info: GraphQLResolveInfo) -> Node:
    core = core_of(info)
    slug = root["_customer"].get("customer_type", DEFAULT[0])
    return _node(core, slug if slug in _types(core) else DEFAULT[0])


@resolvers.field("Mutation.customerUpdate")
def customer_update(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any], id: str | None = None) -> Node:
    """Of an account, its type; what staff may change besides is not played."""
    require(info, "MANAGE_USERS")
    core, key = core_of(info), key_of("User", id)
    with core.store.write() as tx:
        found = tx.get("customer", key) if key else None
        if key is None or found is None:
            return _refused(f"Couldn't resolve to a node: {id}", "id")
        if input.get("customerType") is not None:
            named = {_node(core, slug)["id"]: slug for slug in _types(core)}
            if input["customerType"] not in named:
                return _refused(f"Couldn't resolve to a node: {input['customerType']}", "customerType")
            found = {**found, "customer_type": named[input["customerType"]]}
            tx.put("customer", key, found)
    return {"user": user_node(found), "errors": []}


def _refused(told: str, field: str) -> Node:
    return {"user": None, "errors": [problem("NOT_FOUND", told, field)]}


def guards(core: Core) -> list[Node]:
    """How the wholesale plugin is configured: each price list of the file is guarded."""
    return [
        {"active": True, "channel": _channel_node(one), "configuration": _configuration(one.price_list)}
        for one in core.catalogue.file.channels
        if one.price_list is not None
    ]


def _configuration(price_list: PriceList) -> list[Node]:
    return [
        {"name": "customer_types", "value": ", ".join(price_list.customer_types)},
        {"name": "minimum_net", "value": str(to_decimal(price_list.minimum_net))},
    ]


def _channel_node(channel: Channel) -> Node:
    return {
        "id": global_id("Channel", channel.slug),
        "slug": channel.slug,
        "name": channel.name,
        "isActive": channel.is_active,
        "currencyCode": channel.currency,
        "taxConfiguration": {"pricesEnteredWithTax": channel.prices_with_tax},
    }
