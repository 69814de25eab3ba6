"""What Saleor keeps of a person: accounts and orders, by their address; and how it is emptied."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fulfilment.gateways.saleor.values import SaleorAddress, read_address

GONE = "-"
"""What stands where Saleor wants something to stand, and nobody may be known by it."""


@dataclass(frozen=True)
class SaleorAccount:
    """A customer's account. Staff of the Dashboard is none: Saleor does not let it be deleted as one."""

    id: str
    email: str
    name: str
    since: datetime
    is_staff: bool
    addresses: tuple[SaleorAddress, ...]


@dataclass(frozen=True)
class SaleorPlace:
    """Where an order went, as far as VAT needs it."""

    postal_code: str
    country: str


@dataclass(frozen=True)
class OrderOfPerson:
    """An order on somebody's mail address; `addresses` are its two others, by their name in Saleor."""

    id: str
    number: str
    status: str
    placed_at: datetime
    addresses: Mapping[str, SaleorAddress]

    @property
    def places(self) -> dict[str, SaleorPlace]:
        """What of its addresses stays once it is emptied."""
        return {name: SaleorPlace(found.postal_code, found.country) for name, found in self.addresses.items()}

    @property
    def is_over(self) -> bool:
        """Whether nothing happens with it any more, as far as Saleor knows."""
        return self.status in ("FULFILLED", "CANCELED", "RETURNED", "EXPIRED")


def read_account(node: Mapping[str, Any]) -> SaleorAccount:
    """An account out of `person.graphql`."""
    found = (read_address(address) for address in node["addresses"])
    return SaleorAccount(
        id=node["id"],
        email=node["email"],
        name=f"{node['firstName']} {node['lastName']}".strip(),
        since=datetime.fromisoformat(node["dateJoined"]),
        is_staff=node["isStaff"],
        addresses=tuple(address for address in found if address is not None),
    )


def read_order_of_person(node: Mapping[str, Any]) -> OrderOfPerson:
    """An order out of `orders_of_person.graphql`."""
    found = {name: read_address(node[name]) for name in ("shippingAddress", "billingAddress")}
    return OrderOfPerson(
        id=node["id"],
        number=node["number"],
        status=node["status"],
        placed_at=datetime.fromisoformat(node["created"]),
        addresses={name: address for name, address in found.items() if address is not None},
    )


def emptied(places: Mapping[str, SaleorPlace]) -> dict[str, object]:
    """What an order's address and addresses become: nobody's. Saleor wants a street, a city and, of some countries, a
    state, whatever they are."""
    told: dict[str, object] = {"userEmail": ""}
    for name, place in places.items():
        told[name] = {
            "firstName": "",
            "lastName": "",
            "companyName": "",
            "streetAddress1": GONE,
            "streetAddress2": "",
            "city": GONE,
            "postalCode": place.postal_code or GONE,
            "countryArea": GONE,  # kept where the country writes one, and dropped elsewhere
            "country": place.country,
            "phone": "",
            "skipValidation": True,
        }
    return told
