"""Requests as they come in: each in a trace, which its answer names, so that who asks about a page can be helped."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from telemetry import trace
from telemetry.spans import failed_by, span

View = Callable[[HttpRequest], HttpResponse]

ANSWERED = "X-Trace-Id"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
ASKED_ALL_DAY = {"/healthz", "/readyz", "/metrics"}
"""By machines that look after us; no span is told of them."""


class Trace:
    """Middleware: a new trace for each request. What comes from the internet decides nothing about it."""

    goes_on_at: tuple[str, ...] = ()
    """How addresses begin that machines call; there the trace goes on that came along."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(trace.HEADER, "") if request.path.startswith(self.goes_on_at) else ""
        from_span = trace.begin(given)
        begun = trace.current()
        response = self.get_response(request) if request.path in ASKED_ALL_DAY else self._told(request, from_span)
        response[ANSWERED] = begun
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """What is told of a page that could not be made. That there is none, or not for you, is an answer."""
        if not isinstance(exception, Http404 | PermissionDenied):
            failed_by(exception)

    def _told(self, request: HttpRequest, from_span: str) -> HttpResponse:
        method = request.method if request.method in METHODS else "HTTP"
        with span(str(method), "server", {"http.request.method": str(method)}, begins=from_span) as asked:
            response = self.get_response(request)
            if request.resolver_match:
                route = f"/{request.resolver_match.route}"
                asked.named(f"{method} {route}")
                asked.about("http.route", route)
            asked.about("http.response.status_code", response.status_code)
            if response.status_code >= 500:
                asked.failed()
            return response
