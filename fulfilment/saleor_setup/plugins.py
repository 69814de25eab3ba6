"""Our plugins in Saleor: switched on, and told where fulfilment is. They are installed with Saleor itself."""

from collections.abc import Mapping

from fulfilment.saleor_setup.setup import Setup

ORDER_ROUTING = "sociaalgemaakt.order_routing"
SHOWN = 4
"""Of a secret, Saleor tells its last characters only."""


def set_up_plugins(setup: Setup, configuration: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Configure plugins (name → value, by the plugin's id); those that this Saleor does not have are returned."""
    missing: list[str] = []
    for plugin, values in configuration.items():
        node = setup.saleor.execute("setup/plugin", {"id": plugin})["plugin"]
        if node is None:
            missing.append(plugin)
            continue
        found = node["globalConfiguration"]
        there = {item["name"]: item["value"] or "" for item in found["configuration"] or ()}
        changed = tuple(name for name, value in values.items() if not _same(name, there.get(name, ""), value))
        changed += () if found["active"] else ("active",)
        if changed:
            given = [{"name": name, "value": value} for name, value in values.items()]
            variables = {"id": plugin, "input": {"active": True, "configuration": given}}
            setup.change("plugin", plugin, changed, "update_plugin", variables)
    return missing


def _same(name: str, there: str, value: str) -> bool:
    return there[-SHOWN:] == value[-SHOWN:] if name.endswith("secret") else there == value
