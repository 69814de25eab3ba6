"""Whether the program is alive, and whether it can work: for containers, watchmen and whoever starts it.

`/healthz` asks nobody. `/readyz` asks PostgreSQL and Valkey, within seconds, and of all others reads what was last
heard: who looks at it may be the one who looks because something hangs.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fulfilment.flows.measure import limits, present
from fulfilment.gateways.queues import lengths
from fulfilment.vitals.conditions import CONDITIONS
from neighbours.budget import within
from telemetry.readers import is_ours

T = TypeVar("T")
SECONDS = 3
"""How long anybody waits for the answer, whatever hangs."""


class Looking:
    """Looks in a thread of its own, one at a time: what hangs there keeps nobody else."""

    def __init__(self) -> None:
        self._last: Future[object] | None = None

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, "looking")

    def within(self, seconds: float, look: Callable[[], T]) -> T:
        """What `look` finds; `TimeoutError` where it takes longer, or the look before it still hangs."""
        if self._last is not None and not self._last.done():
            raise TimeoutError
        found = self._thread.submit(_closing, seconds, look)
        self._last = found  # type: ignore[assignment]
        return found.result(seconds)


def _closing(seconds: float, look: Callable[[], T]) -> T:
    """The thread has a connection of its own, which is given back, and a budget of its own."""
    try:
        with within(seconds):
            return look()
    finally:
        connection.close()


looking = Looking()


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive. What it stands on is `readyz`'s business: a program that is started anew brings no database back."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """What cannot work, and why: 503 where anything cannot. Reasons are for whoever is one of ours."""
    now = timezone.now()
    try:
        found = looking.within(SECONDS, lambda: what_fails(lengths(queue_names()), now))
    except (DatabaseFailure, TimeoutError):
        found = {"database": _("PostgreSQL antwoordt niet.")}
    told: dict[str, object] = {"ok": not found}
    if is_ours(request):
        told["fails"] = found
    return JsonResponse(told, status=503 if found else 200)


def what_fails(queues: Mapping[str, int] | None, now: datetime) -> dict[str, str]:
    """The reason by the name of what cannot work; `DatabaseFailure` where nothing can be looked at."""
    missing = _missing_migrations()
    if missing:
        return {"migrations": _("Deze tabellen zijn nog niet bijgewerkt: %(names)s.") % {"names": ", ".join(missing)}}
    seen, bounds = present(queues, now=now), limits()
    reasons = {one.name: one.said(seen, bounds) for one in CONDITIONS if one.works}
    return {name: reason for name, reason in reasons.items() if reason}


def queue_names() -> list[str]:
    """The queues of Celery that there are."""
    return [queue.name for queue in settings.CELERY_TASK_QUEUES]


def _missing_migrations() -> list[str]:
    """What this program knows of and the database has not."""
    loader = MigrationLoader(connection)
    return sorted({app for app, name in loader.disk_migrations.keys() - loader.applied_migrations.keys()})
