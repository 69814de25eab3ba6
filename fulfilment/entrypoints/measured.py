"""`/metrics`: what Prometheus reads. Counters are added up of all programs; the rest is looked at when it is asked."""

from collections.abc import Iterator, Mapping

from django.db import Error as DatabaseFailure
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector, CollectorRegistry

from fulfilment import metrics
from fulfilment.entrypoints.health import SECONDS, looking, queue_names
from fulfilment.flows.measure import limits, present
from fulfilment.gateways.queues import lengths
from fulfilment.outside import NOT_ASKED
from fulfilment.vitals.conditions import CONDITIONS, wrong
from fulfilment.vitals.measures import COUNTED, Present
from telemetry.readers import is_ours

PREFIX = "fulfilment_"


class Standing(Collector):
    """What stands there at a moment."""

    def __init__(self, seen: Present) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        seen = self._seen
        yield _gauge("oldest_mark_seconds", "How long the oldest of what waits for a worker waits.", seen.oldest_mark)
        yield _by("marks", "Objects that wait for a worker.", "kind", seen.marks)
        yield _gauge("valkey_up", "Whether Valkey answers.", seen.queues is not None)
        yield _by("queue_length", "Messages that wait in a queue.", "queue", seen.queues or {})
        yield _by("exceptions", "What stands on the operator's list.", "kind", seen.exceptions)
        yield _gauge("mails_waiting", "Mails that are not sent yet.", seen.mails_waiting)
        yield _gauge("mails_failing", "Mails that were tried in vain, and will be tried again.", seen.mails_failing)
        yield _by("seen_well_seconds", "How long ago a part was seen well.", "part", seen.ages)
        yield _by("money_under_way_minor", "Cents on accounts on which money only passes.", "account", seen.money)
        if seen.books_age is not None:
            yield _gauge("books_differences", "What did not agree between the books and Stripe.", seen.books_differ)
            yield _gauge("books_age_seconds", "How long ago the books were held against Stripe.", seen.books_age)
        found = wrong(seen, limits())
        holds = {condition.name: int(condition.name not in found) for condition in CONDITIONS}
        yield _by(
            "condition_holds", "1 where a condition of the operator's page holds, 0 where not.", "condition", holds
        )


@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """For whoever is one of ours; nobody else is told that there is anything."""
    if not is_ours(request):
        raise Http404
    shown = generate_latest(metrics.counted())
    now = timezone.now()
    try:
        seen = looking.within(SECONDS, lambda: present(lengths(queue_names()), now=now))
    except (DatabaseFailure, TimeoutError):
        seen = None
    registry = CollectorRegistry()
    if seen is not None:
        registry.register(Standing(seen))
    registry.register(Up(seen is not None))
    return HttpResponse(shown + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Up(Collector):
    """Whether there was anything to look at."""

    def __init__(self, is_up: bool) -> None:
        self._is_up = is_up

    def collect(self) -> Iterator[Metric]:
        yield _gauge("database_up", "Whether PostgreSQL answers.", self._is_up)


def totals() -> dict[str, int]:
    """How far the counters have come, in all programs, by the name of the measure."""
    found = dict.fromkeys(COUNTED, 0)
    for metric in metrics.counted().collect():
        for sample in metric.samples:
            for name, amount in _measures(sample.name, sample.labels, sample.value):
                if name in found:  # of a neighbour that is seldom asked there is no chart, and Prometheus is told alone
                    found[name] += amount
    return found


def _measures(name: str, labels: Mapping[str, str], value: float) -> Iterator[tuple[str, int]]:
    """Which measures a counter belongs to."""
    neighbour = labels.get("neighbour", "").lower()
    if labels.get("outcome") == NOT_ASKED:
        return
    if name == "fulfilment_neighbour_seconds_count":
        yield f"calls_{neighbour}", int(value)
        if labels["outcome"] == "failed":
            yield f"failed_{neighbour}", int(value)
    elif name == "fulfilment_neighbour_seconds_sum":
        yield f"milliseconds_{neighbour}", round(value * 1000)
    elif name == "fulfilment_sweep_repairs_total" and labels["found_at"] != "queue":
        yield "repairs", int(value)
    elif name == "fulfilment_webhooks_total" and labels["outcome"] != "taken":
        yield "webhooks_refused", int(value)
    elif name == "fulfilment_mails_total" and labels["outcome"] == "failed":
        yield "mails_failed", int(value)


def _gauge(name: str, told: str, value: float | None) -> Metric:
    found = GaugeMetricFamily(PREFIX + name, told)
    found.add_metric([], float(value or 0))
    return found


def _by(name: str, told: str, label: str, values: Mapping[str, int]) -> Metric:
    found = GaugeMetricFamily(PREFIX + name, told, labels=[label])
    for key, value in sorted(values.items()):
        found.add_metric([key], value)
    return found
