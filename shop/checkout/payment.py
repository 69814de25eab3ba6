"""Paying: to the payment page, back from it, and waiting until the money has become an order."""

import re
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from redis.exceptions import RedisError

from neighbours.budget import within
from shop import discounts, paying, settings
from shop.checkout import steps
from shop.checkout.page import show_overview
from shop.fulfilment.client import FulfilmentUnavailable, Payment, payment, tracking
from shop.paying import thanks_page
from shop.pressed import SeeOther
from shop.saleor import checkout as checkouts
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal, SaleorUnavailable
from shop.saleor.payment import PaymentStart, start_payment
from shop.showing import known_pieces, pictures_of
from shop.visit import Visit

ENDED = frozenset({"failed", "expired", "returning", "refunded"})
SETTLED = frozenset({"paid", "ordered"})
_NUMBER = re.compile(r"[0-9]{1,3}")
_FOR_PARTS = 1.5
"""Seconds; the thanks do not wait longer for what was bought."""
_QUICK_LOOKS = 15  # at two seconds each; after that the page says that it takes longer, and looks less often


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a payment could not begin, for the overview. ``names`` are the products that it is about."""

    message: str
    names: tuple[str, ...] = ()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest) -> HttpResponse:
    """Begins the payment, or continues the one under way: pressing twice is paying once.

    A refusal is shown at this address, so that somebody may open it again: that leads back to the overview.
    """
    if request.method != "POST":
        return redirect("checkout:checkout")
    saleor, visit = saleor_for(request), Visit(request)
    checkout = steps.enter_to_pay(request, saleor, visit)
    if isinstance(checkout, HttpResponse):
        return checkout
    if (code := discounts.typed_code(request)) and not checkout.voucher_code:
        return _with_code(request, saleor, visit, checkout, code)
    if changed := _changed_since(request, checkout):
        return show_overview(request, visit, checkout, **changed)
    if _is_settled(visit):
        return thanks_page(visit.payment_reference)
    if checkout.voucher_code and (lost := _looked_at_again(request, saleor, visit, checkout)):
        return lost
    try:
        started = _start(saleor, visit, checkout)
    except SaleorRefusal as refusal:
        if "CHECKOUT_COMPLETION_IN_PROGRESS" in refusal.codes and visit.payment_reference:
            return thanks_page(visit.payment_reference)
        visit.end_attempt()
        return show_overview(request, visit, checkout, refusal=Refused(_no_answer()))
    except SaleorUnavailable:  # the same attempt goes on when it is tried again
        return show_overview(request, visit, checkout, refusal=Refused(_no_answer()))
    if not started.url:
        visit.end_attempt()
        return show_overview(request, visit, checkout, refusal=_refused(started, checkout))
    visit.remember_payment(started.reference)
    return SeeOther(started.url)


def _changed_since(request: HttpRequest, checkout: Checkout) -> dict[str, bool]:
    """What is another than on the page whose button was pressed, for the overview: what is in the basket, or else what
    it costs."""
    contents = steps.contents(checkout)
    if request.POST.get("contents", contents) != contents:
        return {"basket_changed": True}
    return {"price_changed": True} if request.POST.get("total") != str(checkout.total.minor) else {}


def _with_code(request: HttpRequest, saleor: Saleor, visit: Visit, checkout: Checkout, code: str) -> HttpResponse:
    """A code that was typed and not given: it is given now, and what there is to pay with it, or why not, is shown
    before anything is paid."""
    if paid := paying.stop(request, visit):
        return paid
    if error := discounts.give(saleor, checkout, code):
        visit.keep_refused_code(code, error)
    return show_overview(request, visit, checkouts.checkout(saleor, checkout.id) or checkout, typed_code=code)


def _looked_at_again(request: HttpRequest, saleor: Saleor, visit: Visit, former: Checkout) -> HttpResponse | None:
    """The overview once more where the basket's code holds no longer, or takes off another amount."""
    lost = "" if discounts.still_holds(saleor, former) else former.voucher_code
    checkout = checkouts.checkout(saleor, former.id) or former
    if not lost and checkout.total == former.total:
        return None
    visit.end_attempt()
    visit.remember_code(checkout.voucher_code)
    return show_overview(request, visit, checkout, lost_code=lost, price_changed=not lost)


