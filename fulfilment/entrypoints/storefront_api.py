"""What the shop asks: promised dates, how a payment stands, how far an order is."""

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer
from structlog.contextvars import bind_contextvars

from fulfilment.agreements.queries import in_force, producers_in_force
from fulfilment.entrypoints.storefront_companies import router as companies
from fulfilment.entrypoints.storefront_customers import NobodyLoggedIn
from fulfilment.entrypoints.storefront_customers import router as customers
from fulfilment.entrypoints.storefront_documents import router as documents
from fulfilment.entrypoints.storefront_newsletter import router as newsletter
from fulfilment.entrypoints.storefront_parts import Json, line_told, parts_told, producer_told, tasks_of
from fulfilment.entrypoints.storefront_pieces import router as pieces
from fulfilment.entrypoints.storefront_refunds import NoSuchPage
from fulfilment.entrypoints.storefront_refunds import router as refunds
from fulfilment.entrypoints.storefront_restock import router as restock
from fulfilment.entrypoints.storefront_withdrawals import router as withdrawals
from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import withdraw
from fulfilment.flows.promise_day import promise_day, promise_each
from fulfilment.flows.start_payment import stop_payment
from fulfilment.gateways.stripe.connect import connected
from fulfilment.orders.documents import documents_of
from fulfilment.orders.models import Order, Recipient, Refund
from fulfilment.orders.queries import account_of, refunds_under_way, remaining
from fulfilment.orders.tokens import read_tracking_token, tracking_token
from fulfilment.partners.models import Partner
from fulfilment.payments.life import REFUND_AT_STRIPE
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.payouts.models import Payout
from fulfilment.production.models import Task
from fulfilment.returns.life import BACK
from fulfilment.returns.models import Return
from neighbours.budget import within

log = logging.getLogger(__name__)

STOP_SECONDS = 4
METHODS_SECONDS = 1.5
"""A page of the shop waits for each of them."""


