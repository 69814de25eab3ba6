import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from telemetry import spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")

application = get_wsgi_application()
spans.send_to(settings.OTEL_EXPORTER_OTLP_ENDPOINT, "fulfilment")
