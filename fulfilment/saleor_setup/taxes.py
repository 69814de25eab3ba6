"""Tax classes with their rates, and what a country asks where a product has no class."""

from fulfilment.saleor_setup.setup import Node, Setup


def set_up_taxes(setup: Setup) -> None:
    seen = {node["name"]: node for node in setup.nodes("tax_classes")}
    for slug, name in setup.file.tax_classes.items():
        rates = {country: float(rate) for (of, country), rate in setup.file.rates.items() if of == slug}
        node = seen.get(name)
        there = {found["country"]["code"]: found["rate"] for found in node["countries"]} if node else {}
        now = None if node is None else {"id": node["id"], "rates": {**dict.fromkeys(rates), **there}}
        setup.ensure(
            "tax_class",
            slug,
            now,
            {"rates": {**there, **rates}},
            extra={"name": name},
            as_input=_rates_of_new if node is None else _rates,
        )
    _default_rates(setup)


def _rates_of_new(fields: Node) -> Node:
    return {"createCountryRates": _listed(fields["rates"])}


def _rates(fields: Node) -> Node:
    return {"updateCountryRates": _listed(fields["rates"])}


def _listed(rates: Node) -> list[Node]:
    return [{"countryCode": country, "rate": rate} for country, rate in rates.items()]


def _default_rates(setup: Setup) -> None:
    """A product without a class would be sold untaxed, without a warning: it pays what the first class pays."""
    first = next(iter(setup.file.tax_classes))
    found = setup.saleor.execute("setup/country_taxes")["taxCountryConfigurations"]
    seen = {
        node["country"]["code"]: rate["rate"]
        for node in found
        for rate in node["taxClassCountryRates"]
        if rate["taxClass"] is None
    }
    for (slug, country), rate in setup.file.rates.items():
        if slug == first and seen.get(country) != float(rate):
            variables = {"country": country, "rates": [{"rate": float(rate)}]}
            setup.change("tax_class", f"{first} {country}", ("default rate",), "update_country_tax", variables)
