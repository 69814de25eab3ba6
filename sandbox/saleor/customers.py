"""A customer's account: how it is kept, how it is shown, and the tokens that prove who comes.

Document `customer`: id, email, firstName, lastName, dateJoined, isStaff, addresses; of one that was registered also
password, is_confirmed, languageCode, token_key, metadata, and the ids of its default_shipping and default_billing.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import jwt
from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Reader
from sandbox.saleor.addresses import address_node
from sandbox.saleor.auth import PermissionDenied, Requestor
from sandbox.saleor.checkouts import checkout_node
from sandbox.saleor.connections import connection, page_size, place
from sandbox.saleor.core import Core, Node, Resolvers, context, core_of, problem
from sandbox.saleor.ids import global_id
from sandbox.saleor.orders import order_node

resolvers = Resolvers()

SHORTEST_PASSWORD = 8
ACCESS, REFRESH, CONFIRM, RESET, CHANGE_EMAIL = "access", "refresh", "confirm", "reset", "confirm-email-change"
LIVES_SECONDS = {ACCESS: 300, REFRESH: 30 * 86400, CONFIRM: 3 * 86400, RESET: 3 * 86400, CHANGE_EMAIL: 3600}
"""How long each kind of token is good, in Saleor as it comes."""


def new_customer(core: Core, given: Mapping[str, Any], password: str) -> Document:
    """An account that nobody confirmed yet, not stored."""
    return {
        "id": str(secrets.randbelow(10**9) + 1),
        "email": given["email"].lower(),
        "firstName": given.get("firstName") or "",
        "lastName": given.get("lastName") or "",
        "languageCode": given.get("languageCode") or "EN",
        "dateJoined": core.now(),
        "isStaff": False,
        "addresses": [],
        "metadata": {},
        "is_confirmed": False,
        "token_key": secrets.token_urlsafe(9),
        "password": kept(password),
    }


def kept(password: str) -> str:
    """A password as it is kept: salt and hash."""
    salt = secrets.token_hex(8)
    return f"{salt}${_hash(salt, password)}"


def is_right(customer: Document | None, password: str) -> bool:
    """Whether it is the account's password; takes as long where there is no account."""
    salt, _, wanted = ((customer or {}).get("password") or "none$").partition("$")
    return hmac.compare_digest(_hash(salt, password), wanted)


def _hash(salt: str, password: str) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=2**12, r=8, p=1).hex()


def password_faults(password: str, field: str = "password") -> list[Node]:
    """What Saleor holds against a password: nothing but its length."""
    if len(password) >= SHORTEST_PASSWORD:
        return []
    text = f"This password is too short. It must contain at least {SHORTEST_PASSWORD} characters."
    return [problem("PASSWORD_TOO_SHORT", text, field)]


def by_email(reader: Reader, email: str) -> Document | None:
    """The account of an address, by its very letters."""
    return reader.first("customer", {"email": email})


def token_for(core: Core, customer: Document, kind: str, **more: Any) -> str:
    """A signed token of that kind; one that confirms or resets is worth nothing once the password is another."""
    now = int(core.clock())
    once = {"password": customer["password"][-12:]} if kind in (CONFIRM, RESET) else {}
    payload = {
        "iat": now,
        "exp": now + LIVES_SECONDS[kind],
        "owner": "saleor",
        "iss": core.api_url,
        "type": kind,
        "email": customer["email"],
        "user_id": global_id("User", customer["id"]),
        "token": customer["token_key"],
        "jti": secrets.token_hex(8),
        "is_staff": False,
        **once,
        **more,
    }
    return core.keys.sign_token(payload)


def is_good(core: Core, customer: Document | None, token: str, kind: str) -> bool:
    """Whether a link's token is of this account, for this, and still good."""
    try:
        read = core.keys.read_token(token, now=core.clock())
    except jwt.PyJWTError:
        return False
    return (
        customer is not None
        and (read.get("type"), read.get("email")) == (kind, customer["email"])
        and read.get("password") == customer["password"][-12:]
    )


def logged_in(reader: Reader, requestor: Requestor) -> Document:
    """The account of who asks; raises PermissionDenied for everybody else."""
    found = reader.get("customer", requestor.customer_id) if requestor.customer_id else None
    if found is None:
        raise PermissionDenied("AUTHENTICATED_USER")
    return found


def user_node(customer: Document) -> Node:
    """The account as the API shows it."""
    names = ("email", "firstName", "lastName", "dateJoined", "isStaff")
    return {
        "__typename": "User",
        "id": global_id("User", customer["id"]),
        **{name: customer[name] for name in names},
        "isActive": True,
        "isConfirmed": customer.get("is_confirmed", True),
        "languageCode": customer.get("languageCode", "EN"),
        "addresses": [own_address_node(customer, one) for one in customer["addresses"]],
        "_customer": customer,
    }


def own_address_node(customer: Document, address: Mapping[str, Any]) -> Node:
    """One of the account's addresses, with what it stands for."""
    shown = {name: value for name, value in address.items() if name != "id"}
    key = address.get("id", f"{customer['id']}-{customer['addresses'].index(address)}")
    node = address_node(shown, key)
    assert node is not None
    for name in ("Shipping", "Billing"):
        node[f"isDefault{name}Address"] = customer.get(f"default_{name.lower()}") == key
    return node


@resolvers.field("Query.me")
def me(_root: object, info: GraphQLResolveInfo) -> Node | None:
    requestor = context(info).requestor
    if requestor.customer_id is None:
        return None
    with core_of(info).store.read() as reader:
        return user_node(logged_in(reader, requestor))


@resolvers.field("User.metafield")
def metafield(root: Node, info: GraphQLResolveInfo, key: str) -> str | None:
    value: str | None = root["_customer"].get("metadata", {}).get(key)
    return value


@resolvers.field("User.checkouts")
def checkouts(
    root: Node, info: GraphQLResolveInfo, channel: str | None = None, first: int | None = None, after: str | None = None
) -> Node:
    """The newest first."""
    core, size, start = core_of(info), page_size(first), place(after)
    with core.store.read() as reader:
        found = reader.find("checkout", {"user": root["_customer"]["id"]})
    found.sort(key=_age)
    shown = [one for one in found if start is None or _age(one) > start]
    return connection(shown, size, _age, lambda one: checkout_node(core, one))


def _age(checkout: Document) -> list[Any]:
    return [-checkout["updatedAt"], checkout["id"]]


@resolvers.field("User.orders")
def orders(root: Node, info: GraphQLResolveInfo, first: int | None = None, after: str | None = None) -> Node:
    core, size, start = core_of(info), page_size(first), place(after)
    with core.store.read() as reader:
        found = reader.find("order", {"user": root["_customer"]["id"]})
    found.sort(key=_number)
    shown = [one for one in found if start is None or _number(one) > start]
    return connection(shown, size, _number, lambda one: order_node(core, one))


def _number(order: Document) -> list[Any]:
    return [-order["number"]]
