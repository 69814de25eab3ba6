"""Fulfilment as Saleor's app: its manifest, its registration, and the payment webhooks that Saleor waits for."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import override, pgettext

from fulfilment.advisory import timed_out
from fulfilment.entrypoints.dashboard.extensions import APP_PATH, extensions
from fulfilment.entrypoints.receiving import receives
from fulfilment.entrypoints.saleor_accounts import ACCOUNT_EVENTS
from fulfilment.entrypoints.saleor_inbox import parsed, prove, proven_body
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.install_app import install_app
from fulfilment.flows.settle_refund import start_refund
from fulfilment.flows.start_payment import Item, NotForSale, PaymentRequest, start_payment
from fulfilment.gateways.saleor.client import document
from fulfilment.gateways.stripe.connect import connected
from fulfilment.money import to_decimal, to_minor
from fulfilment.orders.pages import spoken
from fulfilment.outside import in_words
from fulfilment.payments.models import Payment
from neighbours.budget import within

START_SECONDS = 7
"""Saleor waits 18 seconds for us, but whoever pressed "pay" waits for Saleor: what is wrong is said in time."""

ORDER_EVENTS = [
    "ORDER_CREATED",
    "ORDER_CONFIRMED",
    "ORDER_PAID",
    "ORDER_FULLY_PAID",
    "ORDER_UPDATED",
    "ORDER_CANCELLED",
    "ORDER_REFUNDED",
    "ORDER_FULLY_REFUNDED",
    "FULFILLMENT_CREATED",
    "FULFILLMENT_CANCELED",
    "FULFILLMENT_TRACKING_NUMBER_UPDATED",
]
CATALOGUE_EVENTS = [
    "PRODUCT_CREATED",
    "PRODUCT_UPDATED",
    "PRODUCT_DELETED",
    "PRODUCT_METADATA_UPDATED",
    "PRODUCT_MEDIA_CREATED",
    "PRODUCT_MEDIA_UPDATED",
    "PRODUCT_MEDIA_DELETED",
    "PRODUCT_VARIANT_CREATED",
    "PRODUCT_VARIANT_UPDATED",
    "PRODUCT_VARIANT_DELETED",
    "PRODUCT_VARIANT_OUT_OF_STOCK",
    "PRODUCT_VARIANT_BACK_IN_STOCK",
    "PRODUCT_VARIANT_STOCK_UPDATED",
    "PRODUCT_VARIANT_DISCOUNTED_PRICE_UPDATED",
    "PROMOTION_CREATED",
    "PROMOTION_UPDATED",
    "PROMOTION_DELETED",
    "PROMOTION_STARTED",
    "PROMOTION_ENDED",
    "PROMOTION_RULE_CREATED",
    "PROMOTION_RULE_UPDATED",
    "PROMOTION_RULE_DELETED",
    "CATEGORY_CREATED",
    "CATEGORY_UPDATED",
    "CATEGORY_DELETED",
    "COLLECTION_CREATED",
    "COLLECTION_UPDATED",
    "COLLECTION_DELETED",
    "COLLECTION_METADATA_UPDATED",
    "PAGE_CREATED",
    "PAGE_UPDATED",
    "PAGE_DELETED",
    "MENU_CREATED",
    "MENU_UPDATED",
    "MENU_DELETED",
    "MENU_ITEM_CREATED",
    "MENU_ITEM_UPDATED",
    "MENU_ITEM_DELETED",
    "TRANSLATION_CREATED",
    "TRANSLATION_UPDATED",
]
"""Whatever could change a page of the shop. A price of a channel comes as its product's or variant's update."""


def manifest(request: HttpRequest) -> HttpResponse:
    """What Saleor reads when the app is installed."""
    return JsonResponse(app_manifest())


def app_manifest() -> dict[str, Any]:
    """Our app as Saleor shall know it: its addresses, permissions and webhooks, and what it adds to the Dashboard."""
    base = settings.FULFILMENT_URL

    def hook(name: str, path: str, query: str, **events: list[str]) -> dict[str, object]:
        return {"name": name, "targetUrl": base + path, "query": document(query), "isActive": True, **events}

    return {
        "id": settings.SALEOR_APP_ID,
        "version": "1.0.0",
        "name": "Sociaal Gemaakt",
        "author": "Sociaal Gemaakt",
        "about": "Routes orders to workshops, takes payments through Stripe and divides the revenue.",
        "requiredSaleorVersion": "^3.23",
        "appUrl": base + APP_PATH,
        "tokenTargetUrl": f"{base}/saleor/register",
        "permissions": [
            "MANAGE_ORDERS",
            "HANDLE_PAYMENTS",
            "HANDLE_CHECKOUTS",
            "MANAGE_CHECKOUTS",
            "MANAGE_PRODUCTS",
            "MANAGE_DISCOUNTS",
            "MANAGE_PLUGINS",
            "MANAGE_USERS",
            "MANAGE_PAGES",  # these three only to be told of what changes
            "MANAGE_MENUS",
            "MANAGE_TRANSLATIONS",
        ],
        "extensions": extensions(base),
        "webhooks": [
            hook("Orders", "/hooks/saleor/", "order_events", asyncEvents=ORDER_EVENTS),
            hook("Collection", "/hooks/saleor/collection/", "catalogue_events", asyncEvents=CATALOGUE_EVENTS),
            hook(
                "Start a payment",
                "/saleor/payment/initialize",
                "initialize_payment",
                syncEvents=["TRANSACTION_INITIALIZE_SESSION"],
            ),
            hook(
                "Go on with a payment",
                "/saleor/payment/process",
                "process_payment",
                syncEvents=["TRANSACTION_PROCESS_SESSION"],
            ),
            hook(
                "Refund a payment",
                "/saleor/payment/refund",
                "refund_payment",
                syncEvents=["TRANSACTION_REFUND_REQUESTED"],
            ),
            hook("Accounts", "/hooks/saleor/accounts/", "account_events", asyncEvents=ACCOUNT_EVENTS),
        ],
    }


@receives
def register(request: HttpRequest) -> HttpResponse:
    """Take the token of a fresh installation. Saleor does not sign this, so the token is tried before it is kept."""
    if request.headers.get("Saleor-Api-Url") != settings.SALEOR_API_URL:
        raise Refusal("This is not our Saleor.", "FOREIGN_SALEOR")
    token = parsed(request.body).get("auth_token")
    if not isinstance(token, str) or not token:
        raise Refusal("There is no token in the body.", "GARBAGE")
    install_app(token, now=timezone.now())
    return JsonResponse({"taken": True})


@receives
def initialize(request: HttpRequest) -> HttpResponse:
    """Open Stripe's page for a checkout, or refuse it while that is free."""
    body = proven_body(request)
    with override(spoken(_language(body.get("sourceObject")))):
        return _initialized(body)


