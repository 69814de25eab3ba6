"""Where an order goes and where its invoice goes, as it is read in a mail, on paper or on a label."""

from dataclasses import dataclass, fields, replace

from babel import Locale
from django.utils.translation import pgettext_lazy

from fulfilment.orders.models import Order, Recipient
from fulfilment.orders.pages import spoken

HOME = "BE"
"""The country that nobody needs to be told."""


@dataclass(frozen=True)
class Address:
    """An address as it is written; `area` is the state or province, `country` its code."""

    name: str
    company: str
    street: str
    street_extra: str
    postal_code: str
    city: str
    area: str
    country: str


PARTS = tuple(field.name for field in fields(Address))
"""Of which each address of a `Recipient` is made; those of who bought it begin with `buyer_`."""


def delivered_to(recipient: Recipient) -> Address:
    """Where the order goes, and to whom; of one that is collected, who comes and where."""
    return Address(**{part: getattr(recipient, part) for part in PARTS})


def invoiced_to(recipient: Recipient) -> Address:
    """Who bought it, and where the invoice goes; where the order goes, as long as nobody told us."""
    if not recipient.buyer_country:
        return delivered_to(recipient)
    return Address(**{part: getattr(recipient, f"buyer_{part}") for part in PARTS})


def elsewhere(order: Order, recipient: Recipient, language: str) -> list[str]:
    """The lines of where an order goes; none where its invoice goes there too.

    Of one that is collected it is the place alone: who comes is who bought it.
    """
    delivered = delivered_to(recipient)
    if delivered == invoiced_to(recipient):
        return []
    return address_told(replace(delivered, name="") if order.pickup_name else delivered, language)


def address_told(address: Address, language: str, *, home: str = HOME) -> list[str]:
    """The lines of an address: name, organisation, street, place, and the country where it is not `home`."""
    place = f"{address.postal_code} {address.city}".strip()
    if address.area:
        place = f"{place}, {address.area}" if place else address.area
    country = ""
    if address.country != home:
        country = Locale.parse(spoken(language)).territories.get(address.country, address.country)
    lines = (address.name, address.company, address.street, address.street_extra, place, country)
    return [line for line in lines if line]


_TOWNS = {
    "antwerpen": pgettext_lazy("customer", "Antwerpen"),
    "brugge": pgettext_lazy("customer", "Brugge"),
    "brussel": pgettext_lazy("customer", "Brussel"),
    "gent": pgettext_lazy("customer", "Gent"),
    "kortrijk": pgettext_lazy("customer", "Kortrijk"),
    "leuven": pgettext_lazy("customer", "Leuven"),
    "mechelen": pgettext_lazy("customer", "Mechelen"),
    "oostende": pgettext_lazy("customer", "Oostende"),
}


def town(city: str) -> str:
    """A town as it is called in a sentence of the language that is spoken now; in an address it stays as it is."""
    return str(_TOWNS.get(city.casefold(), city))
