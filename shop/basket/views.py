"""The basket: what is in it, how many, and gift packaging with it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop import baskets, paying, settings
from shop.basket.forms import QuantityForm
from shop.discounts import code_field
from shop.fulfilment.client import Promise, promises
from shop.pressed import pressed
from shop.saleor import catalogue
from shop.saleor import checkout as checkouts
from shop.saleor.catalogue import ListedProduct, Product
from shop.saleor.checkout import Checkout, Line
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.visit import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """A line as the page shows it. ``typed`` is what the visitor typed when that was refused."""

    line: Line
    promise: Promise | None
    is_apart: bool
    typed: str
    error: str

    @property
    def is_for_sale(self) -> bool:
        """Whether anybody makes it: a promise that is not known (fulfilment is away) is no refusal."""
        sellable = self.promise is None or self.promise.sellable
        return sellable and self.line.product.has_producer and not self.line.is_unavailable


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def basket(request: HttpRequest) -> HttpResponse:
    """Shows the basket; a POST changes the quantity of one line or takes it out."""
    saleor, visit = saleor_for(request), Visit(request)
    baskets.adopt(request, visit)
    checkout = _current(saleor, visit)
    if checkout is None or not checkout.lines:
        return render(request, "basket/empty.html")
    refused_line, typed, error = "", "", ""
    if request.method == "POST":
        if paid := paying.stop(request, visit):
            return paid
        refused_line, typed = request.POST.get("line", ""), request.POST.get("quantity", "")
        error = _change(request, saleor, checkout)
        if not error:
            return redirect("basket:basket")
    if checkout.is_charged and visit.payment_reference:
        # Nothing may change any more. Without a payment of this visit its money is on its way back.
        shown = {"checkout": checkout, "payment_reference": visit.payment_reference}
        return render(request, "basket/paid.html", shown)
    return _page(request, saleor, checkout, refused_line, typed, error)


def _page(
    request: HttpRequest, saleor: Saleor, checkout: Checkout, refused_line: str, typed: str, error: str
) -> HttpResponse:
    """The basket that can be changed; what was ``typed`` for the ``refused_line`` stays, its ``error`` beside it."""
    gift = _gift_to_offer(saleor, checkout)
    found = promises(line.product.code for line in checkout.lines)
    rows = [
        Row(
            line=line,
            promise=found.get(line.product.code),
            is_apart=_is_apart(line.product, checkout),
            typed=typed if line.id == refused_line else "",
            error=error if line.id == refused_line else "",
        )
        for line in checkout.lines
    ]
    return render(
        request,
        "basket/basket.html",
        {
            "checkout": checkout,
            "rows": rows,
            "gift": gift,
            "gift_is_apart": gift is not None and _is_apart(gift.product, checkout),
            "can_be_ordered": all(row.is_for_sale and row.line.can_be_ordered for row in rows),
            "code": code_field(request, checkout, "basket"),
        },
        status=422 if error else 200,
    )


@pressed
def add(request: HttpRequest) -> HttpResponse:
    """Adds one piece of a product that has a single variant: the gift packaging."""
    saleor, visit = saleor_for(request), Visit(request)
    variant_id = request.POST.get("variant", "")
    offered = {variant.id for listed in catalogue.products(saleor) if listed.for_sale for variant in listed.variants}
    if variant_id not in offered:
        messages.error(request, _("Dit kun je nu niet bestellen."))
        return redirect("basket:basket")
    paying.make_room(request, visit)
    try:
        baskets.put(request, visit, variant_id, 1)
    except SaleorRefusal:
        messages.error(request, _("Dit kun je nu niet toevoegen: er zijn er niet genoeg meer."))
    return redirect("basket:basket")


def _current(saleor: Saleor, visit: Visit) -> Checkout | None:
    if visit.checkout_id is None:
        return None
    checkout = checkouts.checkout(saleor, visit.checkout_id)
    if checkout is None:
        visit.forget_basket()
    else:
        visit.remember_basket(checkout.id, checkout.quantity)
    return checkout


def _change(request: HttpRequest, saleor: Saleor, checkout: Checkout) -> str:
    """Carries out the change that was asked for; returns why not, or an empty text."""
    data = request.POST.copy()
    if "remove" in data:
        data["quantity"] = "0"
    form = QuantityForm(data)
    if not form.is_valid():
        return str(next(iter(form.errors.values()))[0])
    if form.cleaned_data["line"] not in {line.id for line in checkout.lines}:
        return ""  # taken out meanwhile, in another window
    try:
        checkouts.set_quantities(saleor, checkout.id, {form.cleaned_data["line"]: form.cleaned_data["quantity"]})
    except SaleorRefusal as refusal:
        if "INSUFFICIENT_STOCK" in refusal.codes:
            return _("Zoveel stuks zijn er niet meer. Kies een kleiner aantal.")
        if "QUANTITY_GREATER_THAN_LIMIT" in refusal.codes:
            return _("Zoveel stuks kun je niet in één keer bestellen. Kies een kleiner aantal.")
        return _("Dit aantal kunnen we nu niet aanpassen. Probeer het straks opnieuw.")
    return ""


def _gift_to_offer(saleor: Saleor, checkout: Checkout) -> ListedProduct | None:
    code = settings.GIFT_PACKAGING_CODE
    if any(line.product.code == code for line in checkout.lines):
        return None
    return next(
        (listed for listed in catalogue.products(saleor) if listed.product.code == code and listed.for_sale), None
    )


def _is_apart(product: Product, checkout: Checkout) -> bool:
    """Gift packaging that arrives beside the gift and not around it: another workshop sends it."""
    others = {line.product.producer for line in checkout.lines} - {product.producer, None}
    return product.code == settings.GIFT_PACKAGING_CODE and product.producer is not None and bool(others)
