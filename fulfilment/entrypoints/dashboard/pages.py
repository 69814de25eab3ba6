"""The pages that Saleor's Dashboard shows in a frame: an empty one for anybody, and what belongs in it for whoever
proves who they are. Nothing here can be changed: they look, and the links lead to the back office."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from fulfilment.entrypoints.dashboard.extensions import APP_PATH, Permission, orders, products
from fulfilment.entrypoints.dashboard.order import order_content
from fulfilment.entrypoints.dashboard.product import product_content
from fulfilment.entrypoints.dashboard.proof import NOT_ALLOWED, Visitor, visitor
from fulfilment.entrypoints.dashboard.waiting import waiting_content
from fulfilment.entrypoints.saleor_inbox import is_id
from fulfilment.errors import GatewayError, Refusal


@dataclass(frozen=True)
class Page:
    """A page of ours in the Dashboard: what it is about stands in the parameter `asks` ("": about nothing)."""

    name: str
    title: Promise
    needs: Callable[[], Permission]
    content: Callable[[str, Visitor], dict[str, Any]]
    asks: str = ""
    is_widget: bool = True


PAGES = (
    Page("order", gettext_lazy("Makers en verdeling"), orders, order_content, "orderId"),
    Page("product", gettext_lazy("Makers en verdeling"), products, product_content, "productId"),
    Page("waiting", gettext_lazy("Wat wacht"), orders, waiting_content, is_widget=False),
)

POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": [settings.DASHBOARD_ORIGIN],
}
"""Nobody but the Dashboard may frame them, and nothing runs, styles or is fetched in them but files of ours."""

View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """A view whose answer the Dashboard may show in a frame, and that does nothing else there."""
    guarded: View = xframe_options_exempt(csp(POLICY)(view))
    return guarded


@require_safe
@framed
def frame(request: HttpRequest, page: Page) -> HttpResponse:
    """The page without anything of anybody: its script asks the Dashboard who looks, and fetches the rest with that."""
    context = {"page": page, "dashboard": settings.DASHBOARD_ORIGIN, "source": f"{APP_PATH}/{page.name}/content"}
    return HttpResponse(render_to_string("dashboard/frame.html", context))


@require_safe
@never_cache
def content(request: HttpRequest, page: Page) -> HttpResponse:
    """What belongs in the page, as a part of one; 401 or 403 with a sentence for whoever may not see it, 503 without
    one where Saleor had to be asked and does not answer."""
    try:
        who = visitor(request, page.needs(), now=timezone.now())
        asked = request.GET.get(page.asks, "")
        context = page.content(asked if is_id(asked) else "", who)
    except Refusal as refusal:
        status = 403 if refusal.code == NOT_ALLOWED else 401
        return HttpResponse(render_to_string("dashboard/refused.html", {"message": refusal.message}), status=status)
    except GatewayError:
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    return HttpResponse(render_to_string(f"dashboard/{page.name}.html", {**context, "base": settings.FULFILMENT_URL}))


def addresses() -> list[URLPattern]:
    """Without a slash at the end: the Dashboard takes it off before its parameters."""
    root, own = APP_PATH.removeprefix("/"), []
    for page in PAGES:
        at = f"{root}/{page.name}"
        own.append(path(at, partial(frame, page=page), name=f"dashboard-{page.name}"))
        own.append(path(f"{at}/content", partial(content, page=page), name=f"dashboard-{page.name}-content"))
    return [path(root, partial(frame, page=PAGES[-1]), name="dashboard"), *own]
