"""What a line of a log belongs to: a trace for each request, which the shop may have begun and a worker takes on."""

import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

View = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Trace-Id"
_OURS = re.compile(r"[0-9a-f]{16}")


class Trace:
    """Middleware: the trace that came along, where it can be one, else a new one. The answer names it, so that who
    asks about a page can be helped."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        trace = given if _OURS.fullmatch(given) else secrets.token_hex(8)
        clear_contextvars()
        bind_contextvars(trace=trace)
        response = self.get_response(request)
        response[HEADER] = trace
        return response
