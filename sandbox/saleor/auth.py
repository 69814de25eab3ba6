"""Who asks: staff or a customer with a JSON Web Token, an app with its token, or nobody; and what each may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.saleor.core import Core, context


class PermissionDenied(Exception):
    """The requestor lacks what it takes."""

    def __init__(self, *permissions: str) -> None:
        super().__init__(f"To access this path, you need one of the following permissions: {', '.join(permissions)}")

    @classmethod
    def because(cls, text: str) -> "PermissionDenied":
        """One that says something else."""
        denied = cls()
        denied.args = (text,)
        return denied


class ExpiredSignatureError(Exception):
    """The token is too old."""


class InvalidSignatureError(Exception):
    """The token was not signed by this Saleor."""


class InvalidTokenError(Exception):
    """The token of a customer who was logged out everywhere, is called otherwise now, or is gone."""


@dataclass(frozen=True)
class Requestor:
    """Nobody (`kind` anonymous), a member of staff, a customer (`customer_id`), or an app (`app_id`)."""

    kind: str = "anonymous"
    app_id: str | None = None
    customer_id: str | None = None
    permissions: frozenset[str] = frozenset()

    def may(self, *permissions: str) -> bool:
        """Whether it has one of them; the demo's staff account has all."""
        return self.kind == "staff" or bool(self.permissions & set(permissions))


ANONYMOUS = Requestor()


def app_requestor(app: Mapping[str, Any]) -> Requestor:
    """The app with its rights."""
    return Requestor("app", app["id"], permissions=frozenset(app["permissions"]))


def requestor_of(core: Core, headers: Mapping[str, str]) -> Requestor:
    """Who sent these headers. A token that means nothing here is not refused: nobody in particular asks, as in Saleor.

    Raises ExpiredSignatureError, InvalidSignatureError or InvalidTokenError for a person's token that no longer or
    never was valid.
    """
    token = headers.get("Authorization-Bearer") or _bearer(headers.get("Authorization", ""))
    if not token:
        return ANONYMOUS
    if _is_persons_token(token):
        try:
            read = core.keys.read_token(token, now=core.clock())
        except jwt.ExpiredSignatureError as error:
            raise ExpiredSignatureError("Signature has expired") from error
        except jwt.PyJWTError as error:
            raise InvalidSignatureError("Signature verification failed") from error
        return Requestor("staff") if read.get("is_staff") else _customer(core, read)
    with core.store.read() as reader:
        app = reader.first("app", {"token": token})
    return app_requestor(app) if app and app["is_active"] else ANONYMOUS


def _customer(core: Core, read: Mapping[str, Any]) -> Requestor:
    with core.store.read() as reader:
        found = reader.first("customer", {"email": read.get("email")})
    if read.get("type") != "access" or found is None or found.get("token_key") != read.get("token"):
        raise InvalidTokenError("Invalid token. Create new one by using tokenCreate mutation.")
    return Requestor("customer", customer_id=found["id"])


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.upper() in ("BEARER", "JWT") else ""


def _is_persons_token(token: str) -> bool:
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
    """Staff and apps; raises PermissionDenied for everybody else."""
    requestor = context(info).requestor
    if requestor.kind not in ("staff", "app"):
        raise PermissionDenied("AUTHENTICATED_STAFF_USER", "AUTHENTICATED_APP")
    return requestor


def no_such_id(global_id: str | None, type_name: str) -> GraphQLError:
    """What a query answers to an id that is malformed or of another type."""
    return GraphQLError(f"Invalid ID: {global_id}. Expected: {type_name}.")
