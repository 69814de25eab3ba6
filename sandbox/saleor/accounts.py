"""What customers do with their accounts: register, confirm, another password, another address to mail to, their names
and their postal addresses. Who does not know an address learns nothing of it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
from graphql import GraphQLResolveInfo

from sandbox.common.store import Document, Transaction
from sandbox.saleor.core import Core, Node, Resolvers, context, core_of, problem
from sandbox.saleor.customers import (
    CHANGE_EMAIL,
    CONFIRM,
    RESET,
    by_email,
    is_good,
    is_right,
    kept,
    logged_in,
    new_customer,
    password_faults,
    token_for,
    user_node,
)
from sandbox.saleor.ids import global_id
from sandbox.saleor.tokens import begin, both_tokens
from sandbox.saleor.webhooks import emit

resolvers = Resolvers()

_RESET_LOCK_MICROSECONDS = 15 * 60 * 1_000_000
"""How long nobody is mailed another link for a new password."""
ALLOWED_HOSTS = ("127.0.0.1", "localhost", "shop.example")


def _url_faults(url: str | None, field: str = "redirectUrl") -> list[Node]:
    """Saleor mails links to hosts alone that it was told of (ALLOWED_CLIENT_HOSTS)."""
    if not url:
        return [problem("REQUIRED", "This field is required.", field)]
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return [problem("INVALID", f"{url} is not a valid URL.", field)]
    if parts.hostname not in ALLOWED_HOSTS:
        return [problem("INVALID", f"{url} is not in an allowed host.", field)]
    return []


def _mail(core: Core, tx: Transaction, event: str, customer: Document, token: str, url: str, **more: Any) -> None:
    """Tell the apps, which write the mail."""
    told = {"token": token, "redirectUrl": url, **more}
    emit(core, tx, event, customer=customer["id"], told=told)


def _link(url: str, **parameters: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"


@resolvers.field("Mutation.accountRegister")
def account_register(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any]) -> Node:
    """The same answer where there is such an account."""
    core, email = core_of(info), input["email"].lower()
    wrong = [*_url_faults(input.get("redirectUrl")), *password_faults(input["password"])]
    if not wrong and "@" not in email[1:-1]:
        wrong = [problem("INVALID", "Enter a valid email address.", "email")]
    if wrong:
        return {"requiresConfirmation": True, "errors": wrong[:1]}
    customer = new_customer(core, input, input["password"])
    with core.store.write() as tx:
        if by_email(tx, email) is None and email not in core.catalogue.file.staff:
            tx.insert("customer", customer["id"], customer)
            token = token_for(core, customer, CONFIRM)
            link = _link(input["redirectUrl"], email=email, token=token)
            _mail(core, tx, "ACCOUNT_CONFIRMATION_REQUESTED", customer, token, link)
    return {"requiresConfirmation": True, "errors": []}


@resolvers.field("Mutation.confirmAccount")
def confirm_account(
    _root: object, info: GraphQLResolveInfo, email: str, token: str, password: str | None = None
) -> Node:
    """With the password, as a shop is set up that lets an account have the orders of its address."""
    core = core_of(info)
    with core.store.read() as reader:
        customer = by_email(reader, email)
    if customer is None or not is_good(core, customer, token, CONFIRM):
        return {"user": None, "errors": [problem("INVALID", "Invalid or expired token.", "token")]}
    if not password:
        return {"user": None, "errors": [problem("REQUIRED", "Password is required", "password")]}
    if delayed := begin(info):
        return {"user": None, "errors": delayed}
    ip = context(info).client_ip or ""
    if not is_right(customer, password):
        core.logins.failed(ip, email)
        return {"user": None, "errors": [problem("INVALID", "Invalid password", "password")]}
    core.logins.succeeded(ip, email)
    with core.store.write() as tx:
        confirmed = _confirm(tx, tx.require("customer", customer["id"]))
    return {"user": user_node(confirmed), "errors": []}


def _confirm(tx: Transaction, customer: Document) -> Document:
    """The account has the orders of its address that are nobody's."""
    confirmed = {**customer, "is_confirmed": True}
    tx.put("customer", customer["id"], confirmed)
    for order in tx.find("order", {"userEmail": customer["email"]}):
        if not order.get("user"):
            tx.put("order", order["id"], {**order, "user": customer["id"]})
    return confirmed


@resolvers.field("Mutation.requestPasswordReset")
def request_password_reset(
    _root: object, info: GraphQLResolveInfo, email: str, redirectUrl: str, channel: str | None = None
) -> Node:
    """The same answer where there is no such account, and where it was asked within the quarter of an hour."""
    core = core_of(info)
    if wrong := _url_faults(redirectUrl):
        return {"errors": wrong}
    with core.store.write() as tx:
        customer = by_email(tx, email) or by_email(tx, email.lower())
        if customer and customer.get("reset_at", 0) + _RESET_LOCK_MICROSECONDS <= core.now():
            customer = {**customer, "reset_at": core.now()}
            tx.put("customer", customer["id"], customer)
            token = token_for(core, customer, RESET)
            link = _link(redirectUrl, email=customer["email"], token=token)
            _mail(core, tx, "ACCOUNT_SET_PASSWORD_REQUESTED", customer, token, link)
    return {"errors": []}