def _initialized(body: Mapping[str, Any]) -> HttpResponse:
    """What the shop is told, and what Stripe's page says, in the customer's language."""
    action = body.get("action")
    wanted = str(action.get("amount") or 0) if isinstance(action, dict) else "0"
    try:
        with within(START_SECONDS):
            payment = start_payment(_payment_request(body), connected(), now=timezone.now())
    except NotForSale as refusal:
        return _refused(wanted, refusal, product_codes=refusal.product_codes)
    except Refusal as refusal:
        return _refused(wanted, refusal)
    except GatewayError:
        message = pgettext(
            "customer",
            "De betaaldienst antwoordt nu niet. Er is niets betaald en je mandje blijft bewaard. "
            "Probeer het over enkele minuten opnieuw.",
        )
        return _refused(wanted, Refusal(message, code="PAYMENT_DOWN"))
    except OperationalError as error:
        if not timed_out(error):
            raise
        message = pgettext("customer", "We zijn met dit mandje nog bezig. Probeer het over een minuut opnieuw.")
        return _refused(wanted, Refusal(message, code="BUSY"))
    return _action_required(payment)


def _action_required(payment: Payment) -> HttpResponse:
    return JsonResponse(
        {
            "result": "CHARGE_ACTION_REQUIRED",
            "amount": str(to_decimal(payment.amount_minor, payment.currency)),
            "data": {"url": payment.stripe_url, "reference": payment.reference},
            "actions": [],
        }
    )


def _refused(amount: str, refusal: Refusal, **more: object) -> HttpResponse:
    return JsonResponse(
        {
            "result": "CHARGE_FAILURE",
            "amount": amount,
            "message": refusal.message[:512],
            "data": {"refusal": {"code": refusal.code, "message": refusal.message, **more}},
        }
    )


