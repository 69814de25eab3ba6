"""How a worker says that it lives: by itself, through the queue that it reads first, whether the clock goes or not.

So each is known to live or not by its own word, and whoever lives sees who is silent.
"""

from typing import Any

from celery import bootsteps, current_app
from django.conf import settings

from fulfilment.entrypoints.jobs import pulse_job, stand_in
from fulfilment.gateways.queues import lengths
from fulfilment.vitals.models import Sign


class Pulse(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """What a worker does every `PULSE_SECONDS`, for each kind of worker whose first queue it reads."""

    requires = {"celery.worker.components:Timer"}

    def start(self, parent: Any) -> None:
        for worker, queue in settings.PULSES.items():
            if queue in parent.app.amqp.queues.consume_from:
                parent.timer.call_repeatedly(settings.PULSE_SECONDS, say, (worker, queue))


def say(worker: str, queue: str) -> None:
    """That it lives. Without Valkey no message leaves: then the rounds tell of that where they stand."""
    if lengths([queue]) is not None:
        pulse_job.apply_async((worker,), queue=queue, expires=settings.PULSE_SECONDS)
    elif worker == Sign.Name.ROUNDS:
        stand_in()


current_app.steps["worker"].add(Pulse)
