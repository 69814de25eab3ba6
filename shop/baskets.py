"""A customer's basket: kept with the account, so that every device shows the same; merged with a guest's at login."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shop import login, paying
from shop.saleor import account
from shop.saleor import checkout as checkouts
from shop.saleor.account import Customer
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal, SaleorRejected
from shop.visit import Visit

T = TypeVar("T")


def put(request: HttpRequest, visit: Visit, variant_id: str, quantity: int) -> None:
    """Puts so many in the visitor's basket; one that begins while somebody is logged in is theirs.

    Raises SaleorRefusal.
    """
    adopt(request, visit)

    def add(saleor: Saleor) -> str:
        return checkouts.add_line(saleor, visit.checkout_id, variant_id, quantity)

    visit.remember_basket(_as_shopper(request, add), visit.basket_quantity + quantity)


def adopt(request: HttpRequest, visit: Visit) -> None:
    """Where this visit has no basket, the one that the account got on another device."""
    if visit.checkout_id is not None or not login.is_logged_in(request):
        return
    customer = login.customer(request)
    saleor = saleor_for(request)
    kept = checkouts.checkout(saleor, customer.checkout_id) if customer and customer.checkout_id else None
    if kept is not None and not kept.is_charged:
        visit.remember_basket(kept.id, kept.quantity)


def bring(request: HttpRequest, saleor: Saleor, customer: Customer) -> None:
    """At login: the guest's basket becomes the account's, or goes into the one that the account has. What does not fit
    is said, and stays in neither."""
    visit = Visit(request)
    if visit.checkout_id:
        paying.make_room(request, visit)
    guests = _open(saleor, visit.checkout_id)
    kept = _open(saleor, customer.checkout_id) if customer.checkout_id != visit.checkout_id else None
    if guests is None:
        visit.forget_basket()
        if kept is not None:
            visit.remember_basket(kept.id, kept.quantity)
    elif kept is None:
        _attach(saleor, guests)
    else:
        _merge(request, saleor, guests, kept)
        merged = checkouts.checkout(saleor, kept.id) or kept
        visit.forget_basket()
        visit.remember_basket(merged.id, merged.quantity)


def _open(saleor: Saleor, checkout_id: str | None) -> Checkout | None:
    """A basket with something in it that can still change."""
    found = checkouts.checkout(saleor, checkout_id) if checkout_id else None
    return found if found is not None and found.lines and not found.is_charged else None


def _attach(saleor: Saleor, guests: Checkout) -> None:
    try:
        account.attach_basket(saleor, guests.id)
    except SaleorRejected as error:
        if error.code != "PermissionDenied":  # it is somebody's already: of this customer, from a visit before
            raise


def _merge(request: HttpRequest, saleor: Saleor, guests: Checkout, kept: Checkout) -> None:
    """Line by line, each taken out of the guest's basket once it is in the other: who tries again doubles nothing."""
    left = []
    for line in guests.lines:
        try:
            checkouts.add_line(saleor, kept.id, line.variant.id, line.quantity)
        except SaleorRefusal:
            left.append(line.product.name)
        checkouts.set_quantities(saleor, guests.id, {line.id: 0})
    if guests.voucher_code and not kept.voucher_code:
        with suppress(SaleorRefusal):  # the basket says what holds
            checkouts.add_code(saleor, kept, guests.voucher_code)
    if len(left) < len(guests.lines):
        messages.info(request, _("Wat je hier koos, ligt nu bij wat je al in je mandje had."))
    if left:
        told = _("Dit paste er niet meer bij, omdat er niet genoeg van zijn: %(names)s.")
        messages.warning(request, told % {"names": ", ".join(dict.fromkeys(left))})


def _as_shopper(request: HttpRequest, ask: Callable[[Saleor], T]) -> T:
    """As the customer, where one is logged in; who was logged out elsewhere meanwhile goes on as a guest."""
    customer = login.customer_for(request)
    if customer is not None:
        try:
            return ask(customer)
        except SaleorRejected as error:
            if error.code not in login.OVER:
                raise
            login.forget(request)
    return ask(saleor_for(request))
