"""The Celery application: `celery -A fulfilment.config.celery worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")

app = Celery("fulfilment")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["fulfilment.entrypoints"], related_name="jobs")
