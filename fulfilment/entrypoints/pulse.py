"""How a worker says that it lives: by itself, through the queue that it reads first, whether the clock goes or not.

So each is known to live or not by its own word, and whoever lives sees who is silent.
"""

import logging
import threading
from typing import Any

from celery import bootsteps, current_app
from celery.concurrency.thread import TaskPool
from django.conf import settings
from django.db import connection

from fulfilment.entrypoints.jobs import pulse_job, stand_in
from fulfilment.gateways.queues import lengths
from fulfilment.vitals.models import Sign

log = logging.getLogger(__name__)


class Pulse(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """What a worker does every `PULSE_SECONDS`, for each kind of worker whose first queue it reads."""

    requires = {"celery.worker.components:Timer"}

    def start(self, parent: Any) -> None:
        self.over = threading.Event()
        read = parent.app.amqp.queues.consume_from
        for worker, queue in settings.PULSES.items():
            if queue in read:
                parent.timer.call_repeatedly(settings.PULSE_SECONDS, say, (worker, queue))
        # A thread beside a pool of processes might be holding something while one of them is made.
        if settings.PULSES[Sign.Name.ROUNDS] in read and issubclass(parent.pool_cls, TaskPool):
            threading.Thread(target=watch_valkey, args=(self.over,), name="watch_valkey", daemon=True).start()

    def stop(self, parent: Any) -> None:
        self.over.set()


def say(worker: str, queue: str) -> None:
    """That it lives."""
    pulse_job.apply_async((worker,), queue=queue, expires=settings.PULSE_SECONDS)


def watch_valkey(over: threading.Event) -> None:
    """While Valkey is away no message comes, and Celery does nothing but look for it: tell of it from here."""
    while not over.wait(settings.PULSE_SECONDS):
        if lengths(settings.PULSES.values()) is None:
            tell_without_valkey()


def tell_without_valkey() -> None:
    """Whatever goes wrong is for the log: the next look comes soon."""
    try:
        stand_in()
    except Exception:
        log.exception("nobody could be told that Valkey is away")
    finally:
        connection.close()


current_app.steps["worker"].add(Pulse)
