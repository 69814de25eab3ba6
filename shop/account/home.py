"""The first page of the account: orders and how far they are, and the way to all else; and the same once more."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop import baskets, paying
from shop.account.gate import for_customers, shown, token_of
from shop.fulfilment.client import FulfilmentUnavailable, Part, lies_ready
from shop.fulfilment.customers import OrderedLine, OwnOrder, orders
from shop.saleor import catalogue
from shop.saleor.account import Customer
from shop.saleor.catalogue import ListedProduct
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.saleor.pictures import Picture
from shop.showing import by_code, pictures_of
from shop.visit import Visit

STATES = {
    "waiting": gettext_lazy("wacht op een plek"),
    "accepted": gettext_lazy("aangenomen"),
    "making": gettext_lazy("in de maak"),
    "ready": gettext_lazy("klaar"),
    "shipped": gettext_lazy("onderweg"),
    "lies ready": gettext_lazy("ligt klaar om af te halen"),
    "delivered": gettext_lazy("geleverd"),
    "collected": gettext_lazy("afgehaald"),
    "cancelled": gettext_lazy("geannuleerd"),
}


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one workshop makes, and how far it is."""

    maker: str
    state: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as the page shows it."""

    order: OwnOrder
    parts: tuple[PartRow, ...]
    pictures: tuple[Picture, ...]


@for_customers
def home(request: HttpRequest, saleor: Saleor, customer: Customer) -> HttpResponse:
    """Works without fulfilment, then without orders, and says so."""
    try:
        found = orders(token_of(saleor))
    except FulfilmentUnavailable:
        found = None
    known = by_code(catalogue.products(saleor_for(request)))
    rows = [_row(order, known) for order in found or ()]
    return shown(request, "home", customer=customer, orders=rows, is_known=found is not None)


def _row(order: OwnOrder, known: dict[str, ListedProduct]) -> OrderRow:
    parts = tuple(
        PartRow(part.producer_name, str(STATES[_how_far(part)]), part.state in ("delivered", "cancelled"))
        for part in order.parts
    )
    return OrderRow(order, parts, pictures_of(order.lines, known)[:4])


def _how_far(part: Part) -> str:
    """The state of a part, in the words of who comes for it where somebody does."""
    if part.state == "delivered" and (part.was_collected or any(parcel.at_point_since for parcel in part.parcels)):
        return "collected"
    return "lies ready" if part.state == "shipped" and lies_ready([part]) else part.state


@for_customers
def order_again(request: HttpRequest, saleor: Saleor, customer: Customer, number: str) -> HttpResponse:
    """Puts what was ordered in the basket once more, as far as it is for sale."""
    if request.method != "POST":
        return redirect("account:home")
    order = next((one for one in orders(token_of(saleor)) or () if one.number == number), None)
    if order is None:
        messages.error(request, _("Deze bestelling vinden we niet bij je account."))
        return redirect("account:home")
    visit = Visit(request)
    paying.make_room(request, visit)
    gone = [line.name for line in order.lines if not _put(request, visit, line)]
    if gone:
        told = _("Dit verkopen we nu niet, of er zijn er niet genoeg: %(names)s.")
        messages.warning(request, told % {"names": ", ".join(dict.fromkeys(gone))})
    if len(gone) < len(order.lines):
        told = _("Wat je toen bestelde (bestelling %(number)s), ligt in je mandje. De prijzen zijn die van nu.")
        messages.success(request, told % {"number": number})
    return redirect("basket:basket")


def _put(request: HttpRequest, visit: Visit, line: OrderedLine) -> bool:
    """Whether so many of the same could be put in the basket."""
    listed = (one for one in catalogue.products(saleor_for(request)) if one.for_sale)
    variant = next(
        (variant for one in listed for variant in one.variants if line.sku and variant.sku == line.sku), None
    )
    if variant is None:
        return False
    try:
        baskets.put(request, visit, variant.id, line.quantity)
    except SaleorRefusal:
        return False
    return True
