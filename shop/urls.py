"""The addresses of the storefront. Pages for people carry their language first."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.generic import RedirectView

from shop import health, outages
from shop.found import views as found
from shop.found.sitemaps import SECTIONS
from shop.pages.changed import changed
from telemetry.addresses import nowhere

lead = cache_control(private=True)(RedirectView.as_view(pattern_name="catalogue:home"))
"""To the first page in a language that the visitor's browser asks for: no cache may lead everybody to the same one."""

urlpatterns = [
    re_path(r"[^/]{256}", nowhere),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("changed", changed),
    path("robots.txt", found.robots, name="robots"),
    path("sitemap.xml", found.sitemaps, name="sitemaps"),
    *(path(f"sitemap-{one}.xml", found.sitemap, {"section": one}, name=f"sitemap-{one}") for one in SECTIONS),
    path("", lead),
    *i18n_patterns(
        path("", include("shop.catalogue.urls")),
        path(_("zoeken/"), include("shop.search.urls")),
        path(_("mandje/"), include("shop.basket.urls")),
        path(_("korting/"), include("shop.discount.urls")),
        path("", include("shop.checkout.urls")),
        path(_("account/"), include("shop.account.urls")),
        path(_("volgen/"), include("shop.tracking.urls")),
        path(_("echt/"), include("shop.piece.urls")),
        path(_("herroepen/"), include("shop.withdrawal.urls")),
        path(_("verwittig-me/"), include("shop.restock.urls")),
        path(_("nieuwsbrief/"), include("shop.newsletter.urls")),
        path(_("terugbetaling/"), include("shop.refund.urls")),
        path(_("zakelijk/"), include("shop.business.urls")),
        path("", include("shop.terms.urls")),
        path("", include("shop.info.urls")),
        path("", include("shop.found.urls")),
    ),
]

handler404 = outages.page_not_found
handler500 = outages.server_error
