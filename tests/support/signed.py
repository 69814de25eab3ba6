"""Messages as Saleor, its plugin and Stripe sign them, sent to our hooks."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm

from fulfilment.gateways.models import SaleorKeys
from fulfilment.payments.models import Payment


@cache
def _private_key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True)
class SaleorKey:
    """A signing key of Saleor; those of another number are other keys."""

    number: int = 1

    @property
    def kid(self) -> str:
        return f"key-{self.number}"

    @property
    def jwk(self) -> dict[str, Any]:
        """Its public half, as Saleor publishes it."""
        public = json.loads(RSAAlgorithm.to_jwk(_private_key(self.number).public_key()))
        return {**public, "kid": self.kid, "alg": "RS256", "use": "sig"}

    def signature(self, body: bytes) -> str:
        """The detached JWS that Saleor sends along with a body."""
        head = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": self.kid}
        return jwt.PyJWS().encode(body, _private_key(self.number), "RS256", headers=head, is_payload_detached=True)

    def customers_token(self) -> str:
        """A token as Saleor gives its customers: signed with the same key, with a content of its own."""
        return self.token({"sub": "a customer"})

    def token(self, claims: Mapping[str, object]) -> str:
        """A token of Saleor's with these claims."""
        return jwt.encode(dict(claims), _private_key(self.number), "RS256", headers={"kid": self.kid})

    @property
    def pem(self) -> bytes:
        """Its public half, as a file."""
        public = _private_key(self.number).public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def known_keys(*keys: SaleorKey, fetched_at: datetime | None = None) -> None:
    """Our program has fetched these keys before."""
    SaleorKeys.objects.update_or_create(
        api_url=settings.SALEOR_API_URL,
        defaults={"keys": [key.jwk for key in keys], "fetched_at": fetched_at or timezone.now()},
    )


def from_saleor(path: str, body: object, *, key: SaleorKey | None = None, **more: str) -> HttpResponse:
    """What we answer to a webhook; `more` replaces headers."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "Saleor-Api-Url": settings.SALEOR_API_URL,
        "Saleor-Signature": (key or SaleorKey()).signature(raw),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return post(path, raw, headers)


def notice_headers(body: bytes, secret: str, stamp: int) -> dict[str, str]:
    signed = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Notice-Timestamp": str(stamp), "X-Notice-Signature": f"v1={signed}"}


def from_plugin(body: object, *, secret: str = "", at: float | None = None) -> HttpResponse:
    """What we answer to a notice of Saleor's plugin."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = int(time.time() if at is None else at)
    return post("/hooks/plugin/", raw, notice_headers(raw, secret or settings.PLUGIN_NOTICE_SECRETS[0], stamp))


def notice(order_id: str) -> dict[str, object]:
    return {"version": 1, "event": "order_created", "order_id": order_id, "issued_at": "2026-11-23T20:00:00+00:00"}


def from_stripe(event: object, *, secret: str = "", at: float | None = None) -> HttpResponse:
    """What we answer to an event of Stripe."""
    raw = event if isinstance(event, bytes) else json.dumps(event).encode()
    stamp = int(time.time() if at is None else at)
    key = (secret or settings.STRIPE_WEBHOOK_SECRET).encode()
    signed = hmac.new(key, f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    return post("/hooks/stripe/", raw, {"Stripe-Signature": f"t={stamp},v1={signed}"})


def stripe_event(kind: str, subject: Mapping[str, object], *, event_id: str = "") -> dict[str, object]:
    return {
        "id": event_id or f"evt_{uuid4().hex[:12]}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "data": {"object": dict(subject)},
    }


def post(path: str, body: bytes, headers: Mapping[str, str]) -> HttpResponse:
    answer = Client().post(path, data=body, content_type="application/json", headers=dict(headers))
    assert isinstance(answer, HttpResponse)
    return answer


def checkout_payment(
    checkout_id: str = "Q2hlY2tvdXQ6MQ==",
    *,
    key: str = "key-1",
    amount: str = "289.00",
    items: tuple[tuple[str | None, str, int], ...] = (("SG-001", "Koord", 1),),
    prices: tuple[float, ...] | None = None,
    undiscounted: tuple[float, ...] | None = None,
    code: str | None = None,
    delivery: float = 0.0,
    **data: object,
) -> bytes:
    """The body of `TRANSACTION_INITIALIZE_SESSION`, with the amount written as Saleor writes it: a bare number.

    `prices` are those of the items; where none are given they do not make the amount. `undiscounted` is what they would
    cost without any discount, `code` the one that the basket has.
    """
    costs = prices or (0.0,) * len(items)
    lines = [
        {
            "quantity": quantity,
            "totalPrice": {"gross": {"amount": price}},
            "undiscountedTotalPrice": {"amount": full},
            "variant": {"name": "", "product": {"name": name, "externalReference": product}},
        }
        for (product, name, quantity), price, full in zip(items, costs, undiscounted or costs, strict=True)
    ]
    given = {"success_url": f"{settings.SHOP_URL}/nl/bedankt/", "cancel_url": f"{settings.SHOP_URL}/nl/afrekenen/"}
    body = {
        "__typename": "TransactionInitializeSession",
        "idempotencyKey": key,
        "data": {**given, "language": "nl", **data},
        "action": {"amount": "AMOUNT", "currency": "EUR", "actionType": "CHARGE"},
        "transaction": {"id": f"transaction-{key}"},
        "sourceObject": {
            "__typename": "Checkout",
            "id": checkout_id,
            "email": "an@example.com",
            "languageCode": "NL",
            "voucherCode": code,
            "channel": {"slug": "consumer"},
            "lines": lines,
            "shippingPrice": {"gross": {"amount": delivery}},
        },
    }
    return json.dumps(body).replace('"AMOUNT"', amount).encode()


@dataclass
class Jwks:
    """Saleor's published keys, as a WSGI program that counts how often it is asked."""

    keys: list[SaleorKey] = field(default_factory=list)
    asked: int = 0
    status: str = "200 OK"

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        self.asked += 1
        start_response(self.status, [("Content-Type", "application/json")])
        return [json.dumps({"keys": [key.jwk for key in self.keys]}).encode()]


def refund_body(
    payment: Payment, amount: str, requests: list[tuple[str, str, str]], *, reference: str = ""
) -> dict[str, object]:
    """`TRANSACTION_REFUND_REQUESTED`: requests are (idempotency key, amount, reference of its answer), oldest first."""
    events = [
        {
            "type": "REFUND_REQUEST",
            "idempotencyKey": key,
            "pspReference": answered,
            "createdAt": f"2026-11-23T20:00:{at:02}.123456+00:00",
            "amount": {"amount": float(asked)},
        }
        for at, (key, asked, answered) in enumerate(requests)
    ]
    charge = {
        "type": "CHARGE_SUCCESS",
        "idempotencyKey": None,
        "pspReference": payment.payment_intent_id,
        "createdAt": "2026-11-23T19:00:00+00:00",
        "amount": {"amount": float(amount)},
    }
    return {
        "__typename": "TransactionRefundRequested",
        "action": {"amount": float(amount), "currency": "EUR"},
        "grantedRefund": None,
        "transaction": {
            "id": payment.saleor_transaction_id,
            "pspReference": reference or payment.payment_intent_id,
            "events": [charge, *events],
        },
    }
