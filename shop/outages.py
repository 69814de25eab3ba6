"""Pages for when something we stand on is away."""

import logging
import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_path, override
from django.views import defaults
from redis.exceptions import RedisError

from neighbours.budget import within
from shop import settings
from shop.fulfilment.client import FulfilmentUnavailable
from shop.languages import versions
from shop.neighbours import LONGEST_PAGE
from shop.saleor.errors import SaleorError
from shop.showing import some_pieces
from telemetry.addresses import nowhere

logger = logging.getLogger(__name__)

_RETRY_SECONDS = "30"


class OutageMiddleware:
    """A page has a budget of time; 503 with a kind page when Saleor, fulfilment or Valkey kept a view from its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with within(LONGEST_PAGE):
            return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return _come_again(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for what nobody expected; the same as above where it was before or after a view, in a middleware."""
    return _come_again(request, sys.exc_info()[1]) or defaults.server_error(request)


def _come_again(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """None where it is something else."""
    if not isinstance(error, SaleorError | FulfilmentUnavailable | RedisError):
        return None
    logger.error("page %s not possible: %r", request.path, error)
    # Without the request: what fills a page from the visit may be the very thing that is away.
    is_paying = request.resolver_match is not None and request.resolver_match.view_name == "checkout:pay"
    # In the language of the address: whoever is away may be so before anybody looked.
    with override(get_language_from_path(request.path) or settings.LANGUAGE_CODE):
        told = {"is_paying": is_paying, "versions": versions(request)}
        response = HttpResponse(render_to_string("503.html", told), status=503)
    response["Retry-After"] = _RETRY_SECONDS
    return response


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What is not there is answered with pieces to look at; an address that nobody may be asked about, without."""
    is_asked_about = request.resolver_match is None or request.resolver_match.func is not nowhere
    pieces = some_pieces(request) if is_asked_about else []
    return render(request, "404.html", {"pieces": pieces}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose cookie is gone: says so, and what to do."""
    logger.info("form refused: %s", reason)
    return render(request, "403_csrf.html", status=403)
