"""The first page after logging in: each to their own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from fulfilment.entrypoints.portal.sums import sums_of
from fulfilment.partners.models import User
from fulfilment.partners.queries import partners_with_sums, producers_of


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Staff to the back office, people of a workshop to their bench, all others to the sums of their shares."""
    assert isinstance(request.user, User)
    if request.user.is_staff:
        return redirect("backoffice:index")
    if producers_of(request.user):
        return redirect("portal:today")
    return shares(request)


@never_cache
@login_required
def shares(request: HttpRequest) -> HttpResponse:
    """What each partner earned of whom this person may see it; who also works somewhere finds the way back there."""
    assert isinstance(request.user, User)
    context = {
        "all_sums": [sums_of(partner) for partner in partners_with_sums(request.user)],
        "works": bool(producers_of(request.user)),
        "is_staff": request.user.is_staff,
    }
    return render(request, "home/sums.html", context)