class ShopToken(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        return token if constant_time_compare(token, settings.STOREFRONT_API_TOKEN) else None


def for_the_shop(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The description of the API is for whoever may use it."""

    def shown(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and ShopToken().authenticate(request, token):
            return view(request, **kwargs)
        return not_the_shop(request, AuthenticationError())

    return shown


api = NinjaAPI(
    title="Storefront API",
    version="1",
    auth=ShopToken(),
    docs_url=None,
    docs_decorator=for_the_shop,
    urls_namespace="storefront",
)


api.add_router("/refunds", refunds)
api.add_router("/withdrawals", withdrawals)
api.add_router("/documents", documents)
api.add_router("/pieces", pieces)
api.add_router("/customers", customers)
api.add_router("/companies", companies)
api.add_router("/restock", restock)
api.add_router("/newsletter", newsletter)


class NotFound(Refusal):
    """There is nothing at this address for whoever asks."""


@api.exception_handler(NoSuchPage)
@api.exception_handler(NobodyLoggedIn)
@api.exception_handler(NotFound)
def not_found(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return api.create_response(request, {"error": {"code": refusal.code, "message": refusal.message}}, status=404)


@api.exception_handler(AuthenticationError)
def not_the_shop(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    told = {"code": "NOT_THE_SHOP", "message": "This needs the shop's token."}
    return api.create_response(request, {"error": told}, status=401)


@api.exception_handler(GatewayError)
def outside_failed(request: HttpRequest, error: GatewayError) -> HttpResponse:
    return api.create_response(request, {"error": {"code": "GATEWAY", "message": str(error)}}, status=503)


@api.exception_handler(OperationalError)
def out_of_reach(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """The database is away, or somebody keeps a lock for too long: the shop may ask again."""
    log.warning("%s: %s", request.path, error)
    return api.create_response(request, {"error": {"code": "COME_AGAIN", "message": str(error)}}, status=503)


_ASKED = re.compile(r"(?P<code>.+):(?P<quantity>[0-9]{1,6})")


@api.get("/promises")
def promises(request: HttpRequest, codes: str = "") -> Json:
    """When all of it could leave each workshop, were it ordered together today: `SG-001:50,SG-003`, one where it says
    no number."""
    today = timezone.localdate()
    wanted = _wanted(codes)
    found = in_force(list(wanted), today)
    producers = Partner.objects.in_bulk({agreement.producer_id for agreement in found.values()})
    together: dict[int, dict[str, int]] = {}
    for code, bound in found.items():
        together.setdefault(bound.producer_id, {})[code] = wanted[code]
    days = promise_day(together, today)
    answers: list[Json] = []
    for code in wanted:
        agreement = found.get(code)
        if agreement is None:
            answers.append({"product_code": code, "sellable": False, "producer": None, "ready_on": None})
            continue
        producer, day = producers[agreement.producer_id], days[agreement.producer_id]
        answers.append(
            {
                "product_code": code,
                "sellable": True,
                "producer": producer_told(producer),
                "ready_on": day.isoformat(),
            }
        )
    return {"promises": answers}


@api.get("/ready-days")
def ready_days(request: HttpRequest) -> Json:
    """Of everything that an agreement binds today: when one of it could leave its workshop, were it alone ordered."""
    today = timezone.localdate()
    makers = producers_in_force(today)
    ids = dict(Partner.objects.filter(slug__in=set(makers.values())).values_list("slug", "pk"))
    alone: dict[int, dict[str, int]] = {}
    for code, slug in makers.items():
        alone.setdefault(ids[slug], {})[code] = 1
    return {"ready_on": {code: day.isoformat() for code, day in promise_each(alone, today).items()}}


def _wanted(codes: str) -> dict[str, int]:
    """How many of each product code; a code that stands there twice is wanted as often as both say."""
    wanted: dict[str, int] = {}
    for asked in [asked for asked in codes.split(",") if asked][:100]:
        found = _ASKED.fullmatch(asked)
        code, quantity = (found["code"], int(found["quantity"])) if found else (asked, 1)
        wanted[code] = wanted.get(code, 0) + quantity
    return wanted


@api.get("/payment-methods")
def payment_methods(request: HttpRequest) -> Json:
    """What can be paid with, by Stripe's names, as the account there has it switched on now."""
    with within(METHODS_SECONDS):
        return {"methods": list(connected().methods())}


@api.get("/payments/{reference}")
def payment(request: HttpRequest, reference: str) -> Json:
    """How a payment stands, and the order that came of it."""
    found = Payment.objects.filter(reference=reference).first() if reference.isprintable() else None
    if found is None:
        raise NotFound("There is no payment with this reference.", code="NOT_FOUND")
    order = Order.objects.filter(saleor_id=found.saleor_order_id).first() if found.saleor_order_id else None
    state = found.state
    if state == Payment.State.ORDERED and order is None:
        state = Payment.State.PAID  # Saleor has the order, we are still taking it in
    if state == Payment.State.RETURNING and not found.refunds.exclude(stripe_refund_id=None).exists():
        state = Payment.State.PAID  # asked back, and not certain before Stripe has taken it
    told: Json | None = {"number": order.number, "tracking_token": tracking_token(order.public_id)} if order else None
    return {
        "reference": found.reference,
        "state": state,
        "because": found.because,
        "amount_minor": found.amount_minor,
        "currency": found.currency,
        "order": told,
    }


@api.post("/payments/{reference}/stop")
def stop(request: HttpRequest, reference: str) -> Json:
    """The basket is about to change: nobody may pay for what it was. `result`: closed, paid or over."""
    with within(STOP_SECONDS):
        result = stop_payment(reference, connected(), now=timezone.now()) if reference.isprintable() else None
    if result is None:
        raise NotFound("There is no payment with this reference.", code="NOT_FOUND")
    return {"result": result.value}


@api.get("/tracking/{token}")
def tracking(request: HttpRequest, token: str) -> Json:
    """An order as its buyer may see it."""
    public_id = read_tracking_token(token)
    order = Order.objects.filter(public_id=public_id).first() if public_id else None
    if order is None:
        raise NotFound("There is no order with this link.", code="NOT_FOUND")
    bind_contextvars(order=order.public_id)
    tasks = tasks_of(order)
    routed = {task_line.line_id for task in tasks for task_line in task.lines.all()}
    return {
        "number": order.number,
        "placed_at": order.placed_at.isoformat(),
        "cancelled_at": order.cancelled_at.isoformat() if order.cancelled_at else None,
        "currency": order.currency,
        "total_minor": order.total_gross_minor,
        "returning_minor": _under_way(order),
        "refunded_minor": order.refunded_minor,
        "by_bank": _by_bank(order),
        "pickup": _pickup(order),
        "parts": parts_told(order, tasks),
        "returns": _returns(order),
        "documents": documents_of(order),
        "withdrawal": withdraw.standing(order, now=timezone.now()).value,
        "unrouted_lines": [] if order.cancelled_at else [*_waiting(order, routed), *_declined(tasks)],
    }


def _pickup(order: Order) -> Json | None:
    """Where and when its customer comes for it; None where it is delivered, or nobody knows any more."""
    recipient = Recipient.objects.filter(order=order, purged_at=None).first() if order.pickup_name else None
    if recipient is None:
        return None
    place = {"street": recipient.street, "postal_code": recipient.postal_code, "city": recipient.city}
    return {"name": order.pickup_name, **place, "hours": order.pickup_hours}


def _returns(order: Order) -> list[Json]:
    """What comes or came back, but for what the customer keeps; `refunded` only once all its money reached them."""
    found = Return.objects.filter(order=order).exclude(state=Return.State.WITHDRAWN)
    return [
        {
            "producer": producer_told(one.task.producer),
            "state": _state_of(one),
            "announced_at": one.announced_at.isoformat(),
            "lines": [line_told(row.task_line.line, row.quantity) for row in one.lines.all()],
        }
        for one in found.select_related("task__producer").prefetch_related(
            "lines__task_line__line", "lines__repaid__refund"
        )
    ]


def _state_of(one: Return) -> str:
    if one.state not in BACK:
        return one.state
    units = sum(row.quantity for row in one.lines.all())
    paid = [
        repaid for row in one.lines.all() for repaid in row.repaid.all() if repaid.refund.state == Refund.State.PAID
    ]
    return "refunded" if sum(repaid.quantity for repaid in paid) == units else "arrived"


def _under_way(order: Order) -> int:
    """What is asked back and did not reach the customer yet, whoever asked for it."""
    at_stripe = PaymentRefund.objects.filter(
        payment__saleor_order_id=order.saleor_id, state__in=REFUND_AT_STRIPE, asked_at__gte=order.placed_at
    )
    on_its_way = sum(at_stripe.values_list("amount_minor", flat=True))
    asked = refunds_under_way(order).exclude(state=Refund.State.BY_BANK)
    return max(on_its_way, sum(asked.values_list("amount_minor", flat=True)))


def _by_bank(order: Order) -> Json:
    """What our own bank is to pay back, whether it waits for an account number, and what it paid."""
    waiting = Refund.objects.filter(order=order, state=Refund.State.BY_BANK)
    paid = Payout.objects.filter(refund__order=order, state=Payout.State.CONFIRMED)
    return {
        "waiting_minor": sum(waiting.values_list("amount_minor", flat=True)),
        "wants_account": any(account_of(refund) is None for refund in waiting),
        "paid_minor": sum(paid.values_list("amount_minor", flat=True)),
    }


def _waiting(order: Order, routed: set[int]) -> list[Json]:
    """What no workshop was found for yet, but for what was paid back."""
    left = remaining(order)
    return [line_told(line, left[line.pk]) for line in order.lines.all() if line.pk not in routed and left[line.pk]]


def _declined(tasks: Iterable[Task]) -> list[Json]:
    """What a workshop will not make: another is looked for."""
    declined = [task for task in tasks if task.state == Task.State.DECLINED]
    return [
        line_told(row.line, row.open_quantity) for task in declined for row in task.lines.all() if row.open_quantity
    ]
