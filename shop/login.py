"""Who is logged in: Saleor's tokens stand in the visit, in Valkey, and nowhere else; a browser holds the visit's name.

The access token is renewed when it is about to end. Once Saleor refuses that, the login is over.
"""

from dataclasses import replace
from time import time

from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from shop.saleor import account
from shop.saleor.account import Customer, OwnAddress, Tokens
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal, SaleorRejected

OVER = frozenset({"InvalidTokenError", "ExpiredSignatureError", "InvalidSignatureError"})
"""What Saleor calls the token of a login that is over: ended everywhere, or it has another address, or none."""
_LOGIN = "login"
_RENEWED_AFTER = 240
"""Seconds; Saleor's access token is good for 300."""


def is_logged_in(request: HttpRequest) -> bool:
    """As far as the visit knows."""
    return _LOGIN in request.session


def begin(request: HttpRequest, tokens: Tokens) -> Saleor:
    """The login begins; the visit has another name from now on, so that nobody who knew the former one is in it."""
    request.session.cycle_key()
    rotate_token(request)
    request.session[_LOGIN] = {"access": tokens.access, "refresh": tokens.refresh, "renewed_at": time()}
    return replace(saleor_for(request), token=tokens.access)


def end(request: HttpRequest) -> None:
    """The visit is over with all that it remembered: who sits here next sees nobody's basket."""
    request.session.flush()


def customer_for(request: HttpRequest) -> Saleor | None:
    """Saleor as the customer reaches it; None where nobody is logged in (any more). Raises SaleorError."""
    login: dict[str, object] | None = request.session.get(_LOGIN)
    if login is None:
        return None
    if time() - float(str(login["renewed_at"])) > _RENEWED_AFTER:
        try:
            access = account.access_token(saleor_for(request), str(login["refresh"]))
        except SaleorRefusal:
            forget(request)
            return None
        login = request.session[_LOGIN] = {**login, "access": access, "renewed_at": time()}
    return replace(saleor_for(request), token=str(login["access"]))


def customer(request: HttpRequest) -> Customer | None:
    """Who is logged in; None where nobody is (any more). Raises SaleorError."""
    saleor = customer_for(request)
    if saleor is None:
        return None
    try:
        found = account.customer(saleor)
    except SaleorRejected as error:
        if error.code not in OVER:
            raise
        found = None
    if found is None:
        forget(request)
    return found


def forget(request: HttpRequest) -> None:
    """The login is over at Saleor; the basket of the visit stays."""
    request.session.pop(_LOGIN, None)


def kept_addresses(request: HttpRequest) -> tuple[OwnAddress, ...]:
    """Those that the account has, what comes first for parcels before the rest. Raises SaleorError."""
    found = customer(request)
    return tuple(sorted(found.addresses, key=lambda one: not one.is_for_parcels)) if found else ()
