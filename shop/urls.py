"""The addresses of the storefront. Pages for people carry their language first."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from shop import health, outages
from shop.pages.changed import changed
from telemetry.addresses import nowhere

urlpatterns = [
    re_path(r"[^/]{256}", nowhere),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("changed", changed),
    path("", RedirectView.as_view(pattern_name="catalogue:home")),
    *i18n_patterns(
        path("", include("shop.catalogue.urls")),
        path("mandje/", include("shop.basket.urls")),
        path("korting/", include("shop.discount.urls")),
        path("", include("shop.checkout.urls")),
        path("volgen/", include("shop.tracking.urls")),
        path("terugbetaling/", include("shop.refund.urls")),
        path("", include("shop.terms.urls")),
    ),
]

handler404 = outages.page_not_found
handler500 = outages.server_error
