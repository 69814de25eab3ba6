"""A checkout may be paid: plan its routing, close the page it had, open a new one at Stripe.

What cannot be made is refused here, while refusing is free. The plan is kept, so that an agreement that ends between
now and the payment orphans no money.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fulfilment.agreements import queries as agreements
from fulfilment.errors import Refusal
from fulfilment.flows.dispatch import soon
from fulfilment.gateways import stripe
from fulfilment.inbox.marks import mark
from fulfilment.inbox.models import Mark
from fulfilment.payments.locks import checkout_lock
from fulfilment.payments.models import Payment
from fulfilment.routing.models import Plan


@dataclass(frozen=True)
class Item:
    """What a checkout line asks for."""

    product_code: str
    name: str
    quantity: int


@dataclass(frozen=True)
class PaymentRequest:
    """What Saleor asks of its payment app when a customer wants to pay."""

    idempotency_key: str
    transaction_id: str
    checkout_id: str
    amount_minor: int
    currency: str
    email: str
    language: str
    items: tuple[Item, ...]
    success_url: str
    cancel_url: str


class NotForSale(Refusal):
    """Nobody makes these products now."""

    def __init__(self, product_codes: list[str], names: list[str]) -> None:
        message = _("Dit kan nu niet gemaakt worden: %(names)s. Haal het uit je mandje om verder te gaan.")
        super().__init__(message % {"names": ", ".join(names)}, code="NOT_FOR_SALE")
        self.product_codes = product_codes


def start_payment(request: PaymentRequest, *, now: datetime) -> Payment:
    """The payment with its page at Stripe; the same request gives the same page. `Refusal`, `GatewayError`."""
    _check(request)
    assignments = _plan(request, now)
    with checkout_lock(request.checkout_id):
        payment = Payment.objects.filter(idempotency_key=request.idempotency_key).first()
        if payment is not None and payment.stripe_session_id:
            return payment
        _close_former_pages(request.checkout_id, now)
        if payment is None:
            payment = _save(request, assignments, now)
        return _open_page(payment, request)


def _check(request: PaymentRequest) -> None:
    if request.amount_minor <= 0:
        raise Refusal(_("Er is niets te betalen."), code="NOTHING_TO_PAY")
    shop = urlsplit(settings.SHOP_URL)
    for url in (request.success_url, request.cancel_url):
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) != (shop.scheme, shop.netloc):
            raise Refusal(_("De betaling kan niet naar een ander adres terugkeren."), code="FOREIGN_URL")


def _plan(request: PaymentRequest, now: datetime) -> dict[str, int]:
    found = agreements.in_force((item.product_code for item in request.items), timezone.localdate(now))
    missing = [item for item in request.items if item.product_code not in found]
    if missing or not request.items:
        raise NotForSale([item.product_code for item in missing], [item.name for item in missing])
    return {code: agreement.id for code, agreement in found.items()}


def _close_former_pages(checkout_id: str, now: datetime) -> None:
    former = Payment.objects.filter(checkout_id=checkout_id).exclude(stripe_session_id="")
    for payment in former.filter(state__in=[Payment.State.OPEN, Payment.State.PAID, Payment.State.ORDERED]):
        session = stripe.expire_session(payment.stripe_session_id)
        if session.status == "complete":
            with transaction.atomic():
                mark(Mark.Kind.SESSION, session.id, now)
                soon(Mark.Kind.SESSION, session.id)
            raise Refusal(_("Deze bestelling is al betaald. We verwerken ze nu."), code="ALREADY_PAID")
        Payment.objects.filter(pk=payment.pk, state=Payment.State.OPEN).update(state=Payment.State.EXPIRED)


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
        expires_at=now + settings.SESSION_LIFETIME,
    )


def _open_page(payment: Payment, request: PaymentRequest) -> Payment:
    names = ", ".join(f"{item.quantity} × {item.name}" for item in request.items)
    session = stripe.open_session(
        reference=payment.reference,
        idempotency_key=payment.reference,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        description=names[:250],
        email=request.email,
        language=request.language,
        success_url=_with_reference(request.success_url, payment.reference),
        cancel_url=_with_reference(request.cancel_url, payment.reference),
        expires_at=payment.expires_at,
        metadata={"reference": payment.reference, "saleor_transaction": payment.saleor_transaction_id},
    )
    payment.stripe_session_id, payment.stripe_url = session.id, session.url
    payment.save(update_fields=["stripe_session_id", "stripe_url"])
    return payment


def _with_reference(url: str, reference: str) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode({'ref': reference})}"
