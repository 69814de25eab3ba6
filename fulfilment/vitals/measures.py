"""What is measured: by name, whether it stands there or is counted. Every chart and every limit names one of these."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

STANDING = (
    "oldest_mark",  # seconds since the oldest of what waits for a worker waits
    "queued",  # messages in all queues
    "paid_to_task",  # seconds from paid to task, of the slowest order of the minute
    "exceptions",  # that stand on the operator's list
    "mails_waiting",
    "money_under_way",  # minor units: came in and is nobody's yet, or on its way to or from a bank
)
"""What is there at a moment. Of several moments the worst is kept."""

COUNTED = (
    "calls_saleor",
    "calls_stripe",
    "calls_mail",
    "milliseconds_saleor",
    "milliseconds_stripe",
    "milliseconds_mail",
    "failed_saleor",
    "failed_stripe",
    "failed_mail",
    "repairs",
    "webhooks_refused",
    "mails_failed",
)
"""What happened in a stretch of time. Of several stretches the sum is kept."""

SPANS: dict[int, timedelta] = {60: timedelta(hours=1), 300: timedelta(days=1), 3600: timedelta(days=31)}
"""How long a sample of so many seconds is kept: an hour by the minute, a day by five minutes, a month by the hour."""


@dataclass(frozen=True)
class Present:
    """How it is at a moment. Ages and times in seconds, money in minor units; None is not known."""

    oldest_mark: int = 0
    marks: Mapping[str, int] = field(default_factory=dict)
    queues: Mapping[str, int] | None = None
    """Length by queue; None where Valkey does not answer."""
    exceptions: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    """By the kind of an exception that stands: what one of them says."""
    mails_waiting: int = 0
    mails_failing: int = 0
    oldest_failing_mail: int = 0
    ages: Mapping[str, int] = field(default_factory=dict)
    """By the name of a sign of life, how long ago it was seen well; a sign that was never seen is not here."""
    ill: Mapping[str, str] = field(default_factory=dict)
    """By the name of a sign whose last news is bad: why."""
    money: Mapping[str, int] = field(default_factory=dict)
    books_differ: int | None = None
    """How many things did not agree when the books were last held against Stripe."""
    books_age: int | None = None
    paid_to_task: int = 0
    lately: Mapping[str, int] = field(default_factory=dict)
    """What is counted, of the last quarter of an hour."""


def differences(totals: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """How much came since; a counter that stands lower than before began anew."""
    return {
        name: total - before.get(name, 0) if total >= before.get(name, 0) else total for name, total in totals.items()
    }


def together(samples: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Several samples as one."""
    rows = list(samples)
    worst = {name: max((row.get(name, 0) for row in rows), default=0) for name in STANDING}
    return worst | {name: sum(row.get(name, 0) for row in rows) for name in COUNTED}
