"""The page that says how everything is: a light with its reason, and what was measured in an hour, a day or a month."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from fulfilment.entrypoints.backoffice.charts import Chart, Line, Value, Written
from fulfilment.entrypoints.health import queue_names
from fulfilment.flows.measure import limits, present
from fulfilment.gateways.queues import lengths
from fulfilment.inbox.models import OpenIssue
from fulfilment.money import written
from fulfilment.vitals.conditions import CONDITIONS, Condition, ago, wrong
from fulfilment.vitals.measures import Present
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
    Period("maand", gettext_lazy("Laatste maand"), 3600, timedelta(days=30), 24, "j F"),
)


def _sum(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _average(values: Sequence[Decimal]) -> Decimal:
    return _sum(values) / len(values)


def _seconds(value: Decimal) -> str:
    """`< 0,1 s`, `0,3 s`, `12 s`, `5 minuten`."""
    if 0 < value < Decimal("0.05"):
        return "< 0,1 s"
    if value < 10:
        return f"{value:.1f} s".replace(".", ",").replace(",0 s", " s")
    return f"{value:.0f} s" if value < 100 else ago(round(value))


def _count(value: Decimal) -> str:
    return f"{value:.0f}"


def _money(value: Decimal) -> str:
    return written(int(value), CURRENCY)


Read = Callable[[dict[str, int]], Value]


def _of(name: str) -> Read:
    """A measure by its name; nothing where it was not measured."""
    return lambda sample: Decimal(sample[name]) if name in sample else None


def _mean(neighbour: str) -> Read:
    """Seconds a call; nothing where nobody called."""

    def read(sample: dict[str, int]) -> Value:
        calls = sample.get(f"calls_{neighbour}", 0)
        return Decimal(sample[f"milliseconds_{neighbour}"]) / calls / 1000 if calls else None

    return read


NEIGHBOURS = (("saleor", "Saleor", "solid"), ("stripe", "Stripe", "dashed"), ("mail", "Mail", "dotted"))


@dataclass(frozen=True)
class Drawn:
    """A chart of the page: its lines, how its figures are written, what several of them are as one, and which of the
    limits is drawn."""

    key: str
    title: Promise
    explained: Promise
    lines: tuple[tuple[Promise | str, str, Read], ...]
    written: Written
    together: Callable[[Sequence[Decimal]], Decimal]
    least_top: int = 1
    limit: str = ""
    is_money: bool = False


def _one(name: str) -> tuple[tuple[Promise | str, str, Read], ...]:
    return (("", "solid", _of(name)),)


DRAWN = (
    Drawn(
        "paid_to_task",
        gettext_lazy("Van betaald tot taak"),
        gettext_lazy("De traagste bestelling, van het moment van betalen tot het atelier haar ziet."),
        _one("paid_to_task"),
        _seconds,
        max,
        least_top=5,
        limit="paid_to_task",
    ),
    Drawn(
        "oldest_mark",
        gettext_lazy("Wat het langst wacht"),
        gettext_lazy("Hoe lang het oudste bericht al op verwerking wacht."),
        _one("oldest_mark"),
        _seconds,
        max,
        least_top=10,
        limit="oldest",
    ),
    Drawn(
        "queued",
        gettext_lazy("In de wachtrijen"),
        gettext_lazy("Berichten die op een werker wachten, op het drukste moment."),
        _one("queued"),
        _count,
        max,
        least_top=10,
    ),
    Drawn(
        "answers",
        gettext_lazy("Hoe snel anderen antwoorden"),
        gettext_lazy("Gemiddeld per oproep."),
        tuple((title, dash, _mean(key)) for key, title, dash in NEIGHBOURS),
        _seconds,
        _average,
    ),
    Drawn(
        "failed",
        gettext_lazy("Oproepen die mislukten"),
        gettext_lazy("Geen of geen goed antwoord. We proberen het opnieuw."),
        tuple((title, dash, _of(f"failed_{key}")) for key, title, dash in NEIGHBOURS),
        _count,
        _sum,
        least_top=5,
    ),
    Drawn(
        "exceptions",
        gettext_lazy("Uitzonderingen"),
        gettext_lazy("Wat op iemand wacht, op het drukste moment."),
        _one("exceptions"),
        _count,
        max,
        least_top=5,
    ),
    Drawn(
        "repairs",
        gettext_lazy("Gevonden door de ronde"),
        gettext_lazy("Wat geen bericht ons vertelde, en wat we zelf vonden bij Saleor en Stripe."),
        _one("repairs"),
        _count,
        _sum,
        least_top=5,
    ),
    Drawn(
        "refused",
        gettext_lazy("Geweigerd of mislukt"),
        gettext_lazy("Berichten aan ons die we weigerden, en mails die niet weg raakten."),
        (
            (gettext_lazy("Berichten"), "solid", _of("webhooks_refused")),
            (gettext_lazy("Mails"), "dashed", _of("mails_failed")),
        ),
        _count,
        _sum,
        least_top=5,
    ),
    Drawn(
        "money",
        gettext_lazy("Geld onderweg"),
        gettext_lazy("Kwam binnen en is nog van niemand, of is onderweg van of naar een bank."),
        _one("money_under_way"),
        _money,
        max,
        least_top=10_000,
        is_money=True,
    ),
)


@dataclass(frozen=True)
class Trouble:
    """A condition that does not hold: why, since when, and what to do."""

    condition: Condition
    reason: str
    since: datetime | None


def seen_now(now: datetime) -> Present:
    """How it is now, the queues with it."""
    return present(lengths(queue_names()), now=now)


def troubles(seen: Present) -> list[Trouble]:
    """All that is wrong; nothing where the light is green."""
    away = _away()
    found = {**{name: why for name, (why, _since) in away.items()}, **wrong(seen, limits())}
    since = {name: began for name, (_why, began) in away.items()}
    since |= dict(Alarm.objects.filter(over_at=None).values_list("condition", "began_at"))
    return [Trouble(one, found[one.name], since.get(one.name)) for one in CONDITIONS if one.name in found]


def vitals_page(wanted: str, *, with_money: bool) -> dict[str, Any]:
    """All that the page shows, of one of the periods by its name."""
    now = timezone.now()
    period = next((one for one in PERIODS if one.name == wanted), PERIODS[0])
    seen = seen_now(now)
    found = troubles(seen)
    ill = {trouble.condition.name for trouble in found}
    moments, samples = _samples(period, now)
    if not samples[-1]:  # of the minute that just began
        moments, samples = moments[:-1], samples[:-1]
    well = [one for one in CONDITIONS if one.name not in ill]
    return {
        "periods": PERIODS,
        "period": period,
        "begins": moments[0],
        "ends": moments[-1],
        "troubles": found,
        "well": [one for one in well if one.known(seen)],
        "unknown": [one for one in well if not one.known(seen)],
        "charts": list(_charts(period, [*moments, now], [*samples, _standing(seen)], with_money=with_money)),
        "alarms": Alarm.objects.filter(over_at__isnull=False)[:5],
    }


def _away() -> dict[str, tuple[str, datetime]]:
    """Why, and since when, a neighbour is on the operator's list as away, by the name of its condition: it stands there
    before it is an alarm, and this page says what the list says."""
    rows = OpenIssue.objects.filter(kind=OpenIssue.Kind.NEIGHBOUR_AWAY, resolved_at=None)
    told = rows.values_list("subject", "message", "first_seen_at")
    return {subject.partition(":")[2].lower(): (message, since) for subject, message, since in told}


def _standing(seen: Present) -> dict[str, int]:
    """What stands there at this very moment, as a sample has it."""
    return {
        "oldest_mark": seen.oldest_mark,
        "queued": sum((seen.queues or {}).values()),
        "exceptions": sum(seen.exceptions.values()),
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
) -> Iterator[Chart]:
    bounds = limits()
    for drawn in DRAWN:
        bound = Decimal(getattr(bounds, drawn.limit)) if drawn.limit else None
        if with_money or not drawn.is_money:
            lines = [Line(str(name), [read(sample) for sample in samples], dash) for name, dash, read in drawn.lines]
            told = (drawn.key, str(drawn.title), str(drawn.explained), moments, lines, drawn.written, drawn.together)
            yield Chart(*told, period.rows_of, Decimal(drawn.least_top), bound)
