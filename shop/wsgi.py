"""The storefront as a WSGI application, for granian."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from shop import settings
from telemetry import spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

for needed in ("SECRET_KEY", "STOREFRONT_API_TOKEN"):
    if not getattr(settings, needed):
        raise ImproperlyConfigured(f"The shop does not start without {needed}; see docs/operations/settings.md.")

django = get_wsgi_application()
spans.send_to(settings.OTEL_EXPORTER_OTLP_ENDPOINT, "shop")

from shop.pages.front import Front  # noqa: E402 - it stands on Django, which is set up now

application = Front(django)
