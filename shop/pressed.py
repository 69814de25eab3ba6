"""Views that a button is for."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

View = Callable[[HttpRequest], HttpResponse]


def pressed(view: View) -> View:
    """By GET nothing was pressed: who comes so, as from a form that stood open too long, sees the basket."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method == "POST" else redirect("basket:basket")

    return guarded
