"""What a line of a log belongs to: each request has a trace, with which fulfilment goes on."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

View = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Trace-Id"


class Trace:
    """Middleware: a new trace for each request. The answer names it, so that who
    asks about a page can be helped."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace = secrets.token_hex(8)
        clear_contextvars()
        bind_contextvars(trace=trace)
        response = self.get_response(request)
        response[HEADER] = trace
        return response


def passed_on() -> dict[str, str]:
    """The headers that take the trace of this request along."""
    trace = get_contextvars().get("trace")
    return {HEADER: str(trace)} if trace else {}