def _payment_request(body: Mapping[str, Any]) -> PaymentRequest:
    try:
        source, action, data = body["sourceObject"], body["action"], body.get("data") or {}
        if source["__typename"] != "Checkout":
            raise Refusal(pgettext("customer", "Alleen een mandje kan zo betaald worden."), code="NOT_A_CHECKOUT")
        currency = str(action["currency"])
        return PaymentRequest(
            idempotency_key=str(body["idempotencyKey"]),
            transaction_id=str(body["transaction"]["id"]),
            checkout_id=str(source["id"]),
            channel=str(source["channel"]["slug"]),
            amount_minor=to_minor(Decimal(str(action["amount"])), currency),
            currency=currency,
            email=source["email"] or "",
            language=_language(source),
            items=tuple(_item(line, currency, has_code=bool(source.get("voucherCode"))) for line in source["lines"]),
            delivery_minor=_for_show(source.get("shippingPrice"), currency),
            success_url=str(data.get("success_url", "")),
            cancel_url=str(data.get("cancel_url", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise Refusal(pgettext("customer", "De vraag om te betalen is onvolledig."), code="GARBAGE") from error


def _language(source: object) -> str:
    code = source.get("languageCode") if isinstance(source, dict) else None
    return str(code or "NL").lower()[:2]


def _item(line: Mapping[str, Any], currency: str, *, has_code: bool) -> Item:
    """A line; where it costs everybody less than before, that is its price, and no discount that the page could name:
    the law wants the prior price beside one."""
    product = line["variant"]["product"]
    amount = _for_show(line.get("totalPrice"), currency)
    undiscounted = _for_show({"gross": line.get("undiscountedTotalPrice")}, currency)
    code, quantity = product["externalReference"] or "", int(line["quantity"])
    return Item(code, product["name"], quantity, amount, is_discounted=has_code and amount < undiscounted)


def _for_show(price: Any, currency: str) -> int:
    """A part of the sum, which the payment page shows where the parts make the sum; 0 where it cannot be read."""
    try:
        return to_minor(Decimal(str(price["gross"]["amount"])), currency)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return 0


@receives
def process(request: HttpRequest) -> HttpResponse:
    """Saleor asks how a payment stands: what we reported is what it knows, until Stripe tells more."""
    body = proven_body(request)
    about = body.get("transaction")
    transaction_id = str(about.get("id", "")) if isinstance(about, dict) else ""
    payment = Payment.objects.filter(saleor_transaction_id=transaction_id).order_by("-pk").first()
    if payment is None:
        raise Refusal("There is no payment of ours for this transaction.", "NOT_FOUND")
    return _action_required(payment)


@receives
def refund(request: HttpRequest) -> HttpResponse:
    """Start a refund at Stripe; how it ends is reported when Stripe tells."""
    if not request.body:
        return _nothing_said(request)
    body = proven_body(request)
    try:
        transaction, action = body["transaction"], body["action"]
        amount = to_minor(Decimal(str(action["amount"])), str(action["currency"]))
        key = _refund_key(transaction["events"], amount, str(action["currency"]))
        reference = start_refund(
            connected(),
            transaction_id=str(transaction["id"]),
            idempotency_key=key,
            amount_minor=amount,
            now=timezone.now(),
            granted_id=str((body.get("grantedRefund") or {}).get("id", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise Refusal("The refund request is incomplete.", "GARBAGE") from error
    except GatewayError as error:
        told = in_words(error)  # staff reads it in the Dashboard
        return JsonResponse({"result": "REFUND_FAILURE", "amount": str(action["amount"]), "message": told[:512]})
    return JsonResponse({"pspReference": reference})


def _nothing_said(request: HttpRequest) -> HttpResponse:
    """Saleor's second try has lost its body (we died over the first, or it took too long), and names no request.

    A complaint would be taken for a failure, and the same money asked back once more. At an answer that is no object
    Saleor leaves the request as it is: what we kept of it is finished by a worker, and what we never heard is found.
    """
    prove(request)
    return JsonResponse([], safe=False)


def _refund_key(events: list[dict[str, Any]], amount_minor: int, currency: str) -> str:
    """The idempotency key of the request that Saleor now makes: the newest of this amount without an answer yet.

    Saleor's payload names no request; it is made at the moment of the request, so that nothing newer stands in it,
    also when it is delivered late or again. An answered one carries Stripe's reference.
    """
    requests = [
        event
        for event in events
        if event["type"] == "REFUND_REQUEST"
        and to_minor(Decimal(str(event["amount"]["amount"])), currency) == amount_minor
    ]
    unanswered = [event for event in requests if not event["pspReference"]]
    newest = max(unanswered or requests, key=lambda event: str(event["createdAt"]))
    key = newest.get("idempotencyKey")
    if not key:
        raise Refusal("The refund request carries no idempotency key.", "GARBAGE")
    return str(key)
