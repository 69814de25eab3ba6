"""The addresses of the storefront. Pages for people carry their language first."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView

from shop import health, outages

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("", RedirectView.as_view(pattern_name="catalogue:home")),
    *i18n_patterns(
        path("", include("shop.catalogue.urls")),
        path("mandje/", include("shop.basket.urls")),
        path("korting/", include("shop.discount.urls")),
        path("", include("shop.checkout.urls")),
        path("account/", include("shop.account.urls")),
        path("volgen/", include("shop.tracking.urls")),
        path("terugbetaling/", include("shop.refund.urls")),
        path("", include("shop.terms.urls")),
    ),
]

handler500 = outages.server_error
