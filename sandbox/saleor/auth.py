"""Who asks: staff with a JSON Web Token, an app with its token, or nobody in particular; and what each may do."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import jwt
from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.saleor.core import Core, Node, Resolvers, context, core_of, problem
from sandbox.saleor.moments import moment, to_iso

resolvers = Resolvers()

_TOKEN_LIVES_SECONDS = 300


class PermissionDenied(Exception):
    """The requestor lacks what it takes."""

    def __init__(self, *permissions: str) -> None:
        super().__init__(f"To access this path, you need one of the following permissions: {', '.join(permissions)}")


class ExpiredSignatureError(Exception):
    """The staff token is too old."""


class InvalidSignatureError(Exception):
    """The staff token was not signed by this Saleor."""


@dataclass(frozen=True)
class Requestor:
    """Nobody (`kind` anonymous), a member of staff, or an app (`app_id`)."""

    kind: str = "anonymous"
    app_id: str | None = None
    permissions: frozenset[str] = frozenset()

    def may(self, *permissions: str) -> bool:
        """Whether it has one of them; the demo's staff account has all."""
        return self.kind == "staff" or bool(self.permissions & set(permissions))


ANONYMOUS = Requestor()


def app_requestor(app: Mapping[str, Any]) -> Requestor:
    """The app with its rights."""
    return Requestor("app", app["id"], frozenset(app["permissions"]))


def requestor_of(core: Core, headers: Mapping[str, str]) -> Requestor:
    """Who sent these headers. A token that means nothing here is not refused: nobody in particular asks, as in Saleor.

    Raises ExpiredSignatureError or InvalidSignatureError for a staff token that no longer or never was valid.
    """
    token = headers.get("Authorization-Bearer") or _bearer(headers.get("Authorization", ""))
    if not token:
        return ANONYMOUS
    if _is_staff_token(token):
        try:
            core.keys.read_token(token)
        except jwt.ExpiredSignatureError as error:
            raise ExpiredSignatureError("Signature has expired") from error
        except jwt.PyJWTError as error:
            raise InvalidSignatureError("Signature verification failed") from error
        return Requestor("staff")
    with core.store.read() as reader:
        app = reader.first("app", {"token": token})
    return app_requestor(app) if app and app["is_active"] else ANONYMOUS


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.upper() in ("BEARER", "JWT") else ""


def _is_staff_token(token: str) -> bool:
    try:
        payload = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        return False
    return bool(payload.get("owner") == "saleor")


def require(info: GraphQLResolveInfo, *permissions: str) -> Requestor:
    """The requestor, if it has one of the permissions; raises PermissionDenied."""
    requestor = context(info).requestor
    if not requestor.may(*permissions):
        raise PermissionDenied(*permissions)
    return requestor


def require_staff_or_app(info: GraphQLResolveInfo) -> Requestor:
    """Anybody who is known; raises PermissionDenied for anonymous requests."""
    requestor = context(info).requestor
    if requestor.kind == "anonymous":
        raise PermissionDenied("AUTHENTICATED_STAFF_USER", "AUTHENTICATED_APP")
    return requestor


@resolvers.field("Mutation.tokenCreate")
def token_create(_root: object, info: GraphQLResolveInfo, email: str, password: str) -> Node:
    core, ip = core_of(info), context(info).client_ip or ""
    until = core.logins.begin(ip)
    if until is not None:
        text = f"Logging has been suspended till {to_iso(moment(until))}: too many attempts from the same IP address."
        return {"token": None, "errors": [problem("LOGIN_ATTEMPT_DELAYED", text)]}
    known = core.catalogue.file.staff.get(email)
    if known is None or not hmac.compare_digest(known.encode(), password.encode()):
        core.logins.failed(ip, None if known is None else email)
        wrong = problem("INVALID_CREDENTIALS", "Please, enter valid credentials", "email")
        return {"token": None, "errors": [wrong]}
    core.logins.succeeded(ip, email)
    now = int(core.clock())
    payload = {
        "iat": now,
        "exp": now + _TOKEN_LIVES_SECONDS,
        "owner": "saleor",
        "iss": core.api_url,
        "type": "access",
        "email": email,
        "jti": uuid4().hex,
        "is_staff": True,
    }
    return {"token": core.keys.sign_token(payload), "errors": []}


def no_such_id(global_id: str | None, type_name: str) -> GraphQLError:
    """What a query answers to an id that is malformed or of another type."""
    return GraphQLError(f"Invalid ID: {global_id}. Expected: {type_name}.")
