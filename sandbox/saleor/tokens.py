"""A customer's way in: the tokens of a login, another one for one that is over, and the end of all of them."""

import hmac
import secrets

import jwt
from graphql import GraphQLResolveInfo

from sandbox.common.store import Document
from sandbox.saleor.core import Core, Node, Resolvers, context, core_of, problem
from sandbox.saleor.customers import ACCESS, REFRESH, by_email, is_right, logged_in, token_for, user_node
from sandbox.saleor.moments import moment, to_iso

resolvers = Resolvers()


def begin(info: GraphQLResolveInfo) -> list[Node]:
    """Start to try a password; says so where the caller must wait, and nothing else."""
    until = core_of(info).logins.begin(context(info).client_ip or "")
    if until is None:
        return []
    text = f"Logging has been suspended till {to_iso(moment(until))}: too many attempts from the same IP address."
    return [problem("LOGIN_ATTEMPT_DELAYED", text)]


def log_in(core: Core, ip: str, email: str, password: str) -> Node:
    """A customer's login, which was begun; who is not confirmed is told so, if the password is right."""
    with core.store.read() as reader:
        customer = by_email(reader, email) or by_email(reader, email.lower())
    if not is_right(customer, password) or customer is None:
        core.logins.failed(ip, customer["email"] if customer else None)
        wrong = problem("INVALID_CREDENTIALS", "Please, enter valid credentials", "email")
        return {"token": None, "errors": [wrong]}
    core.logins.succeeded(ip, customer["email"])
    if not customer.get("is_confirmed", True):
        wrong = problem("ACCOUNT_NOT_CONFIRMED", "Account needs to be confirmed via email.", "email")
        return {"token": None, "errors": [wrong]}
    return {**both_tokens(core, customer), "user": user_node(customer), "errors": []}


def both_tokens(core: Core, customer: Document) -> Node:
    """What a login gives."""
    return {"token": token_for(core, customer, ACCESS), "refreshToken": token_for(core, customer, REFRESH)}


@resolvers.field("Mutation.tokenCreate")
def token_create(_root: object, info: GraphQLResolveInfo, email: str, password: str) -> Node:
    core, ip = core_of(info), context(info).client_ip or ""
    if delayed := begin(info):
        return {"token": None, "errors": delayed}
    known = core.catalogue.file.staff.get(email)
    if known is None:
        return log_in(core, ip, email, password)
    if not hmac.compare_digest(known.encode(), password.encode()):
        core.logins.failed(ip, email)
        wrong = problem("INVALID_CREDENTIALS", "Please, enter valid credentials", "email")
        return {"token": None, "errors": [wrong]}
    core.logins.succeeded(ip, email)
    staff = {"id": "0", "email": email, "token_key": ""}
    return {"token": token_for(core, staff, ACCESS, is_staff=True), "user": _staff_node(core, email), "errors": []}


def _staff_node(core: Core, email: str) -> Node:
    someone = {"id": "0", "email": email, "firstName": "", "lastName": "", "dateJoined": core.now(), "addresses": []}
    return user_node({**someone, "isStaff": True})


@resolvers.field("Mutation.tokenRefresh")
def token_refresh(_root: object, info: GraphQLResolveInfo, refreshToken: str | None = None) -> Node:
    core = core_of(info)
    if refreshToken is None:
        return {"errors": [problem("JWT_MISSING_TOKEN", "Missing refreshToken", "refreshToken")]}
    try:
        read = core.keys.read_token(refreshToken, now=core.clock())
    except jwt.ExpiredSignatureError:
        return {"errors": [problem("JWT_SIGNATURE_EXPIRED", "Signature has expired", "refreshToken")]}
    except jwt.DecodeError:
        return {"errors": [problem("JWT_DECODE_ERROR", "Error decoding signature", "refreshToken")]}
    if read.get("type") != REFRESH:
        return {"errors": [problem("JWT_INVALID_TOKEN", "Incorrect refreshToken", "refreshToken")]}
    with core.store.read() as reader:
        customer = by_email(reader, read["email"])
    if customer is None or customer.get("token_key") != read.get("token"):
        return {"errors": [problem("JWT_INVALID_TOKEN", "Invalid token", None)]}
    return {"token": token_for(core, customer, ACCESS), "user": user_node(customer), "errors": []}


@resolvers.field("Mutation.tokensDeactivateAll")
def tokens_deactivate_all(_root: object, info: GraphQLResolveInfo) -> Node:
    requestor = context(info).requestor
    with core_of(info).store.write() as tx:
        customer = logged_in(tx, requestor)
        tx.put("customer", customer["id"], {**customer, "token_key": secrets.token_urlsafe(9)})
    return {"errors": []}
