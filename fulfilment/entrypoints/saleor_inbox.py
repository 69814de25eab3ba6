"""Saleor's asynchronous webhooks and our plugin's notices: verified, marked, answered. Workers act on the marks."""

import hashlib
import hmac
import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeGuard

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from fulfilment.entrypoints.receiving import receives
from fulfilment.errors import Refusal
from fulfilment.flows.dispatch import look_at
from fulfilment.flows.follow_prices import CONSUMERS
from fulfilment.flows.tell_restock import EVERYTHING, somebody_waits
from fulfilment.gateways.saleor.signature import verify
from fulfilment.gateways.shop import tell_changed
from fulfilment.inbox.models import Mark

OF_PRICES = frozenset(
    (
        *("ProductUpdated", "ProductVariantCreated", "ProductVariantUpdated", "ProductVariantDeleted"),
        *("ProductVariantDiscountedPriceUpdated", "PromotionStarted", "PromotionEnded", "PromotionUpdated"),
        *("PromotionDeleted", "PromotionRuleCreated", "PromotionRuleUpdated", "PromotionRuleDeleted"),
    )
)
"""Events of the collection after which something may cost another amount; there are many more."""

OF_STOCK = frozenset(
    (
        *("ProductCreated", "ProductUpdated", "ProductMetadataUpdated", "ProductVariantCreated"),
        *("ProductVariantUpdated", "ProductVariantBackInStock", "ProductVariantStockUpdated"),
    )
)
"""Events after which something that was sold out may be there again."""

NOTICE_TOLERANCE = timedelta(seconds=300)


def proven_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON of a webhook that our Saleor signed; `Refusal` for any other."""
    prove(request)
    return parsed(request.body)


def prove(request: HttpRequest) -> None:
    """`Refusal` where it is not our Saleor that signed this."""
    if request.headers.get("Saleor-Api-Url") != settings.SALEOR_API_URL:
        raise Refusal("This is not our Saleor.", "FOREIGN_SALEOR")
    verify(request.body, request.headers.get("Saleor-Signature", ""), now=timezone.now())


def parsed(body: bytes) -> dict[str, Any]:
    """A JSON object, its decimals exact; `Refusal` for anything else."""
    try:
        found = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Refusal("The body is no JSON.", "GARBAGE") from error
    if not isinstance(found, dict):
        raise Refusal("The body is no JSON object.", "GARBAGE")
    return found


@receives
def webhook(request: HttpRequest) -> HttpResponse:
    body = proven_body(request)
    # Saleor sends the selection of `event` itself, not wrapped in its name.
    order = body.get("order")
    order_id = order.get("id") if isinstance(order, dict) else None
    if is_id(order_id):
        _order_changed(order_id)
    return JsonResponse({"taken": True})


@receives
def collection_changed(request: HttpRequest) -> HttpResponse:
    """The shop is told, and nothing is kept of it: of a change that it does not hear of, time tells it. What may be
    another price is looked at, and what may be there again where somebody waits for anything."""
    told = proven_body(request).get("__typename")
    tell_changed()
    if isinstance(told, str) and told in OF_PRICES:
        look_at(Mark.Kind.PRICES, CONSUMERS, timezone.now())
    if isinstance(told, str) and told in OF_STOCK and somebody_waits():
        look_at(Mark.Kind.RESTOCK, EVERYTHING, timezone.now())
    return JsonResponse({"taken": True})


@receives
def notice(request: HttpRequest) -> HttpResponse:
    _check_notice(request)
    body = parsed(request.body)
    order_id = body.get("order_id")
    if body.get("version") != 1 or not is_id(order_id):
        raise Refusal("This is no notice of version 1.", "GARBAGE")
    _order_changed(order_id)
    return JsonResponse({"taken": True})


def is_id(found: object) -> TypeGuard[str]:
    """Whether this can be one of Saleor's ids: what could not even be stored is garbage."""
    return isinstance(found, str) and bool(re.fullmatch(r"[A-Za-z0-9+/=_-]{1,64}", found))


def _check_notice(request: HttpRequest) -> None:
    stamp = request.headers.get("X-Notice-Timestamp", "")
    given = request.headers.get("X-Notice-Signature", "")
    if not stamp.isdecimal():
        raise Refusal("The notice has no timestamp.", "BAD_SIGNATURE")
    signed = stamp.encode() + b"." + request.body
    wanted = [
        "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        for secret in settings.PLUGIN_NOTICE_SECRETS
    ]
    if not any(hmac.compare_digest(given.encode(), signature.encode()) for signature in wanted):
        raise Refusal("The notice is not signed by our plugin.", "BAD_SIGNATURE")
    if abs(timezone.now().timestamp() - int(stamp)) > NOTICE_TOLERANCE.total_seconds():
        raise Refusal("The notice is too old.", "TOO_OLD")


def _order_changed(order_id: str) -> None:
    look_at(Mark.Kind.ORDER, order_id, timezone.now())
