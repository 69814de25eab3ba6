"""Proof that something comes from our Saleor, with its published keys: a webhook, by a detached JWS over its raw body;
somebody of its staff, by the token that its Dashboard hands to our app."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx
import jwt
from django.conf import settings
from jwt.api_jws import PyJWS
from jwt.types import Options

from fulfilment.errors import GatewayError, Refusal
from fulfilment.gateways.models import SaleorKeys
from fulfilment.gateways.neighbours import SALEOR, asked

ALGORITHM = "RS256"
REFETCH_AFTER = timedelta(seconds=30)
LONGEST_FETCH = 4.0
"""Seconds for Saleor's keys, of which Saleor itself waits for us."""


def verify(body: bytes, signature: str, *, now: datetime, transport: httpx.BaseTransport | None = None) -> None:
    """`Refusal` for a bad signature; `GatewayError` when Saleor's keys are out of reach, so that it is sent again."""
    public = _public_key(signature, now, transport)
    try:
        # Only a detached signature will do: Saleor signs its customers' tokens with the same key.
        PyJWS().decode_complete(signature, key=public, algorithms=[ALGORITHM], detached_payload=body)
    except jwt.PyJWTError as error:
        raise Refusal("The signature does not fit the body.", "BAD_SIGNATURE") from error


def staff_token(token: str, *, now: datetime, transport: httpx.BaseTransport | None = None) -> dict[str, Any]:
    """What Saleor says of the member of its staff for whom it made this token, to be handed to an app (`app`, its id).

    `Refusal` for any other token, with the code EXPIRED where it was one; `GatewayError` when Saleor's keys are out of
    reach.
    """
    public = _public_key(token, now, transport)
    needed = ["exp", "iss", "type", "app", "is_staff"]
    try:
        # Whether it is over is asked below: by the time that was handed in.
        options: Options = {"require": needed, "verify_exp": False, "verify_iat": False}
        claims = jwt.decode(token, key=public, algorithms=[ALGORITHM], issuer=settings.SALEOR_API_URL, options=options)
    except jwt.PyJWTError as error:
        raise Refusal("The token is not of our Saleor.", "BAD_SIGNATURE") from error
    # The same key signs what customers log in with, and what staff do at Saleor itself.
    if claims["type"] != "thirdparty" or claims["is_staff"] is not True or not isinstance(claims["exp"], int):
        raise Refusal("The token is not one of staff for an app.", "BAD_SIGNATURE")
    if now.timestamp() >= claims["exp"]:
        raise Refusal("The token is over.", "EXPIRED")
    return claims


def _public_key(signed: str, now: datetime, transport: httpx.BaseTransport | None) -> Any:
    """The key of Saleor's that something says it was signed with; `Refusal` where it is none of them."""
    try:
        kid = jwt.get_unverified_header(signed).get("kid")
    except jwt.PyJWTError as error:
        raise Refusal("The signature is no JWS.", "BAD_SIGNATURE") from error
    key = _key(str(kid), now, transport)
    if key is None:
        raise Refusal("The signature names an unknown key.", "BAD_SIGNATURE")
    try:
        return jwt.PyJWK.from_dict(key, algorithm=ALGORITHM).key
    except jwt.PyJWTError as error:
        raise Refusal("The signature names a key of another kind.", "BAD_SIGNATURE") from error


def _key(kid: str, now: datetime, transport: httpx.BaseTransport | None) -> dict[str, Any] | None:
    kept = SaleorKeys.objects.filter(api_url=settings.SALEOR_API_URL).first()
    found = _find(kept.keys, kid) if kept else None
    if found is None and (kept is None or now - kept.fetched_at > REFETCH_AFTER):
        # An unknown key may be a new one, but a stranger must not make us ask Saleor all day.
        keys = _fetch(transport)
        SaleorKeys.objects.update_or_create(api_url=settings.SALEOR_API_URL, defaults={"keys": keys, "fetched_at": now})
        found = _find(keys, kid)
    return found


def _find(keys: list[dict[str, Any]], kid: str) -> dict[str, Any] | None:
    return next((key for key in keys if key.get("kid") == kid), None)


def _fetch(transport: httpx.BaseTransport | None) -> list[dict[str, Any]]:
    try:
        with asked(SALEOR) as seconds, httpx.Client(timeout=min(seconds, LONGEST_FETCH), transport=transport) as http:
            answer = http.get(urljoin(settings.SALEOR_API_URL, "/.well-known/jwks.json"))
            answer.raise_for_status()
            keys: list[dict[str, Any]] = answer.json()["keys"]
            return keys
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise GatewayError(f"Saleor's keys are out of reach: {error}", retry=True, at="Saleor") from error