@resolvers.field("Mutation.setPassword")
def set_password(_root: object, info: GraphQLResolveInfo, email: str, password: str, token: str) -> Node:
    """Whoever has the mail owns the address: the account is confirmed with it. Other tokens stay good."""
    core = core_of(info)
    with core.store.write() as tx:
        customer = by_email(tx, email)
        if customer is None or not is_good(core, customer, token, RESET):
            return {"user": None, "errors": [problem("INVALID", "Invalid or expired token.", "token")]}
        if wrong := password_faults(password):
            return {"user": None, "errors": wrong}
        customer = _confirm(tx, {**customer, "password": kept(password)})
    return {**both_tokens(core, customer), "user": user_node(customer), "errors": []}


@resolvers.field("Mutation.passwordChange")
def password_change(_root: object, info: GraphQLResolveInfo, newPassword: str, oldPassword: str | None = None) -> Node:
    """Tokens stay good."""
    core, requestor = core_of(info), context(info).requestor
    with core.store.write() as tx:
        customer = logged_in(tx, requestor)
        if not is_right(customer, oldPassword or ""):
            text = "Old password isn't valid."
            return {"user": None, "errors": [problem("INVALID_CREDENTIALS", text, "oldPassword")]}
        if wrong := password_faults(newPassword, "newPassword"):
            return {"user": None, "errors": wrong}
        customer = {**customer, "password": kept(newPassword)}
        tx.put("customer", customer["id"], customer)
    return {"user": user_node(customer), "errors": []}


@resolvers.field("Mutation.requestEmailChange")
def request_email_change(
    _root: object,
    info: GraphQLResolveInfo,
    newEmail: str,
    password: str,
    redirectUrl: str,
    channel: str | None = None,
) -> Node:
    """Also to an address that another account has: that is told by the link alone."""
    core, requestor = core_of(info), context(info).requestor
    with core.store.write() as tx:
        customer = logged_in(tx, requestor)
        if not is_right(customer, password):
            text = "Password isn't valid."
            return {"user": None, "errors": [problem("INVALID_CREDENTIALS", text, "password")]}
        if wrong := _url_faults(redirectUrl):
            return {"user": None, "errors": wrong}
        emails = {"old_email": customer["email"], "new_email": newEmail.lower()}
        token = token_for(core, customer, CHANGE_EMAIL, **emails)
        link = _link(redirectUrl, token=token)
        _mail(core, tx, "ACCOUNT_CHANGE_EMAIL_REQUESTED", customer, token, link, newEmail=newEmail.lower())
    return {"user": user_node(customer), "errors": []}


@resolvers.field("Mutation.confirmEmailChange")
def confirm_email_change(_root: object, info: GraphQLResolveInfo, token: str, channel: str | None = None) -> Node:
    """Every token names the former address, and is worth nothing from now on."""
    core, requestor = core_of(info), context(info).requestor
    try:
        read = core.keys.read_token(token, now=core.clock())
    except jwt.PyJWTError:
        return {"user": None, "errors": [problem("JWT_INVALID_TOKEN", "Invalid or expired token.", "token")]}
    with core.store.write() as tx:
        customer = logged_in(tx, requestor)
        wanted = (CHANGE_EMAIL, global_id("User", customer["id"]), customer["email"])
        if (read.get("type"), read.get("user_id"), read.get("old_email")) != wanted:
            return {"user": None, "errors": [problem("JWT_INVALID_TOKEN", "Invalid token.", "token")]}
        if by_email(tx, read["new_email"]) is not None:
            return {"user": None, "errors": [problem("UNIQUE", "Email is used by other user.", "newEmail")]}
        changed = _confirm(tx, {**customer, "email": read["new_email"]})
    return {"user": user_node(changed), "errors": []}


@resolvers.field("Mutation.accountUpdate")
def account_update(_root: object, info: GraphQLResolveInfo, input: Mapping[str, Any]) -> Node:
    requestor = context(info).requestor
    metadata: Sequence[Mapping[str, str]] = input.get("metadata") or ()
    if any(not one["key"].strip() for one in metadata):
        return {"user": None, "errors": [problem("REQUIRED", "Metadata key cannot be empty.", "metadata")]}
    with core_of(info).store.write() as tx:
        customer = logged_in(tx, requestor)
        names = ("firstName", "lastName", "languageCode")
        changes = {name: input[name] for name in names if input.get(name) is not None}
        known = customer.get("metadata", {}) | {one["key"]: one["value"] for one in metadata}
        customer = {**customer, **changes, "metadata": known}
        tx.put("customer", customer["id"], customer)
    return {"user": user_node(customer), "errors": []}
