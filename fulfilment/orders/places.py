"""Where an order goes, as it is read in a mail, on paper or on a label."""

from babel import Locale

from fulfilment.orders.models import Recipient
from fulfilment.orders.pages import spoken

HOME = "BE"
"""The country that nobody needs to be told."""


def address_told(recipient: Recipient, language: str, *, home: str = HOME) -> list[str]:
    """The lines of an address: name, organisation, street, place, and the country where it is not `home`."""
    place = f"{recipient.postal_code} {recipient.city}".strip()
    country = ""
    if recipient.country != home:
        country = Locale.parse(spoken(language)).territories.get(recipient.country, recipient.country)
    lines = (recipient.name, recipient.company, recipient.street, recipient.street_extra, place, country)
    return [line for line in lines if line]
