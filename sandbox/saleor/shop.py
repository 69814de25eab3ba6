"""What the shop tells of itself to everybody: where it delivers, and how."""

from collections.abc import Mapping

from graphql import GraphQLResolveInfo

from sandbox.saleor.addresses import country_node, known_countries
from sandbox.saleor.checkouts import method_node
from sandbox.saleor.core import Node, Resolvers, core_of

resolvers = Resolvers()


@resolvers.field("Query.shop")
def shop(_root: object, info: GraphQLResolveInfo) -> Node:
    return {"__typename": "Shop"}


@resolvers.field("Shop.countries")
def countries(_root: Node, info: GraphQLResolveInfo, filter: Mapping[str, bool] | None = None) -> list[Node]:
    """By their names; those that are delivered to, those that are not, or all."""
    zones = core_of(info).catalogue.file.zones
    delivered = {code for zone in zones for code in zone.countries}
    wanted = (filter or {}).get("attachedToShippingZones")
    return [country_node(code) for code in known_countries() if wanted is None or (code in delivered) is bool(wanted)]


@resolvers.field("Shop.availableShippingMethods")
def available_shipping_methods(
    _root: Node, info: GraphQLResolveInfo, channel: str, address: Mapping[str, str] | None = None
) -> list[Node]:
    """Every way of delivering of the channel, wherever to or in one country, whatever the basket comes to."""
    core, country = core_of(info), (address or {}).get("country")
    file = core.catalogue.file
    methods = [method for method in file.methods if country is None or country in method.countries]
    return [method_node(core, method, True) for method in methods] if channel == file.channel.slug else []
