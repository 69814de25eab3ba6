"""Mail me when it is there: one mail, after a confirmation in the mailbox, about a variant that is sold out."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from shop import opt_in, settings
from shop.fulfilment import restock
from shop.fulfilment.client import promises
from shop.opt_in import RestockForm
from shop.origin import same_origin
from shop.saleor import catalogue
from shop.saleor.catalogue import ProductDetail, Variant
from shop.saleor.client import saleor_for

page = require_http_methods(["GET", "HEAD", "POST"])


def sold_out(detail: ProductDetail) -> tuple[Variant, ...]:
    """The variants that somebody may wait for."""
    return tuple(variant for variant in detail.sold if not variant.available)


@never_cache
@same_origin
@page
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for it, from the form on the page of the product, or here where that was not all right.

    That page is the same to everybody: its form has no token. Whether the address is known already, nobody is told.
    """
    detail = catalogue.product(saleor_for(request), slug)
    if detail is None:
        raise Http404(_("Dit product is er niet (meer)."))
    if "verstuurd" in request.GET and request.method != "POST":
        return _shown(request, "sent", product=detail.product)
    code = detail.product.code
    promise = promises({code: 1}).get(code)
    if promise is not None and not promise.sellable:
        return redirect("catalogue:product", slug)
    gone = sold_out(detail)
    wanted = request.POST.get("variant", "")
    found = next((variant for variant in detail.offered if variant.id == wanted), None)
    if found is not None or not gone:
        return _there_again(slug, found, request)
    form = RestockForm(gone, request.POST if request.method == "POST" else None, request.GET.get("variant", ""))
    if request.method != "POST":
        return _shown(request, "ask", product=detail.product, form=form, gone=gone)
    status = opt_in.asked(request, form, lambda: _asked(detail, gone, form))
    if status:
        return _shown(request, "ask", status=status, product=detail.product, form=form, gone=gone)
    return redirect(f"{reverse('restock:ask', args=[slug])}?verstuurd=1")


def _there_again(slug: str, found: Variant | None, request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Goed nieuws: dit is er weer."))
    chosen = {"variant": found.sku} if found and found.sku else {}
    return redirect(reverse("catalogue:product", args=[slug], query=chosen))


def _asked(detail: ProductDetail, gone: tuple[Variant, ...], form: RestockForm) -> dict[str, str]:
    variant = next(one for one in gone if one.id == form.cleaned_data["variant"])
    return restock.ask_restock(
        form.cleaned_data["email"],
        channel=settings.SALEOR_CHANNEL,
        product_id=detail.product.id,
        variant_id=variant.id,
        product_name=detail.product.name,
        variant_name=variant.name,
    )


@never_cache
@page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail; opening it does nothing, since programs that look through mails open it too."""
    awaited = restock.confirming(token)
    if awaited is None or (request.method == "POST" and not restock.confirm(token)):
        return _shown(request, "over", status=404)
    return _shown(request, "confirmed" if request.method == "POST" else "confirm", awaited=awaited)


@csrf_exempt
@never_cache
@page
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Withdraws a wish; a mail program does so by one press of its own (RFC 8058), of everything, without a cookie, and
    follows no redirect. Whoever has the token may: it needs no other proof."""
    leaving = restock.leaving(token)
    if leaving is None:
        return _shown(request, "over", status=404)
    if request.method == "POST":
        restock.leave(token, everything="everything" in request.POST or "List-Unsubscribe" in request.POST)
        return _shown(request, "left")
    return _shown(request, "leave", leaving=leaving)


def _shown(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    forms = [context["form"]] if "form" in context else []
    response = render(request, f"restock/{template}.html", {"forms": forms, **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    if status == 503:
        response["Retry-After"] = "30"
    return response
