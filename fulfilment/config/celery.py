"""The Celery application: `celery -A fulfilment.config.celery worker`."""

import os
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps
from django.conf import settings

from telemetry import spans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fulfilment.config.settings")

app = Celery("fulfilment")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["fulfilment.entrypoints"], related_name="jobs")
app.autodiscover_tasks(["fulfilment.entrypoints"], related_name="pulse")


class Alive(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """A worker touches a file as long as its loop goes round, for the health of its container."""

    requires = {"celery.worker.components:Timer"}
    EVERY = 10.0

    def start(self, parent: Any) -> None:
        if settings.ALIVE_FILE:
            parent.timer.call_repeatedly(self.EVERY, Path(settings.ALIVE_FILE).touch, priority=10)


class Told(bootsteps.Step):  # type: ignore[misc]
    """A worker says by OpenTelemetry what it does, under the name that it was given (`orders@…`, `rounds@…`)."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        spans.send_to(settings.OTEL_EXPORTER_OTLP_ENDPOINT, f"fulfilment-{parent.hostname.partition('@')[0]}")


app.steps["worker"].update({Alive, Told})
