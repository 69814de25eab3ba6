"""The executable schema: the text of schema.graphql with the scalars and resolvers of every noun bound to it."""

from functools import cache
from pathlib import Path

from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema

from sandbox.saleor import (
    accounts,
    apps,
    checkout_changes,
    checkouts,
    completion,
    customer_addresses,
    customer_types,
    customers,
    event_deliveries,
    extensions,
    fulfilments,
    listings,
    metadata,
    orders,
    people,
    products,
    promo_codes,
    promotion_changes,
    refund_requests,
    refunds,
    returns,
    shelves,
    shop,
    tokens,
    transactions,
    translations,
    voucher_list,
)
from sandbox.saleor.core import Resolvers
from sandbox.saleor.money import Money, Taxed, money, to_decimal
from sandbox.saleor.scalars import bind_scalars

SCHEMA_FILE = Path(__file__).with_name("schema.graphql")

resolvers = Resolvers()


@resolvers.field("Money.amount")
def money_amount(root: Money, _info: GraphQLResolveInfo) -> object:
    return to_decimal(root["minor"])


@resolvers.field("TaxedMoney.gross")
def taxed_gross(root: Taxed, _info: GraphQLResolveInfo) -> Money:
    return money(root["gross"], root["currency"])


@resolvers.field("TaxedMoney.net")
def taxed_net(root: Taxed, _info: GraphQLResolveInfo) -> Money:
    return money(root["net"], root["currency"])


@resolvers.field("TaxedMoney.tax")
def taxed_tax(root: Taxed, _info: GraphQLResolveInfo) -> Money:
    return money(root["gross"] - root["net"], root["currency"])


_NOUNS = (
    accounts,
    apps,
    checkout_changes,
    checkouts,
    completion,
    customer_addresses,
    customer_types,
    customers,
    event_deliveries,
    extensions,
    fulfilments,
    listings,
    metadata,
    orders,
    people,
    products,
    promo_codes,
    promotion_changes,
    refund_requests,
    refunds,
    returns,
    shelves,
    shop,
    tokens,
    transactions,
    translations,
    voucher_list,
)


@cache
def executable_schema() -> GraphQLSchema:
    """The schema with everything bound to it. It knows no state, so one serves every stand-in of a process."""
    schema = build_schema(SCHEMA_FILE.read_text(encoding="utf-8"))
    bind_scalars(schema)
    for bound in (*(noun.resolvers for noun in _NOUNS), resolvers):
        bound.bind(schema)
    return schema
