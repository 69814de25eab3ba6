"""A customer's account at Saleor: the way in, and what stands in it. Where nothing else is said a call raises
SaleorError, and SaleorRefusal with Saleor's code where Saleor says no."""

import json
from dataclasses import dataclass
from typing import Any

from shop import settings
from shop.saleor.checkout import Address, address_from
from shop.saleor.client import Saleor
from shop.saleor.errors import SaleorRefusal

SHORTEST_PASSWORD = 8
"""What Saleor asks of a password, and nothing else."""
SHIPPING, BILLING = "SHIPPING", "BILLING"
WISHES = "wishes"
"""The key of a customer's list of wishes in the metadata of the account."""
MOST_WISHES = 60

WRONG_LOGIN = frozenset({"INVALID_CREDENTIALS", "LOGIN_ATTEMPT_DELAYED", "INACTIVE", "GRAPHQL_ERROR"})
"""Codes of a login that failed. Whether one must wait depends on whether the address is known: so nobody is told."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a login gives: ``access`` for five minutes, ``refresh`` for thirty days to get another."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """One of the addresses that a customer keeps."""

    id: str
    address: Address
    is_for_parcels: bool
    is_for_invoices: bool


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is logged in. ``wishes`` are codes of products, ``checkout_id`` the basket that the account has, or None."""

    email: str
    first_name: str
    last_name: str
    language: str
    is_staff: bool
    wishes: tuple[str, ...]
    addresses: tuple[OwnAddress, ...]
    checkout_id: str | None

    @property
    def for_parcels(self) -> OwnAddress | None:
        return next((one for one in self.addresses if one.is_for_parcels), None)


def register(
    saleor: Saleor, *, email: str, password: str, first_name: str, last_name: str, language: str, url: str
) -> None:
    """Asks for an account; a mail with a link to ``url`` confirms it. The same where there is one, and no mail goes."""
    given = {
        "email": email,
        "password": password,
        "firstName": first_name,
        "lastName": last_name,
        "languageCode": language.upper(),
        "redirectUrl": url,
        "channel": settings.SALEOR_CHANNEL,
    }
    saleor.write("accountRegister", {"input": given})


def confirm(saleor: Saleor, *, email: str, key: str, password: str) -> None:
    """Confirms the account with the key of the mail and the password. SaleorRefusal of ``token`` or ``password``."""
    saleor.write("confirmAccount", {"email": email, "key": key, "password": password})


def log_in(saleor: Saleor, email: str, password: str) -> Tokens:
    """Raises SaleorRefusal, e.g. with INVALID_CREDENTIALS (of staff too: their way in is another) or
    ACCOUNT_NOT_CONFIRMED, which only who knows the password is told."""
    return _customers_tokens(saleor, "tokenCreate", {"email": email, "password": password})


def set_password(saleor: Saleor, *, email: str, key: str, password: str) -> Tokens:
    """Another password, with the key of a mail; logs in, and confirms the address."""
    return _customers_tokens(saleor, "setPassword", {"email": email, "key": key, "password": password})


def _customers_tokens(saleor: Saleor, operation: str, variables: dict[str, Any]) -> Tokens:
    payload = saleor.write(operation, variables)
    if payload["user"]["isStaff"]:
        raise SaleorRefusal.of(operation, "INVALID_CREDENTIALS")
    return Tokens(payload["token"], payload["refreshToken"])


def access_token(saleor: Saleor, refresh: str) -> str:
    """Another access token. Raises SaleorRefusal once the login is over."""
    token: str = saleor.write("tokenRefresh", {"refresh": refresh})["token"]
    return token


def end_every_login(saleor: Saleor) -> None:
    """No token that was given is good any more."""
    saleor.write("tokensDeactivateAll", {})


