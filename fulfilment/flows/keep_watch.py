"""What is measured is kept by the minute; whoever looks after the shop is told once what is wrong, and once that it is
over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from fulfilment.flows.measure import MONEY, limits, money_under_way, present, slowest
from fulfilment.mail.write import write
from fulfilment.partners.models import User
from fulfilment.vitals.conditions import condition, wrong
from fulfilment.vitals.measures import SPANS, Present, differences, together
from fulfilment.vitals.models import Alarm, Sample, Sign

MINUTE = 60
CALM = timedelta(minutes=2)
"""How long it must be well before an alarm is over: what comes and goes is told once."""

BLIND = timedelta(minutes=2)
"""Where nobody watched for so long, all was away, and whoever pulses will do so within a moment."""

PULSES = (Sign.Name.ORDERS, Sign.Name.ROUNDS, Sign.Name.BEAT)

MONEY_EVERY = timedelta(minutes=5)
"""How often the accounts are added up: it reads all postings."""


def keep_watch(
    queues: Mapping[str, int] | None, totals: Mapping[str, int], *, now: datetime, begun: datetime | None = None
) -> None:
    """Measure, keep, and tell. `totals` is how far each counter has come, in all programs.

    `begun` is since when whoever watches runs: others that began with it may need a moment more to speak.
    """
    at = now.replace(second=0, microsecond=0)
    seen = replace(present(queues, now=now), paid_to_task=slowest(now - timedelta(minutes=1)))
    was_watched = Sample.objects.filter(span=MINUTE, taken_at__gt=at - BLIND).exists()
    _keep(seen, totals, at)
    rolled_up = [_roll_up(lower, upper, at) for lower, upper in pairwise(SPANS)]
    if any(rolled_up):
        for span, kept in SPANS.items():
            Sample.objects.filter(span=span, taken_at__lt=at - kept).delete()
    all_may_speak = begun is None or now - begun > timedelta(seconds=settings.ALERT_SILENCE_SECONDS)
    _tell(seen if was_watched and all_may_speak else _as_heard(seen), now)


def _as_heard(seen: Present) -> Present:
    """As if everybody had just spoken, where nobody could."""
    return replace(seen, ages={**seen.ages, **dict.fromkeys(PULSES, 0)})


def nobody_watches(*, now: datetime) -> bool:
    """Whether the clock that has it watched, or the worker that watches, is silent."""
    since = now - timedelta(seconds=settings.ALERT_SILENCE_SECONDS)
    heard = Sign.objects.filter(name__in=(Sign.Name.ROUNDS, Sign.Name.BEAT), well_at__gte=since)
    return heard.count() < 2


def _keep(seen: Present, totals: Mapping[str, int], at: datetime) -> None:
    last = Sample.objects.filter(span=MINUTE).last()
    money = {name: found for name, found in (last.values if last else {}).items() if name.startswith(MONEY)}
    if not money or at.minute % (MONEY_EVERY.total_seconds() // MINUTE) == 0:
        money = {f"{MONEY}{account}": found for account, found in money_under_way().items()}
    values = {
        "oldest_mark": seen.oldest_mark,
        "queued": sum((seen.queues or {}).values()),
        "paid_to_task": seen.paid_to_task,
        "exceptions": sum(seen.exceptions.values()),
        "mails_waiting": seen.mails_waiting,
        "money_under_way": sum(money.values()),
        **differences(totals, last.totals if last else totals),
        **money,
    }
    Sample.objects.get_or_create(span=MINUTE, taken_at=at, defaults={"values": values, "totals": dict(totals)})


def _roll_up(lower: int, upper: int, at: datetime) -> bool:
    """The last whole stretch of `upper` seconds as one sample; False where it is one, or nothing was measured."""
    end = at - timedelta(seconds=int(at.timestamp()) % upper)
    if Sample.objects.filter(span=upper, taken_at=end).exists():
        return False
    parts = Sample.objects.filter(span=lower, taken_at__gt=end - timedelta(seconds=upper), taken_at__lte=end)
    found = list(parts.values_list("values", flat=True))
    if found:
        Sample.objects.get_or_create(span=upper, taken_at=end, defaults={"values": together(found)})
    return bool(found)


@transaction.atomic
def _tell(seen: Present, now: datetime) -> None:
    """Begin and end alarms, each with its mails in the same transaction."""
    standing = {alarm.condition: alarm for alarm in Alarm.objects.select_for_update().filter(over_at=None)}
    if "valkey" in standing:  # until it was well for a while: whoever lives looks for it, and could not yet speak
        seen = _as_heard(seen)
    found = wrong(seen, limits())
    for name, reason in found.items():
        alarm = standing.get(name)
        if alarm is None:
            _mail(Alarm.objects.create(condition=name, reason=reason, began_at=now), "alarm_began", now)
        elif alarm.well_since or alarm.reason != reason:
            Alarm.objects.filter(pk=alarm.pk).update(well_since=None, reason=reason)
    for name, alarm in standing.items():
        if name in found:
            continue
        if alarm.well_since is None:
            Alarm.objects.filter(pk=alarm.pk).update(well_since=now)
        elif now - alarm.well_since >= CALM:
            Alarm.objects.filter(pk=alarm.pk).update(over_at=now)
            _mail(alarm, "alarm_over", now)


def _mail(alarm: Alarm, template: str, now: datetime) -> None:
    """A mail to everybody who looks after the shop."""
    about = condition(alarm.condition)
    context = {
        "title": about.title,
        "reason": alarm.reason,
        "what_to_do": about.what_to_do,
        "began_at": alarm.began_at,
        "link": f"{settings.FULFILMENT_URL}{reverse('backoffice:vitals')}",
    }
    for person in User.objects.filter(is_active=True, is_staff=True, staff_role=User.StaffRole.OPERATOR):
        write(f"{template}:{alarm.pk}:{person.public_id}", person.email, template, context, now)
