"""What the workshop earned: for its coaches, not for everybody who works there."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fulfilment.entrypoints.portal.access import Bench, at_bench
from fulfilment.entrypoints.portal.sums import sums_of, waiting


@at_bench
def earnings(request: HttpRequest, bench: Bench) -> HttpResponse:
    if not bench.sees_sums:
        raise PermissionDenied
    orders, on_page = waiting(bench.current, request.GET.get("pagina", ""))
    context = {
        "bench": bench,
        "section": "earnings",
        "sums": sums_of(bench.current),
        "waiting": orders,
        "page": on_page,
    }
    return render(request, "portal/earnings.html", context)
