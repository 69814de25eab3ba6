"""Views that a button is for, and where a press leads."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

View = Callable[[HttpRequest], HttpResponse]


class SeeOther(HttpResponseRedirect):
    """A redirect that a browser follows with GET, also after a POST."""

    status_code = 303


def pressed(view: View) -> View:
    """By GET nothing was pressed: who comes so, as from a form that stood open too long, sees the basket."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method == "POST" else redirect("basket:basket")

    return guarded
