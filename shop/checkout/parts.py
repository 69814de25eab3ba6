"""What of a basket each workshop makes, and the days that are promised for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from shop.fulfilment.client import promises
from shop.saleor.checkout import Checkout
from shop.saleor.lines import Line

_SATURDAY = 5


@dataclass(slots=True)
class Part:
    """What one workshop makes: the lines of the basket, the day by which all of it is ready, and by which it is at the
    customer's; None where that is not known, as of what somebody comes for."""

    workshop: str
    ready_on: date | None = None
    there_on: date | None = None
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Days:
    """As of a part, of all of them together."""

    ready_on: date | None
    there_on: date | None


def parts_of(checkout: Checkout) -> list[Part]:
    """A part for each workshop, in the order of the lines."""
    promised = promises(checkout.pieces)
    parts: dict[str, Part] = {}
    for line in checkout.lines:
        product = line.product
        if product.producer is None:
            continue
        part = parts.setdefault(product.producer.slug, Part(product.producer.name))
        promise = promised.get(product.code)
        if promise is not None and promise.ready_on is not None:
            part.ready_on = max(part.ready_on or promise.ready_on, promise.ready_on)
        part.lines.append(line)
    on_the_way = checkout.delivery.days if checkout.delivery and checkout.has_delivery else None
    for part in parts.values():
        if part.ready_on and on_the_way is not None:
            part.there_on = after(part.ready_on, on_the_way)
    return list(parts.values())


def last_of(parts: Sequence[Part]) -> Days:
    """The days by which all of them are ready, and there; None where that is not known of each."""
    return Days(_last(part.ready_on for part in parts), _last(part.there_on for part in parts))


def _last(days: Iterable[date | None]) -> date | None:
    known = list(days)
    return max((day for day in known if day), default=None) if None not in known else None


def after(day: date, working_days: int) -> date:
    """So many working days later; a weekend is none. Zero: the first working day from that day on."""
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    for _passed in range(working_days):
        day += timedelta(days=3 if day.weekday() == _SATURDAY - 1 else 1)
    return day
