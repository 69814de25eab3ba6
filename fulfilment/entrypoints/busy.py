"""How long whoever asks us waits for anything at all, and what they read when somebody else keeps what a page needs."""

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from fulfilment.advisory import timed_out
from neighbours.budget import within

LONGEST = 10
"""Seconds of one request for all that it asks of other machines."""

View = Callable[[HttpRequest], HttpResponse]


class Busy:
    """Middleware: a request has a budget of time; 503 and a sentence where a lock was waited for in vain."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with within(LONGEST):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError) and timed_out(exception):
            return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "60"})
        return None
