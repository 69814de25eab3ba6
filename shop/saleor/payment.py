"""The beginning of a payment: Saleor asks its payment app for an address to pay at."""

from dataclasses import dataclass
from typing import Any

from shop import settings
from shop.saleor.client import Saleor


@dataclass(frozen=True, slots=True)
class PaymentStart:
    """What came of ``transactionInitialize``: an address to pay at, or a refusal.

    ``refusal_code`` is fulfilment's (``NOT_FOR_SALE`` …) and empty when the payment app did not answer at all.
    """

    url: str
    reference: str
    refusal_code: str
    refused_products: tuple[str, ...]
    message: str


def start_payment(
    saleor: Saleor, checkout_id: str, *, key: str, success_url: str, cancel_url: str, language: str
) -> PaymentStart:
    """Asks the payment app for an address to pay at. The same ``key`` with the same total is the same attempt.

    Raises SaleorRefusal with UNIQUE when the total changed under the same key, with CHECKOUT_COMPLETION_IN_PROGRESS
    when the checkout is becoming an order.
    """
    gateway = {
        "id": settings.PAYMENT_GATEWAY_ID,
        "data": {"success_url": success_url, "cancel_url": cancel_url, "language": language},
    }
    payload = saleor.write("transactionInitialize", {"id": checkout_id, "gateway": gateway, "key": key})
    event = payload["transactionEvent"] or {}
    data: dict[str, Any] = payload["data"] if isinstance(payload["data"], dict) else {}
    # A payment app that is down, slow or refuses comes back without errors: only the event's type tells.
    succeeded = event.get("type") == "CHARGE_ACTION_REQUIRED" and bool(data.get("url"))
    refusal: dict[str, Any] = data.get("refusal") or {}
    return PaymentStart(
        url=data["url"] if succeeded else "",
        reference=data.get("reference", "") if succeeded else "",
        refusal_code=refusal.get("code", ""),
        refused_products=tuple(refusal.get("product_codes", ())),
        message=(event.get("message") or "") if refusal else "",
    )
