"""The site map of fulfilment."""

from django.urls import include, path, re_path

from fulfilment.entrypoints import (
    busy,
    health,
    home,
    measured,
    payment_app,
    saleor_accounts,
    saleor_inbox,
    storefront_api,
    stripe_inbox,
)
from fulfilment.entrypoints.backoffice.urls import urls as backoffice_urls
from telemetry.addresses import nowhere

urlpatterns = [
    re_path(r"[^/]{256}", nowhere),
    path("", home.home, name="home"),
    path("deel/", home.shares, name="shares"),
    path("portal/", include("fulfilment.entrypoints.portal.urls")),
    path("healthz", health.healthz, name="health"),
    path("readyz", health.readyz, name="health-ready"),
    path("metrics", measured.metrics_page, name="health-metrics"),
    path("hooks/saleor/", saleor_inbox.webhook, name="saleor-webhook"),
    path("hooks/saleor/accounts/", saleor_accounts.webhook, name="saleor-accounts"),
    path("hooks/saleor/collection/", saleor_inbox.collection_changed, name="saleor-collection"),
    path("hooks/plugin/", saleor_inbox.notice, name="plugin-notice"),
    path("hooks/stripe/", stripe_inbox.webhook, name="stripe-webhook"),
    path("", include("fulfilment.entrypoints.dashboard.urls")),
    path("saleor/manifest", payment_app.manifest, name="saleor-manifest"),
    path("saleor/register", payment_app.register, name="saleor-register"),
    path("saleor/payment/initialize", payment_app.initialize, name="payment-initialize"),
    path("saleor/payment/process", payment_app.process, name="payment-process"),
    path("saleor/payment/refund", payment_app.refund, name="payment-refund"),
    path("api/storefront/", storefront_api.api.urls),
    path("accounts/", include("fulfilment.entrypoints.accounts.urls")),
    path("backoffice/", backoffice_urls),
    path("mail/", include("fulfilment.entrypoints.mailbox")),
]

handler500 = busy.server_error
