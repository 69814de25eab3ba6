"""The price list of a company: told to its members, and kept nowhere."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import slugify
from django.utils.translation import gettext as _

from shop.business import pricelist
from shop.business.gate import Inside, for_members, not_here, shown
from shop.fulfilment import companies
from shop.fulfilment.companies import NetPrice
from shop.languages import current
from shop.showing import known_pieces

LONGEST = 80
"""Signs of a search that are looked at."""
ON_A_PAGE = 60
"""Products; a list may have thousands."""


@for_members
def listed(request: HttpRequest, inside: Inside) -> HttpResponse:
    """What each thing costs, net, with its picture."""
    if inside.company.is_suspended:
        return shown(request, "prices_closed", **inside.context)
    query = request.GET.get("q", "")[:LONGEST].strip()
    every = pricelist.grouped(_prices(inside), known_pieces(request))
    found = Paginator(pricelist.found(every, query), ON_A_PAGE).get_page(request.GET.get("page"))
    return shown(
        request,
        "prices",
        **inside.context,
        page=found,
        count=len(every),
        query=query,
        asked=urlencode({"q": query}) if query else "",
        longest=LONGEST,
        today=timezone.localdate(),
    )


@for_members
def table(request: HttpRequest, inside: Inside) -> HttpResponse:
    """The same as a file for a spreadsheet, all of it."""
    if inside.company.is_suspended:
        return redirect("business:prices", inside.company.id)
    heading = (_("Productcode"), _("Code"), _("Naam"), _("Uitvoering"), _("Netto, zonder btw"), _("Munt"))
    text = pricelist.table(_prices(inside), heading, comma=current() != "en")
    # The mark at the beginning says to spreadsheets that it is UTF-8.
    file = HttpResponse(f"\N{ZERO WIDTH NO-BREAK SPACE}{text}", content_type="text/csv; charset=utf-8")
    name = f"{slugify(_('Prijzen'))}-{slugify(inside.company.name)}-{timezone.localdate():%Y-%m-%d}"
    file["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return file


def _prices(inside: Inside) -> tuple[NetPrice, ...]:
    found = companies.prices(inside.token, inside.company.id)
    if found is None:
        raise not_here()
    return found
