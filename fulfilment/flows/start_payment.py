"""A checkout may be paid: plan its routing, close the page it had, open a new one at Stripe.

What cannot be made is refused here, while refusing is free. The plan is kept, so that an agreement that ends between
now and the payment orphans no money.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import pgettext

from fulfilment.agreements import queries as agreements
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows.dispatch import soon
from fulfilment.gateways.stripe.api import Stripe, is_kept
from fulfilment.gateways.stripe.values import PageLine, Session
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from fulfilment.life import move
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment
from fulfilment.routing.models import Plan

WAY_TO_STRIPE = timedelta(minutes=1)
"""Stripe counts the least life of a page from when it hears of it; a second try must fit in here too."""

MOST_LINES = 100
"""Of a page at Stripe."""

LONGEST_NAME = 230
"""Of a line of a page. Stripe takes 250 characters, and one line may name the delivery too."""


@dataclass(frozen=True)
class Item:
    """What a checkout line asks for, what the whole line comes to, and whether a discount is in that."""

    product_code: str
    name: str
    quantity: int
    amount_minor: int
    is_discounted: bool = False


@dataclass(frozen=True)
class PaymentRequest:
    """What Saleor asks of its payment app when a customer wants to pay."""

    idempotency_key: str
    transaction_id: str
    checkout_id: str
    channel: str
    amount_minor: int
    currency: str
    email: str
    language: str
    items: tuple[Item, ...]
    delivery_minor: int
    success_url: str
    cancel_url: str


class NotForSale(Refusal):
    """Nobody makes these products now."""

    def __init__(self, product_codes: list[str], names: list[str]) -> None:
        message = pgettext(
            "customer", "Dit kan nu niet gemaakt worden: %(names)s. Haal het uit je mandje om verder te gaan."
        )
        super().__init__(message % {"names": ", ".join(names)}, code="NOT_FOR_SALE")
        self.product_codes = product_codes


def start_payment(request: PaymentRequest, stripe: Stripe, *, now: datetime) -> Payment:
    """The payment with its page at Stripe; the same request gives the same page. `Refusal`, `GatewayError`."""
    _check(request)
    with checkout_lock(request.checkout_id):
        payment = _asked_before(request)
        if payment is not None and payment.stripe_session_id:
            return payment
        assignments = _plan(request, now)
        _wait_for_what_goes_back(request.checkout_id)
        _close_former_pages(request.checkout_id, stripe, now)
        if payment is None:
            payment = _save(request, assignments, now)
        return _open_page(payment, request, stripe, now)


def _check(request: PaymentRequest) -> None:
    if request.amount_minor <= 0 or not request.items:
        raise Refusal(pgettext("customer", "Er is niets te betalen."), code="NOTHING_TO_PAY")
    if not (_is_of_shop(request.success_url) and _is_of_shop(request.cancel_url)):
        raise Refusal(pgettext("customer", "De betaling kan niet naar een ander adres terugkeren."), code="FOREIGN_URL")


def _is_of_shop(url: str) -> bool:
    shop = urlsplit(settings.SHOP_URL)
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (parts.scheme, parts.netloc) == (shop.scheme, shop.netloc)


def _asked_before(request: PaymentRequest) -> Payment | None:
    payment = Payment.objects.filter(idempotency_key=request.idempotency_key).first()
    if payment is None:
        return None
    if (payment.checkout_id, payment.amount_minor) != (request.checkout_id, request.amount_minor):
        raise Refusal(
            pgettext("customer", "Deze betaling was voor een ander mandje. Begin opnieuw met betalen."), code="KEY_USED"
        )
    return payment


def _plan(request: PaymentRequest, now: datetime) -> dict[str, int]:
    codes = [item.product_code for item in request.items]
    found = agreements.in_force(codes, timezone.localdate(now), request.channel)
    missing = [item for item in request.items if item.product_code not in found]
    if missing:
        raise NotForSale([item.product_code for item in missing], [item.name for item in missing])
    return {code: agreement.id for code, agreement in found.items()}


def _wait_for_what_goes_back(checkout_id: str) -> None:
    """As long as Saleor has not asked for it, the sum that it names is less what still stands on the checkout."""
    returning = Payment.objects.filter(checkout_id=checkout_id, state=Payment.State.RETURNING, refunds=None)
    if returning.exists():
        raise Refusal(
            pgettext("customer", "Je vorige betaling gaat eerst terug. Probeer het over een minuut opnieuw."),
            code="RETURNING",
        )


def _close_former_pages(checkout_id: str, stripe: Stripe, now: datetime) -> None:
    former = Payment.objects.filter(checkout_id=checkout_id).exclude(stripe_session_id="")
    for payment in former.filter(state__in=[Payment.State.OPEN, Payment.State.PAID, Payment.State.ORDERED]):
        if not _close_page(payment, stripe, now):
            raise Refusal(
                pgettext("customer", "Deze bestelling is al betaald. We verwerken ze nu."), code="ALREADY_PAID"
            )


def _close_page(payment: Payment, stripe: Stripe, now: datetime) -> bool:
    """Nobody can pay on this page any more; False where somebody has, which is then looked at."""
    session = stripe.expire_session(payment.stripe_session_id)
    if session.status == "complete":
        with transaction.atomic():
            mark(Mark.Kind.SESSION, session.id, now)
            soon(Mark.Kind.SESSION, session.id)
        return False
    move(payment, "expire", now=now)
    return True


class Stopped(StrEnum):
    """What came of stopping a payment: its page was open and is closed, it is paid, or it came to nothing before."""

    CLOSED = "closed"
    PAID = "paid"
    OVER = "over"


def stop_payment(reference: str, stripe: Stripe, *, now: datetime) -> Stopped | None:
    """The basket is about to change: close the page that is open for it. None: no such payment. `GatewayError`."""
    payment = Payment.objects.filter(reference=reference).first()
    if payment is None:
        return None
    with checkout_lock(payment.checkout_id):
        payment.refresh_from_db()
        if payment.state == Payment.State.OPEN and payment.stripe_session_id:
            return Stopped.CLOSED if _close_page(payment, stripe, now) else Stopped.PAID
        is_paid = payment.state in (Payment.State.PAID, Payment.State.ORDERED)
        return Stopped.PAID if is_paid else Stopped.OVER


@transaction.atomic
def _save(request: PaymentRequest, assignments: dict[str, int], now: datetime) -> Payment:
    Plan.objects.create(checkout_id=request.checkout_id, assignments=assignments, made_at=now)
    return Payment.objects.create(
        idempotency_key=request.idempotency_key,
        checkout_id=request.checkout_id,
        saleor_transaction_id=request.transaction_id,
        amount_minor=request.amount_minor,
        currency=request.currency,
        created_at=now,
        expires_at=_end_of_page(now),
    )


def _end_of_page(now: datetime) -> datetime:
    return now + settings.SESSION_LIFETIME + WAY_TO_STRIPE


def _open_page(payment: Payment, request: PaymentRequest, stripe: Stripe, now: datetime) -> Payment:
    """Open the page. A second try soon after an answer that never came gets the page of the first.

    A later one, which Stripe would find too short, gets a page of its own: nobody has heard the address of the first.
    """
    if payment.expires_at - now < settings.SESSION_LIFETIME + WAY_TO_STRIPE / 2:
        payment.expires_at = _end_of_page(now)
        payment.attempt += 1
        payment.save(update_fields=["expires_at", "attempt"])
    try:
        session = _ask_for_page(payment, request, stripe)
    except GatewayError as error:
        if is_kept(error):
            payment.attempt += 1
            payment.save(update_fields=["attempt"])
        raise
    payment.stripe_session_id, payment.stripe_url = session.id, session.url
    payment.save(update_fields=["stripe_session_id", "stripe_url"])
    return payment


def _ask_for_page(payment: Payment, request: PaymentRequest, stripe: Stripe) -> Session:
    return stripe.open_session(
        reference=payment.reference,
        idempotency_key=f"{payment.reference}:{payment.attempt}",
        lines=page_lines(request),
        currency=payment.currency,
        email=request.email,
        language=request.language,
        success_url=_with_reference(request.success_url, payment.reference),
        cancel_url=_with_reference(request.cancel_url, payment.reference),
        expires_at=payment.expires_at,
        metadata={
            "reference": payment.reference,
            "saleor_transaction": payment.saleor_transaction_id,
            "saleor_checkout": payment.checkout_id,
        },
    )


def _name(item: Item) -> str:
    named = f"{item.quantity} × {item.name}"
    return pgettext("customer", "%(name)s, met korting") % {"name": named} if item.is_discounted else named


def page_lines(request: PaymentRequest) -> list[PageLine]:
    """What the customer reads on the page: each product and the delivery, in as far as they make Saleor's total.

    A line of Saleor's has its part of any voucher in its price, and a page knows no amount below zero: so each stands
    at what it costs now, and says so. Should the lines not make the total, one names all that is paid for.
    """
    names = [_name(item) for item in request.items]
    lines = [PageLine(name[:LONGEST_NAME], item.amount_minor) for name, item in zip(names, request.items, strict=True)]
    if request.delivery_minor:
        lines.append(PageLine(pgettext("customer", "Levering"), request.delivery_minor))
    if sum(line.amount_minor for line in lines) == request.amount_minor and len(lines) <= MOST_LINES:
        return lines
    whole = ", ".join(names)[:LONGEST_NAME]
    if request.delivery_minor:
        whole = pgettext("customer", "%(names)s, met levering") % {"names": whole}
    return [PageLine(whole, request.amount_minor)]


def _with_reference(url: str, reference: str) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode({'ref': reference})}"
