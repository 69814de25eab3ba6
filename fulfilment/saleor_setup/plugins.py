"""Our plugins in Saleor: switched on, and told what they must know. They are installed with Saleor itself."""

from collections.abc import Mapping

from fulfilment.saleor_setup.setup import Node, Setup

ORDER_ROUTING = "sociaalgemaakt.order_routing"
WHOLESALE = "sociaalgemaakt.wholesale"
SHOWN = 4
"""Of a secret, Saleor tells its last characters only."""


def set_up_order_routing(setup: Setup, values: Mapping[str, str]) -> None:
    """It is told where fulfilment is; one configuration serves all channels."""
    plugin = plugin_of_ours(setup, ORDER_ROUTING)
    if plugin is not None:
        configure(setup, ("plugin", ORDER_ROUTING), plugin["globalConfiguration"], values, {"id": ORDER_ROUTING})


def plugin_of_ours(setup: Setup, plugin: str) -> Node | None:
    """The plugin as Saleor tells it; that one lacks it is remembered."""
    found: Node | None = setup.saleor.execute("setup/plugin", {"id": plugin})["plugin"]
    if found is None:
        setup.missing.append(plugin)
    return found


def configure(
    setup: Setup, of: tuple[str, str], now: Node | None, values: Mapping[str, str], where: Mapping[str, str]
) -> None:
    """Switch a plugin on with these values (by name). `of` is what is told to change, `where` the plugin and channel;
    `now` is None where a plan has only announced the channel."""
    there = {item["name"]: item["value"] or "" for item in (now or {}).get("configuration") or ()}
    changed = tuple(name for name, value in values.items() if not _same(name, there.get(name, ""), value))
    changed += () if now and now["active"] else ("active",)
    if changed:
        given = [{"name": name, "value": value} for name, value in values.items()]
        variables = {**where, "input": {"active": True, "configuration": given}}
        setup.change(*of, changed, "update_plugin", variables)


def _same(name: str, there: str, value: str) -> bool:
    return there[-SHOWN:] == value[-SHOWN:] if name.endswith("secret") else there == value
