"""Price lists: channels in which only customers of certain types may order, which our plugin in Saleor sees to.

A price list that the plugin does not guard is open to all, so it is opened last, and closed where there is no plugin.
"""

from decimal import Decimal

from catalogue.values import Channel, PriceList
from fulfilment.saleor_setup.plugins import WHOLESALE, configure, plugin_of_ours
from fulfilment.saleor_setup.setup import Node, Setup, SetUpError, entry

UNTOLD: Node = {"channelConfigurations": ()}
"""The plugin in a Saleor without a channel, as a plan for a new one meets it: Saleor tells of it by channel."""


def set_up_customer_types(setup: Setup) -> None:
    seen = {node["slug"]: node for node in setup.nodes("customer_types")}
    for channel, price_list in setup.file.price_lists.items():
        for slug in price_list.customer_types:
            if slug in seen and seen[slug]["isDefault"]:
                told = f"everybody who registers is given the customer type {slug!r} in Saleor: it opens no price list"
                raise SetUpError(f"{entry('channel', channel)}: {told}")
    for slug, name in setup.file.customer_types.items():
        setup.ensure("customer_type", slug, seen.get(slug), {"name": name}, extra={"slug": slug})


def set_up_price_lists(setup: Setup) -> None:
    if not setup.file.price_lists:
        return
    is_active = {node["slug"]: node["isActive"] for node in setup.saleor.execute("setup/channels")["channels"]}
    plugin = plugin_of_ours(setup, WHOLESALE) if is_active else UNTOLD
    found = plugin["channelConfigurations"] if plugin else ()
    guards = {configuration["channel"]["slug"]: configuration for configuration in found}
    for channel in setup.file.channels:
        if channel.price_list is not None:
            if plugin is not None:
                _guard(setup, channel, channel.price_list, guards.get(channel.slug))
            _open(setup, channel, is_active.get(channel.slug, False), channel.is_active and plugin is not None)


def _guard(setup: Setup, channel: Channel, price_list: PriceList, now: Node | None) -> None:
    values = {
        "customer_types": ", ".join(price_list.customer_types),
        "minimum_net": str(Decimal(price_list.minimum_net).scaleb(-2)),
    }
    where = {"id": WHOLESALE, "channel": setup.ids["channel", channel.slug]}
    configure(setup, ("channel.price_list", channel.slug), now, values, where)


def _open(setup: Setup, channel: Channel, is_active: bool, wanted: bool) -> None:
    if is_active is not wanted:
        variables = {"id": setup.ids["channel", channel.slug], "input": {"isActive": wanted}}
        setup.change("channel", channel.slug, ("isActive",), "update_channel", variables)
