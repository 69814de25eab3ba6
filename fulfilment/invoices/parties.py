"""Who sells and who buys, as a document says it, and by which address Peppol finds them. Pure."""

import re
from dataclasses import dataclass

from stdnum.be import vat as be_vat

SELLERS_COUNTRY = "BE"

BELGIAN = "0208"
"""The scheme of numbers of the Kruispuntbank."""

SCHEMES = {
    "AT": "9914",
    "BG": "9926",
    "CY": "9928",
    "CZ": "9929",
    "DE": "9930",
    "DK": "0184",
    "EE": "9931",
    "EL": "9933",
    "ES": "9920",
    "FI": "0213",
    "FR": "9957",
    "HR": "9934",
    "HU": "9910",
    "IE": "9935",
    "IT": "0211",
    "LT": "9937",
    "LU": "9938",
    "LV": "9939",
    "MT": "9943",
    "NL": "9944",
    "PL": "9945",
    "PT": "9946",
    "RO": "9947",
    "SE": "0007",
    "SI": "9949",
    "SK": "9950",
}
"""By the country that a VAT number begins with: the scheme that takes such a number for an electronic address. Sweden's
takes the ten figures of the organisation in it."""

UNION = frozenset({*SCHEMES, "BE", "GR"} - {"EL"})
"""The countries of the Union, as addresses name them."""

_PLACE = re.compile(r"(?P<street>.+),\s*(?P<postal_code>[0-9]{4})\s+(?P<city>[^,]+)")


@dataclass(frozen=True)
class Party:
    """A seller or a buyer. `legal_number` is Belgian; `vat_number` begins with its country; empty: none."""

    name: str
    legal_number: str
    vat_number: str
    street: str
    street_extra: str
    postal_code: str
    city: str
    country: str
    email: str = ""

    @property
    def is_belgian(self) -> bool:
        return bool(self.legal_number)


def endpoint(party: Party) -> tuple[str, str] | None:
    """Scheme and number of a party's electronic address; None where its numbers give none."""
    if party.legal_number:
        return BELGIAN, party.legal_number
    land, rest = party.vat_number[:2], party.vat_number[2:]
    if land == SELLERS_COUNTRY:
        return BELGIAN, rest
    if land not in SCHEMES:
        return None
    return SCHEMES[land], rest[:10] if land == "SE" else party.vat_number


def seller(name: str, address: str, number: str, email: str) -> Party | None:
    """The seller, by its settings: `street 1, 9000 Place` and a number of the Kruispuntbank. None where one is none."""
    place = _PLACE.fullmatch(address.strip())
    if not (name and place and be_vat.is_valid(number)):
        return None
    known = str(be_vat.validate(number))
    return Party(
        name=name,
        legal_number=known,
        vat_number=f"{SELLERS_COUNTRY}{known}",
        street=place["street"],
        street_extra="",
        postal_code=place["postal_code"],
        city=place["city"].strip(),
        country=SELLERS_COUNTRY,
        email=email,
    )
