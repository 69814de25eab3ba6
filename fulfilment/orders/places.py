"""Where an order goes, as its customer reads it in a mail or on paper."""

from babel import Locale

from fulfilment.orders.models import Recipient
from fulfilment.orders.pages import spoken

HOME = "BE"
"""The country that nobody needs to be told."""


def address_told(recipient: Recipient, language: str) -> list[str]:
    """The lines of an address: name, organisation, street, place, and the country where it is not our own."""
    place = f"{recipient.postal_code} {recipient.city}".strip()
    country = "" if recipient.country == HOME else Locale.parse(spoken(language)).territories.get(recipient.country, "")
    lines = (recipient.name, recipient.company, recipient.street, recipient.street_extra, place, country)
    return [line for line in lines if line]
