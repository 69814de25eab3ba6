"""The colours that variants are told apart by: values of the attribute that is a swatch."""

from catalogue.values import COLOUR
from fulfilment.saleor_setup.setup import Setup
from fulfilment.saleor_setup.translations import translate


def set_up_colours(setup: Setup) -> None:
    """Saleor makes the slug of a value out of its name; ours is its external reference."""
    found = setup.saleor.execute("setup/colours")["attributes"]["edges"]
    choices = found[0]["node"]["choices"]["edges"] if found else ()
    seen = {edge["node"]["externalReference"]: edge["node"] for edge in choices}
    for slug, colour in setup.file.colours.items():
        node = seen.get(slug)
        wanted = {"name": colour.name, "value": colour.value}
        extra = {"externalReference": slug}
        setup.ensure("colour", slug, node, wanted, extra=extra, of={"attribute": setup.ids["attribute", COLOUR]})
        translate(setup, "colour", slug, node, colour.translations)
