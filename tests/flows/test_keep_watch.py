"""Each minute it is kept how it is; what is wrong is told once, and once that it is over."""

from datetime import timedelta
from unittest import mock

import pytest
from pytest_django import Settings

from fulfilment.flows import keep_watch as flow
from fulfilment.flows.keep_watch import keep_watch
from fulfilment.inbox.issues import raise_issue, resolve
from fulfilment.inbox.models import OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.vitals.measures import COUNTED
from fulfilment.vitals.models import Alarm, Sample, Sign
from fulfilment.vitals.signs import seen_ill, seen_well
from tests.support import rows
from tests.support.rows import NOW

pytestmark = pytest.mark.django_db
ZERO = dict.fromkeys(COUNTED, 0)


def watch(minute: int, **totals: int) -> None:
    """The minute's look, with everybody well but for what a test says."""
    now = NOW + timedelta(minutes=minute)
    for name in set(Sign.Name) - {sign.name for sign in Sign.objects.filter(ill_at__isnull=False)}:
        seen_well(Sign.Name(name), now)
    keep_watch({"money": 2, "mail": 1}, ZERO | totals, now=now)


def mails() -> list[str]:
    return sorted(Mail.objects.values_list("subject", flat=True))


def test_what_is_wrong_is_told_once_and_once_that_it_is_over() -> None:
    rows.user("operator@example.com", staff=True)
    rows.user("lezer@example.com", role="reader")
    raise_issue(OpenIssue.Kind.FAULT, "order:1", "Hier loopt het op vast.", NOW)
    for minute in range(3):
        watch(minute)
    assert mails() == ["Kijk even: Fouten in het programma"]
    [told] = Mail.objects.all()
    assert told.to == "operator@example.com"
    assert "1 fout in het programma staat open." in told.text
    assert "Geef door aan wie het programma onderhoudt waarover de uitzondering gaat" in told.text
    assert "/backoffice/toestand/" in told.text

    resolve(OpenIssue.Kind.FAULT, "order:1", NOW)
    watch(3)
    assert Alarm.objects.get().over_at is None  # it may come back within a moment
    watch(5)
    watch(6)
    assert mails() == ["Kijk even: Fouten in het programma", "Weer in orde: Fouten in het programma"]
    assert Alarm.objects.get().over_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("kind", ["paid_without_order", "foreign_money", "refund_failed"])
def test_money_that_a_customer_waits_for_is_told_until_nobody_does(kind: str) -> None:
    rows.user("operator@example.com", staff=True)
    raise_issue(kind, "pay_1", "€ 20,00 is betaald, maar er komt geen bestelling van.", NOW)
    watch(0)
    assert mails() == ["Kijk even: Geld van klanten"]
    assert "Eén klant wacht op geld of op een bestelling." in Mail.objects.get().text
    resolve(kind, "pay_1", NOW)
    watch(1)
    watch(3)
    assert mails() == ["Kijk even: Geld van klanten", "Weer in orde: Geld van klanten"]


def test_what_comes_and_goes_is_one_alarm() -> None:
    rows.user("operator@example.com", staff=True)
    for minute in range(6):
        if minute % 2:
            resolve(OpenIssue.Kind.FAULT, "order:1", NOW)
        else:
            raise_issue(OpenIssue.Kind.FAULT, "order:1", "Hier loopt het op vast.", NOW)
        watch(minute)
    assert mails() == ["Kijk even: Fouten in het programma"]


def test_a_neighbour_that_is_gone_is_told_within_two_minutes(settings: Settings) -> None:
    settings.IS_DEMO = False
    rows.user("operator@example.com", staff=True)
    watch(0)
    seen_ill(Sign.Name.STRIPE, "Stripe gaf geen goed antwoord.", NOW + timedelta(seconds=50))
    watch(1)
    watch(2)
    assert mails() == ["Kijk even: Stripe"]
    assert "status.stripe.com" in Mail.objects.get().text


