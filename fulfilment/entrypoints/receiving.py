"""What every machine that calls us is answered: taken, wrong for ever, or come again."""

import logging
from collections.abc import Callable
from functools import wraps

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from fulfilment import metrics
from fulfilment.errors import GatewayError, Refusal

log = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
"""Bytes; no message that we take is anywhere near it."""


def receives(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A machine's POST: a `Refusal` is 400 and final, database or keys out of reach are 503, so that it comes again."""

    @csrf_exempt
    @require_POST
    @_counted
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length") or "0"
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return JsonResponse({"error": {"code": "TOO_LARGE", "message": "The body is too large."}}, status=413)
        try:
            return view(request)
        except Refusal as refusal:
            log.warning("%s refused: %s", request.path, refusal)
            return JsonResponse({"error": {"code": refusal.code, "message": refusal.message}}, status=400)
        except (OperationalError, InterfaceError, GatewayError) as error:
            log.exception("%s cannot be taken now", request.path)
            return JsonResponse({"error": {"code": "COME_AGAIN", "message": type(error).__name__}}, status=503)

    return answer


def _counted(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Count what a message was answered, by the name of its address."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        outcome = "come_again"
        try:
            response = view(request)
            outcome = "taken" if response.status_code < 400 else "refused" if response.status_code < 500 else outcome
            return response
        finally:
            hook = request.resolver_match.view_name if request.resolver_match else ""
            metrics.WEBHOOKS.labels(hook, outcome).inc()

    return answer
