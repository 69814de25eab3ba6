"""How long whoever asks us waits for anything at all, and what they read when what a page needs is not to be had."""

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from fulfilment.advisory import timed_out
from neighbours.budget import within

log = logging.getLogger(__name__)

LONGEST = 10
"""Seconds of one request for all that it asks of other machines, and of our own database."""

View = Callable[[HttpRequest], HttpResponse]


class Busy:
    """Middleware: a request has a budget of time; 503 and a sentence where a lock, or PostgreSQL, was not to be had."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with within(LONGEST):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return _come_again(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for what nobody expected; the same as above where it was before or after a view, in a middleware."""
    return _come_again(request, sys.exc_info()[1]) or defaults.server_error(request)


def _come_again(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """None where it is something else."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if isinstance(error, OperationalError) and timed_out(error):
        page = "503.html"
    else:
        page = "503_storage.html"
        log.error("%s: PostgreSQL does not answer: %s", request.path, error)
    return HttpResponse(render_to_string(page), status=503, headers={"Retry-After": "60"})