def ask_for_password_mail(saleor: Saleor, email: str, url: str) -> None:
    """A mail with a link to ``url``, where there is such an account; one in a quarter of an hour at most."""
    saleor.write("requestPasswordReset", {"email": email, "url": url, "channel": settings.SALEOR_CHANNEL})


def change_password(saleor: Saleor, old: str, new: str) -> None:
    """Raises SaleorRefusal with INVALID_CREDENTIALS of a wrong ``old`` one."""
    saleor.write("passwordChange", {"old": old, "new": new})


def ask_for_other_email(saleor: Saleor, email: str, password: str, url: str) -> None:
    """A mail to the other address, with a link to ``url``. Raises SaleorRefusal with INVALID_CREDENTIALS."""
    given = {"email": email, "password": password, "url": url, "channel": settings.SALEOR_CHANNEL}
    saleor.write("requestEmailChange", given)


def confirm_other_email(saleor: Saleor, key: str) -> None:
    """Ends every login: a token names the address."""
    saleor.write("confirmEmailChange", {"key": key, "channel": settings.SALEOR_CHANNEL})


def customer(saleor: Saleor) -> Customer | None:
    """Who is logged in; None where nobody is (any more)."""
    node = saleor.read("me", {"channel": settings.SALEOR_CHANNEL})["me"]
    if node is None:
        return None
    edges = (node["checkouts"] or {}).get("edges") or ()
    return Customer(
        email=node["email"],
        first_name=node["firstName"],
        last_name=node["lastName"],
        language=node["languageCode"].partition("_")[0].lower(),
        is_staff=node["isStaff"],
        wishes=_codes(node["wishes"]),
        addresses=tuple(_own(one) for one in node["addresses"]),
        checkout_id=edges[0]["node"]["id"] if edges else None,
    )


def update(saleor: Saleor, *, first_name: str, last_name: str, language: str) -> None:
    given = {"firstName": first_name, "lastName": last_name, "languageCode": language.upper()}
    saleor.write("accountUpdate", {"input": given})


def keep_wishes(saleor: Saleor, codes: tuple[str, ...]) -> None:
    """Writes the whole list."""
    value = json.dumps(codes[:MOST_WISHES])
    saleor.write("accountUpdate", {"input": {"metadata": [{"key": WISHES, "value": value}]}})


def add_address(saleor: Saleor, address: Address) -> str:
    """Its id. Raises SaleorRefusal whose reasons name Saleor's address fields."""
    key: str = saleor.write("accountAddressCreate", {"input": address.as_input()})["address"]["id"]
    return key


def change_address(saleor: Saleor, address_id: str, address: Address) -> None:
    """Raises SaleorRefusal whose reasons name Saleor's address fields."""
    saleor.write("accountAddressUpdate", {"id": address_id, "input": address.as_input()})


def take_out_address(saleor: Saleor, address_id: str) -> None:
    saleor.write("accountAddressDelete", {"id": address_id})


def put_first(saleor: Saleor, address_id: str, kind: str) -> None:
    """The address that comes first, for parcels (SHIPPING) or invoices (BILLING)."""
    saleor.write("accountSetDefaultAddress", {"id": address_id, "type": kind})


def attach_basket(saleor: Saleor, checkout_id: str) -> None:
    """The basket is the customer's. Raises SaleorRejected (PermissionDenied) where it is somebody's already."""
    saleor.write("checkoutCustomerAttach", {"id": checkout_id})


def _own(node: dict[str, Any]) -> OwnAddress:
    address = address_from(node)
    assert address is not None
    return OwnAddress(
        id=node["id"],
        address=address,
        is_for_parcels=bool(node["isDefaultShippingAddress"]),
        is_for_invoices=bool(node["isDefaultBillingAddress"]),
    )


def _codes(text: str | None) -> tuple[str, ...]:
    """Codes out of what stands in the metadata, which staff may write too: what is none is left out."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return ()
    return tuple(code for code in found if isinstance(code, str))[:MOST_WISHES] if isinstance(found, list) else ()
