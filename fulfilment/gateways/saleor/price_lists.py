"""Saleor's price lists, and the accounts that may order from them: read and written as our app.

Which types of customers a price list is for stands with our plugin in Saleor, which guards it; nobody else is asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fulfilment.gateways.saleor.client import SaleorClient, every_node
from fulfilment.gateways.saleor.texts import name_of_variant
from fulfilment.money import is_kept_in, to_minor

PLUGIN = "sociaalgemaakt.wholesale"
_TYPES = "customer_types"


@dataclass(frozen=True)
class SaleorPriceList:
    """A channel that our plugin guards: for customers of these types (slugs)."""

    slug: str
    name: str
    customer_types: tuple[str, ...]


@dataclass(frozen=True)
class AccountType:
    """An account as the price lists see it: the slug of its type (None: from before there were types), the ids of all
    types by slug, and the slug of that which everybody has."""

    is_staff: bool
    now: str | None
    types: Mapping[str, str]
    default: str


@dataclass(frozen=True)
class NetPrice:
    """What a variant costs in a price list, net, in cents; names in the language that was asked for."""

    sku: str
    product_code: str
    name: str
    variant_name: str
    net_minor: int


def price_lists(client: SaleorClient) -> list[SaleorPriceList]:
    """Those that are open, in a currency of our books; none where Saleor lacks the plugin."""
    plugin = client.execute("price_lists", {"plugin": PLUGIN})["plugin"]
    found = plugin["channelConfigurations"] if plugin else ()
    return [
        SaleorPriceList(one["channel"]["slug"], one["channel"]["name"], _named(one["configuration"] or ()))
        for one in found
        if one["active"] and one["channel"]["isActive"] and is_kept_in(one["channel"]["currencyCode"])
    ]


def _named(configuration: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    values = {item["name"]: item["value"] or "" for item in configuration}
    return tuple(slug for part in values.get(_TYPES, "").split(",") if (slug := part.strip()))


def account_type(client: SaleorClient, account_id: str) -> AccountType | None:
    """None where the account is gone."""
    node = client.execute("customer_type", {"id": account_id})["user"]
    if node is None:
        return None
    types = list(every_node(client, "customer_types"))
    default = next(one["slug"] for one in types if one["isDefault"])
    now = node["customerType"]["slug"] if node["customerType"] else None
    return AccountType(node["isStaff"], now, {one["slug"]: one["id"] for one in types}, default)


def net_prices(client: SaleorClient, slug: str, language: str) -> list[NetPrice]:
    """Everything that has a price in a list; `language` as we write it (`nl`)."""
    nodes = every_node(client, "price_list", {"channel": slug, "language": language.upper()})
    return [price for node in nodes for price in _prices(node)]


def _prices(node: Mapping[str, Any]) -> Iterable[NetPrice]:
    for variant in node["variants"] or ():
        price = (variant["pricing"] or {}).get("price")
        if price is not None:
            name = name_of_variant(variant["name"], variant["sku"], variant["id"])
            yield NetPrice(
                sku=variant["sku"] or "",
                product_code=node["externalReference"] or "",
                name=_said(node, node["name"]),
                variant_name=_said(variant, name) if name else "",
                net_minor=to_minor(price["net"]["amount"], price["currency"]),
            )


def _said(node: Mapping[str, Any], name: str) -> str:
    return (node["translation"] or {}).get("name") or name