def _is_settled(visit: Visit) -> bool:
    """True when the last attempt has been paid already. Ends the attempt when it came to nothing."""
    if not visit.payment_reference:
        return False
    try:
        last = payment(visit.payment_reference)
    except FulfilmentUnavailable:
        return False  # the payment app itself knows whether the basket is paid, and answers next
    if last is None or last.state in ENDED:
        visit.end_attempt()
        return False
    return last.state in SETTLED


def _start(saleor: Saleor, visit: Visit, checkout: Checkout) -> PaymentStart:
    addresses = {
        "success_url": settings.SHOP_URL + reverse("checkout:thanks"),
        "cancel_url": settings.SHOP_URL + reverse("checkout:checkout"),
        "language": get_language() or settings.LANGUAGE_CODE,
    }
    key = visit.attempt_key(steps.fingerprint(checkout))
    try:
        return start_payment(saleor, checkout.id, key=key, **addresses)
    except SaleorRefusal as refusal:
        if "UNIQUE" not in refusal.codes:
            raise
    visit.end_attempt()  # the sum changed under the key; this is another attempt
    key = visit.attempt_key(steps.fingerprint(checkout))
    return start_payment(saleor, checkout.id, key=key, **addresses)


def _refused(started: PaymentStart, checkout: Checkout) -> Refused:
    names = tuple(
        dict.fromkeys(line.product.name for line in checkout.lines if line.product.code in started.refused_products)
    )
    if not started.refusal_code:
        return Refused(_no_answer())
    if started.refusal_code == "NOT_FOR_SALE" and names:
        return Refused(
            _("Dit kan nu niet gemaakt worden. Haal het uit je mandje, dan kun je de rest bestellen:"), names
        )
    return Refused(started.message or _no_answer(), names)


def _no_answer() -> str:
    return _(
        "We konden de betaling niet starten. Er is niets betaald. Je mandje blijft bewaard. "
        "Probeer het over een minuut opnieuw."
    )


@never_cache
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """Back from the payment page: waits until the order exists, then thanks; else says what to do."""
    reference = request.GET.get("ref", "")
    if not reference:
        return redirect("catalogue:home")
    looks = int(request.GET["n"]) if _NUMBER.fullmatch(request.GET.get("n", "")) else 0
    visit = Visit(request)
    try:
        found = payment(reference)
        is_own = reference == visit.payment_reference
    except (FulfilmentUnavailable, RedisError):
        return _waiting(request, reference, "unknown", looks)
    if found is None:
        raise Http404(_("Deze betaling kennen we niet."))
    if found.state == "ordered":
        if is_own:
            visit.forget_basket()
        return _thanked(request, found)
    if found.state in ENDED:
        if is_own:
            visit.end_attempt()
        can_try_again = bool(visit.checkout_id) and not visit.has_left(reference)
        return render(request, "checkout/not_paid.html", {"payment": found, "can_try_again": can_try_again})
    return _waiting(request, reference, found.state, looks, because=found.because)


def _thanked(request: HttpRequest, found: Payment) -> HttpResponse:
    """What was bought, who makes it and by when, where fulfilment tells in time."""
    try:
        with within(_FOR_PARTS):
            order = tracking(found.tracking_token)
    except FulfilmentUnavailable:
        order = None
    parts = order.parts if order else ()
    lines = [line for part in parts for line in part.lines]
    shown = {
        "payment": found,
        "parts": parts,
        "pickup": order.pickup if order else None,
        "pictures": pictures_of(lines, known_pieces(request)) if lines else (),
        "unchanged": "unchanged" in request.GET,
    }
    return render(request, "checkout/thanks.html", shown)


def _waiting(request: HttpRequest, reference: str, state: str, looks: int, *, because: str = "") -> HttpResponse:
    """``because``: Saleor makes no order of it as yet, and that may take as long as fulfilment has patience."""
    looks = min(looks + 1, 999)
    takes_long = looks > _QUICK_LOOKS or bool(because)
    unchanged = "unchanged" in request.GET
    query = {"ref": reference, "n": looks} | ({"unchanged": "1"} if unchanged else {})
    return render(
        request,
        "checkout/waiting.html",
        {
            "state": state,
            "because": because,
            "unchanged": unchanged,
            "takes_long": takes_long,
            "seconds": 10 if takes_long else 2,
            "again": reverse("checkout:thanks", query=query),
        },
    )
