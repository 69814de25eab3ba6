"""Addresses: which fields a country asks for, how its postal codes look, and how Saleor writes them down."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.saleor.core import Node, problem
from sandbox.saleor.countries import NAMES, WITH_AREA, WITH_POSTAL_CODE
from sandbox.saleor.ids import global_id

_POSTAL_CODES = {
    "BE": re.compile(r"\d{4}"),
    "NL": re.compile(r"\d{4} ?[A-Z]{2}"),
    "DE": re.compile(r"\d{5}"),
    "FR": re.compile(r"\d{2} ?\d{3}"),
    "LU": re.compile(r"\d{4}"),
}
_PHONE = re.compile(r"\+?[\d ()/.-]{6,20}")
_FIELDS = (
    *("firstName", "lastName", "companyName", "streetAddress1", "streetAddress2"),
    *("city", "postalCode", "countryArea", "phone"),
)
_UPPER = ("city", "postalCode")


def read_address(given: Mapping[str, Any], kind: str) -> tuple[dict[str, str], list[Node]]:
    """The address as Saleor keeps it, and what is wrong with it. `kind` is SHIPPING or BILLING."""
    address = {name: (given.get(name) or "").strip() for name in _FIELDS}
    address["country"] = given.get("country") or ""
    wrong = [
        problem("REQUIRED", "This field is required.", name, addressType=kind)
        for name in _required(address["country"])
        if not address[name]
    ]
    # Saleor writes Belgian and Dutch places and codes in capitals.
    address |= {name: address[name].upper() for name in _UPPER}
    pattern = _POSTAL_CODES.get(address["country"])
    if address["postalCode"] and pattern and not pattern.fullmatch(address["postalCode"]):
        wrong.append(problem("INVALID", "This value is not valid for the address.", "postalCode", addressType=kind))
    if address["phone"] and not _PHONE.fullmatch(address["phone"]):
        text = f"'{address['phone']}' is not a valid phone number."
        wrong.append(problem("INVALID", text, "phone", addressType=kind))
    return address, wrong


def _required(country: str) -> list[str]:
    """The fields that an address in this country may not be without."""
    wanted = ["streetAddress1", "city", "country"]
    if not country or country in WITH_POSTAL_CODE:
        wanted.append("postalCode")
    if country in WITH_AREA:
        wanted += ["countryArea", "countryArea"]  # Saleor says this one twice
    return wanted


def address_node(address: Mapping[str, str] | None, key: object) -> Node | None:
    """The address as the API shows it; `key` tells addresses apart."""
    if address is None:
        return None
    code = address["country"]
    blank = dict.fromkeys(_FIELDS, "")
    return {**blank, **address, "id": global_id("Address", key), "country": country_node(code)}


def known_countries() -> list[str]:
    """Their codes, in the order of their names."""
    return sorted(NAMES, key=lambda code: NAMES[code])


def country_node(code: str) -> Node:
    """A country with its English name."""
    return {"code": code, "country": NAMES[code]}
