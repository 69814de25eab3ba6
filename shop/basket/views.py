"""The basket: what is in it, how many, and gift packaging with it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop import baskets, discounts, paying, settings
from shop.basket.forms import Typed, typed_in
from shop.changes import tell_changes
from shop.discounts import code_field, typed_code
from shop.fulfilment.client import Promise, promises
from shop.saleor import catalogue
from shop.saleor import checkout as checkouts
from shop.saleor.catalogue import ListedProduct, Product
from shop.saleor.checkout import Checkout
from shop.saleor.client import Saleor, saleor_for
from shop.saleor.errors import SaleorRefusal
from shop.saleor.lines import Line
from shop.showing import some_pieces
from shop.upfront import upfront
from shop.visit import Visit

_QUANTITIES = frozenset(map(str, range(1, 51)))
"""How many of a thing a button may put in at once."""


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
    """Shows the basket. Each of its buttons saves all that is typed in it, and then does what it says."""
    saleor, visit = saleor_for(request), Visit(request)
    baskets.adopt(request, visit)
    checkout = _current(saleor, visit)
    if request.method == "POST":
        return _pressed(request, saleor, visit, checkout)
    return _page(request, saleor, visit, checkout, Typed())


def _pressed(request: HttpRequest, saleor: Saleor, visit: Visit, checkout: Checkout | None) -> HttpResponse:
    if "add" in request.POST:
        paying.make_room(request, visit)
        checkout = checkout if visit.checkout_id else None
    typed = typed_in(request.POST, checkout) if checkout else Typed()
    code = typed_code(request) if checkout and not checkout.voucher_code else ""
    if (typed.wanted or code or "drop_code" in request.POST) and (paid := paying.stop(request, visit)):
        return paid
    error = _save(request, saleor, visit, checkout, typed, code) if checkout else ""
    if "add" in request.POST:
        _add(request, saleor, visit, request.POST["add"])
    if typed.errors:
        return _page(request, saleor, visit, _current(saleor, visit), typed)
    return redirect("checkout:checkout" if "checkout" in request.POST and not error else "basket:basket")


def _save(request: HttpRequest, saleor: Saleor, visit: Visit, checkout: Checkout, typed: Typed, code: str) -> str:
    """Saves how many are wanted and the discount code. Returns why the code is not taken, or an empty text; that and
    what is wrong with a quantity stand beside their fields on the next page."""
    _set_quantities(saleor, visit, checkout, typed)
    if "drop_code" in request.POST and checkout.voucher_code:
        checkouts.remove_code(saleor, checkout, checkout.voucher_code)
        visit.remember_code("")
    error = discounts.give(saleor, checkout, code) if code else ""
    if "give_code" in request.POST and not code:
        error = _("Vul je kortingscode in.")
    if error:
        visit.keep_refused_code(code, error)
    return error


def _set_quantities(saleor: Saleor, visit: Visit, checkout: Checkout, typed: Typed) -> None:
    """Line by line; what Saleor refuses is then wrong, and why stands beside its line."""
    removed = []
    for line in checkout.lines:
        wanted = typed.wanted.get(line.id)
        if wanted is None:
            continue
        try:
            checkouts.set_quantities(saleor, checkout.id, {line.id: wanted})
        except SaleorRefusal as refusal:
            typed.refuse(line.id, str(wanted), _why_not(refusal))
        else:
            if wanted == 0:
                name = " ".join(filter(None, (line.product.name, line.variant.name)))
                removed.append((line.variant.id, line.quantity, name))
    if removed:
        visit.keep_removed(removed)


def _why_not(refusal: SaleorRefusal) -> str:
    if "INSUFFICIENT_STOCK" in refusal.codes:
        return _("Zoveel stuks zijn er niet meer. Kies een kleiner aantal.")
    if "QUANTITY_GREATER_THAN_LIMIT" in refusal.codes:
        return _("Zoveel stuks kun je niet in één keer bestellen. Kies een kleiner aantal.")
    return _("Dit aantal kunnen we nu niet aanpassen. Probeer het straks opnieuw.")


def _add(request: HttpRequest, saleor: Saleor, visit: Visit, asked: str) -> None:
    """Adds what a button names as "<how many> <variant>": gift packaging, or what was just taken out."""
    quantity, _space, variant_id = asked.partition(" ")
    offered = {variant.id for listed in catalogue.products(saleor) if listed.for_sale for variant in listed.variants}
    if variant_id not in offered or quantity not in _QUANTITIES:
        messages.error(request, _("Dit kun je nu niet bestellen."))
        return
    try:
        baskets.put(request, visit, variant_id, int(quantity))
    except SaleorRefusal:
        messages.error(request, _("Dit kun je nu niet toevoegen: er zijn er niet genoeg meer."))


def _page(request: HttpRequest, saleor: Saleor, visit: Visit, checkout: Checkout | None, typed: Typed) -> HttpResponse:
    if checkout is None or not checkout.lines:
        return render(request, "basket/empty.html", {"removed": visit.take_removed(), "pieces": some_pieces(request)})
    if checkout.is_charged and visit.payment_reference:
        # Nothing may change any more. Without a payment of this visit its money is on its way back.
        shown = {"checkout": checkout, "payment_reference": visit.payment_reference}
        return render(request, "basket/paid.html", shown)
    tell_changes(request, checkout)
    gift = _gift_to_offer(saleor, checkout)
    found = promises(checkout.pieces)
    rows = [
        Row(
            line=line,
            promise=found.get(line.product.code),
            is_apart=_is_apart(line.product, checkout),
            typed=typed.wrong.get(line.id, ""),
            error=typed.errors.get(line.id, ""),
        )
        for line in checkout.lines
    ]
    return render(
        request,
        "basket/basket.html",
        {
            "checkout": checkout,
            "rows": rows,
            "first_wrong": next((row.line.id for row in rows if row.error), ""),
            "removed": visit.take_removed(),
            "gift": gift,
            "gift_is_apart": gift is not None and _is_apart(gift.product, checkout),
            "can_be_ordered": all(row.is_for_sale and row.line.can_be_ordered for row in rows),
            "code": code_field(request, checkout),
            "upfront": upfront(saleor, checkout),
        },
        status=422 if typed.errors else 200,
    )


def _current(saleor: Saleor, visit: Visit) -> Checkout | None:
    if visit.checkout_id is None:
        return None
    checkout = checkouts.spoken(saleor, visit.checkout_id)
    if checkout is None:
        visit.forget_basket()
    else:
        visit.remember_basket(checkout.id, checkout.quantity)
    return checkout


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
