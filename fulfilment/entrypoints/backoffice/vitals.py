"""The page that says how everything is: a light with its reason, and what was measured in the last hour, day or month."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.charts import Chart, Line, Value, Written
from fulfilment.entrypoints.health import queue_names
from fulfilment.flows.measure import limits, present
from fulfilment.gateways.queues import lengths
from fulfilment.money import written
from fulfilment.vitals.conditions import CONDITIONS, Condition, ago, wrong
from fulfilment.vitals.models import Alarm, Sample

CURRENCY = "EUR"


@dataclass(frozen=True)
class Period:
    """How far back one looks, in samples of `span` seconds; so many of them are a row of the tables."""

    name: str
    title: Promise
    span: int
    lasts: timedelta
    rows_of: int
    axis: str
    """How its moments are written, as Django's `date` takes it."""


PERIODS = (
    Period("uur", gettext_lazy("Laatste uur"), 60, timedelta(hours=1), 5, "H:i"),
    Period("dag", gettext_lazy("Laatste dag"), 300, timedelta(days=1), 12, "D H:i"),
    Period("maand", gettext_lazy("Laatste maand"), 3600, timedelta(days=30), 24, "j M"),
)


@dataclass(frozen=True)
class Trouble:
    """A condition that does not hold: why, since when, and what to do."""

    condition: Condition
    reason: str
    since: datetime | None


def vitals_page(wanted: str, *, with_money: bool) -> dict[str, Any]:
    """All that the page shows, of one of the periods by its name."""
    now = timezone.now()
    period = next((one for one in PERIODS if one.name == wanted), PERIODS[0])
    seen = present(lengths(queue_names()), now=now)
    found = wrong(seen, limits())
    since = dict(Alarm.objects.filter(over_at=None).values_list("condition", "began_at"))
    moments, samples = _samples(period, now)
    return {
        "periods": PERIODS,
        "period": period,
        "begins": moments[0],
        "ends": moments[-1],
        "troubles": [Trouble(one, found[one.name], since.get(one.name)) for one in CONDITIONS if one.name in found],
        "well": [one for one in CONDITIONS if one.name not in found],
        "charts": list(_charts(period, moments, samples, with_money=with_money)),
        "alarms": Alarm.objects.filter(over_at__isnull=False)[:5],
    }


def _samples(period: Period, now: datetime) -> tuple[list[datetime], list[dict[str, int]]]:
    """The moments of a period, oldest first, and what was measured at each; nothing where nobody measured."""
    end = now - timedelta(seconds=now.timestamp() % period.span)
    end = end.replace(microsecond=0)
    count = int(period.lasts.total_seconds()) // period.span
    moments = [end - timedelta(seconds=period.span * back) for back in range(count - 1, -1, -1)]
    rows = Sample.objects.filter(span=period.span, taken_at__gte=moments[0]).values_list("taken_at", "values")
    found = {int(taken_at.timestamp()): values for taken_at, values in rows}
    return moments, [found.get(int(moment.timestamp()), {}) for moment in moments]


def _charts(
    period: Period, moments: list[datetime], samples: list[dict[str, int]], *, with_money: bool
) -> Sequence[Chart]:
    bounds = limits()

    def chart(
        key: str,
        title: str,
        explained: str,
        lines: Sequence[Line],
        how: Written,
        together: Callable[[Sequence[Decimal]], Decimal],
        *,
        least: int = 1,
        limit: int | None = None,
    ) -> Chart:
        bound = None if limit is None else Decimal(limit)
        return Chart(key, title, explained, moments, lines, how, together, period.rows_of, Decimal(least), bound)

    def one(name: str) -> list[Line]:
        return [Line("", [_value(sample, name) for sample in samples])]

    def each(name: str) -> list[Line]:
        return [
            Line(title, [_value(sample, f"{name}_{key}") for sample in samples], dash) for key, title, dash in NEIGHBOURS
        ]

    answers = [Line(title, [_mean(sample, key) for sample in samples], dash) for key, title, dash in NEIGHBOURS]
    refused = [
        Line(str(_("Berichten")), [_value(sample, "webhooks_refused") for sample in samples]),
        Line(str(_("Mails")), [_value(sample, "mails_failed") for sample in samples], "dashed"),
    ]
    found = [
        chart(
            "paid_to_task",
            _("Van betaald tot taak"),
            _("De traagste bestelling, van het moment van betalen tot het atelier haar ziet."),
            one("paid_to_task"),
            _seconds,
            max,
            least=5,
            limit=bounds.paid_to_task,
        ),
        chart(
            "oldest_mark",
            _("Wat het langst wacht"),
            _("Hoe lang het oudste bericht al op verwerking wacht."),
            one("oldest_mark"),
            _seconds,
            max,
            least=10,
            limit=bounds.oldest,
        ),
        chart(
            "queued",
            _("In de wachtrijen"),
            _("Berichten die op een werker wachten, op het drukste moment."),
            one("queued"),
            _count,
            max,
            least=10,
        ),
        chart("answers", _("Hoe snel anderen antwoorden"), _("Gemiddeld per oproep."), answers, _seconds, _average),
        chart(
            "failed",
            _("Oproepen die mislukten"),
            _("Geen of geen goed antwoord. We proberen het opnieuw."),
            each("failed"),
            _count,
            sum_of,
            least=5,
        ),
        chart(
            "exceptions",
            _("Uitzonderingen"),
            _("Wat op iemand wacht, op het drukste moment."),
            one("exceptions"),
            _count,
            max,
            least=5,
        ),
        chart(
            "repairs",
            _("Gevonden door de ronde"),
            _("Wat geen bericht ons vertelde, en wat we zelf vonden bij Saleor en Stripe."),
            one("repairs"),
            _count,
            sum_of,
            least=5,
        ),
        chart(
            "refused",
            _("Geweigerd of mislukt"),
            _("Berichten aan ons die we weigerden, en mails die niet weg raakten."),
            refused,
            _count,
            sum_of,
            least=5,
        ),
    ]
    if with_money:
        told = _("Kwam binnen en is nog van niemand, of is onderweg van of naar een bank.")
        found.append(
            chart("money", _("Geld onderweg"), told, one("money_under_way"), _money, max, least=10_000)
        )
    return found


NEIGHBOURS = (("saleor", "Saleor", "solid"), ("stripe", "Stripe", "dashed"), ("mail", "Mail", "dotted"))


def _value(sample: dict[str, int], name: str) -> Value:
    return Decimal(sample[name]) if name in sample else None


def _mean(sample: dict[str, int], neighbour: str) -> Value:
    """Seconds a call; nothing where nobody called."""
    calls = sample.get(f"calls_{neighbour}", 0)
    return Decimal(sample[f"milliseconds_{neighbour}"]) / calls / 1000 if calls else None


def sum_of(values: Sequence[Decimal]) -> Decimal:
    """All together."""
    return sum(values, Decimal(0))


def _average(values: Sequence[Decimal]) -> Decimal:
    return sum_of(values) / len(values)


def _seconds(value: Decimal) -> str:
    """`0,3 s`, `12 s`, `5 minuten`."""
    if value < 10:
        return f"{value:.1f} s".replace(".", ",").replace(",0 s", " s")
    return f"{value:.0f} s" if value < 100 else ago(round(value))


def _count(value: Decimal) -> str:
    return f"{value:.0f}"


def _money(value: Decimal) -> str:
    return written(int(value), CURRENCY)
