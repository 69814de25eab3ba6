"""What the QR of a piece opens: that it is real, who made it, and how it was cared for. For whoever has the link."""

import secrets

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shop.fulfilment.pieces import Piece, keep_note, piece, take_note_away
from shop.piece.forms import NoteForm
from shop.saleor.catalogue import ListedProduct
from shop.showing import known_pieces


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a piece; by POST a note is kept, or taken away."""
    found = piece(token)
    if found is None:
        raise Http404(_("Deze code kennen we niet."))
    form = NoteForm(initial={"form_key": secrets.token_urlsafe(16)})
    if request.method == "POST":
        if taken := request.POST.get("remove"):
            take_note_away(token, taken)
            return redirect("piece:piece", token)
        form = NoteForm(request.POST)
        if form.is_valid():
            for name, message in keep_note(token, **form.cleaned_data).items():
                form.add_error(name, message)
        if form.is_valid():
            return redirect("piece:piece", token)
    listed = known_pieces(request).get(found.product_code)
    response = render(
        request,
        "piece/piece.html",
        {
            "piece": found,
            "product": listed.product if listed else None,
            "variant_name": _variant_named(listed, found),
            "shot": listed.picture_of(found.sku) if listed else None,
            "form": form,
            "forms": [form],
        },
        status=422 if form.errors else 200,
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def _variant_named(listed: ListedProduct | None, found: Piece) -> str:
    """As the page's language calls it; what it was called when it was bought where it is not sold any more."""
    sold = listed.variants if listed else ()
    return next((variant.name for variant in sold if variant.sku == found.sku and variant.name), found.variant_name)