def test_after_everything_was_away_nobody_is_called_silent_before_they_could_speak() -> None:
    rows.user("operator@example.com", staff=True)
    for name in Sign.Name:
        seen_well(name, NOW - timedelta(hours=1))
    keep_watch({}, ZERO, now=NOW)
    assert mails() == []
    keep_watch({}, ZERO, now=NOW + timedelta(minutes=1))
    assert "Kijk even: Werker voor bestellingen en geld" in mails()


def test_who_began_a_moment_ago_calls_nobody_silent_who_may_have_begun_with_it() -> None:
    rows.user("operator@example.com", staff=True)
    watch(0)
    begun = NOW + timedelta(minutes=1, seconds=50)
    for name in Sign.Name:
        Sign.objects.filter(name=name).update(well_at=NOW)
    keep_watch({}, ZERO, now=NOW + timedelta(minutes=1, seconds=55), begun=begun)
    keep_watch({}, ZERO, now=NOW + timedelta(minutes=2, seconds=10), begun=begun)
    assert mails() == []
    keep_watch({}, ZERO, now=begun + timedelta(seconds=80), begun=begun)
    assert "Kijk even: Werker voor bestellingen en geld" in mails()


def test_until_valkey_was_well_for_a_while_nobody_is_called_silent() -> None:
    rows.user("operator@example.com", staff=True)
    watch(0)
    for minute in (1, 2):
        keep_watch(None, ZERO, now=NOW + timedelta(minutes=minute))
    keep_watch({}, ZERO, now=NOW + timedelta(minutes=3))  # it is back, and not everybody found it yet
    assert mails() == ["Kijk even: Valkey (wachtrijen)"]


def test_two_looks_in_a_minute_are_one_sample_and_nothing_is_lost() -> None:
    watch(0, repairs=1)
    for seconds, repairs in ((60, 3), (90, 4), (120, 9)):
        keep_watch({}, ZERO | {"repairs": repairs}, now=NOW + timedelta(seconds=seconds))
    assert [sample.values["repairs"] for sample in Sample.objects.filter(span=60)] == [0, 2, 6]


def test_an_alarm_and_its_mail_are_written_together_or_not_at_all() -> None:
    rows.user("operator@example.com", staff=True)
    raise_issue(OpenIssue.Kind.FAULT, "order:1", "m", NOW)
    with mock.patch.object(flow, "write", side_effect=RuntimeError), pytest.raises(RuntimeError):
        watch(0)
    assert not Alarm.objects.exists()
    watch(1)
    assert mails() == ["Kijk even: Fouten in het programma"]


def test_of_what_is_counted_a_sample_keeps_what_came_since_the_one_before() -> None:
    watch(0, repairs=5)
    watch(1, repairs=7)
    watch(2, repairs=1)  # the counters began anew
    assert [sample.values["repairs"] for sample in Sample.objects.filter(span=60)] == [0, 2, 1]
    assert Sample.objects.filter(span=60).last().values["queued"] == 3  # type: ignore[union-attr]


def test_the_same_minute_is_kept_once() -> None:
    watch(0, repairs=1)
    watch(0, repairs=9)
    assert Sample.objects.filter(span=60).count() == 1


def test_minutes_become_five_and_hours_and_what_is_old_goes() -> None:
    for minute in range(126):
        watch(minute, repairs=minute)
    minutes = Sample.objects.filter(span=60)
    assert minutes.count() <= 66  # older ones go with each five minutes
    assert minutes.count() >= 60
    fives = Sample.objects.filter(span=300, taken_at__gt=NOW + timedelta(minutes=5))
    assert {sample.values["repairs"] for sample in fives} == {5}
    hours = Sample.objects.filter(span=3600, taken_at__gt=NOW)
    assert [sample.values["repairs"] for sample in hours] == [60, 60]
    watch(60 * 24 * 40)
    watch(60 * 24 * 40 + 5)
    assert Sample.objects.filter(taken_at__lt=NOW + timedelta(days=2)).count() == 0
