"""Another account for a partner: two people, a mail to who knew the former one, a while, and a warning until then."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from fulfilment.entrypoints import jobs
from fulfilment.errors import Refusal
from fulfilment.flows import change_account
from fulfilment.mail.models import Mail
from fulfilment.partners.models import AccountChange, Membership, Partner, User
from tests.support import rows, workshop
from tests.support.rows import IBANS, NOW

pytestmark = pytest.mark.django_db

OLD, NEW = IBANS[0], IBANS[3]
LATER = NOW + timedelta(days=3)


@pytest.fixture
def compaan() -> Partner:
    return rows.partner("compaan", iban=OLD)


@pytest.fixture
def asker() -> User:
    return rows.user("finance@example.com", role="finance")


@pytest.fixture
def second() -> User:
    return rows.user("operator@example.com", staff=True)


def asked(partner: Partner, by: User, *, iban: str = NEW, now: datetime = NOW) -> AccountChange:
    return change_account.ask(partner.pk, bank_name="", iban=iban, bic="", by=by, now=now)


def account_of(partner: Partner) -> str:
    partner.refresh_from_db()
    return partner.iban


def test_the_former_account_holds_until_a_second_person_confirmed_and_the_time_is_over(
    compaan: Partner, asker: User, second: User
) -> None:
    change = asked(compaan, asker)
    assert change_account.begin_due(now=LATER) == 0  # nobody confirmed it
    change_account.confirm(change.public_id, by=second, now=NOW)
    assert change_account.begin_due(now=LATER - timedelta(seconds=1)) == 0
    assert account_of(compaan) == OLD

    assert change_account.begin_due(now=LATER) == 1

    assert account_of(compaan) == NEW
    assert change_account.begin_due(now=LATER) == 0
    change.refresh_from_db()
    assert (change.old_iban, change.new_iban, change.state) == (OLD, NEW, AccountChange.State.IN_FORCE)
    assert list(change.steps.values_list("event", "by__email")) == [("confirm", second.email), ("begin", None)]


def test_who_asked_does_not_confirm(compaan: Partner, asker: User) -> None:
    change = asked(compaan, asker)

    with pytest.raises(Refusal, match="Laat een collega") as refused:
        change_account.confirm(change.public_id, by=asker, now=LATER)

    assert refused.value.code == "SECOND_PERSON"
    assert account_of(compaan) == OLD


def test_who_confirms_late_lets_it_begin_at_once(compaan: Partner, asker: User, second: User) -> None:
    change = asked(compaan, asker)

    change_account.confirm(change.public_id, by=second, now=LATER)

    assert account_of(compaan) == NEW


def test_everybody_who_knew_the_former_account_hears_of_it_at_once(compaan: Partner, asker: User) -> None:
    workshop.member(compaan)
    workshop.member(compaan, role=Membership.Role.WORKER)

    asked(compaan, asker)

    mails = Mail.objects.filter(subject="Een andere rekening voor jullie geld")
    assert sorted(mails.values_list("to", flat=True)) == ["coach@compaan.example", "compaan@example.com"]
    text = mails[0].text
    assert "BE•• •••• 6769" in text
    assert "NL•• •••• 4300" in text
    assert OLD not in text  # a mail goes through many hands
    assert NEW not in text
    assert "Vanaf 26 november 2026" in text


def test_it_is_told_when_it_begins_to_whom_it_was_told_when_it_was_asked(
    compaan: Partner, asker: User, second: User
) -> None:
    change = asked(compaan, asker)
    Partner.objects.filter(pk=compaan.pk).update(email="thief@example.com")

    change_account.confirm(change.public_id, by=second, now=LATER)

    mail = Mail.objects.get(subject="Jullie geld gaat voortaan naar een andere rekening")
    assert mail.to == "compaan@example.com"


def test_it_is_stopped_before_it_begins_and_not_after(compaan: Partner, asker: User, second: User) -> None:
    change = asked(compaan, asker)
    change_account.confirm(change.public_id, by=second, now=NOW)

    change_account.stop(change.public_id, by=asker, now=NOW)

    assert change_account.begin_due(now=LATER) == 0
    assert Mail.objects.filter(subject="De andere rekening gaat niet door").count() == 1
    again = asked(compaan, asker, now=LATER)
    change_account.confirm(again.public_id, by=second, now=LATER + timedelta(days=3))
    with pytest.raises(Refusal, match="al ingegaan"):
        change_account.stop(again.public_id, by=second, now=LATER + timedelta(days=3))


def test_one_change_waits_at_a_time(compaan: Partner, asker: User, second: User) -> None:
    asked(compaan, asker)

    with pytest.raises(Refusal, match="wacht al een andere rekening"):
        asked(compaan, second, iban=IBANS[2])


def test_the_same_account_is_no_change(compaan: Partner, asker: User) -> None:
    with pytest.raises(Refusal, match="al op die rekening"):
        asked(compaan, asker, iban=OLD)


def test_no_account_at_all_is_a_change_too(compaan: Partner, asker: User, second: User) -> None:
    change = asked(compaan, asker, iban="")

    change_account.confirm(change.public_id, by=second, now=LATER)

    assert account_of(compaan) == ""
    assert "geen rekening meer" in Mail.objects.get(subject="Een andere rekening voor jullie geld").text


def test_how_long_it_waits_is_a_setting(settings: Settings, compaan: Partner, asker: User) -> None:
    settings.ACCOUNT_CHANGE_WAIT = timedelta(days=10)
    assert asked(compaan, asker).holds_from == NOW + timedelta(days=10)


def test_it_begins_by_itself(compaan: Partner, asker: User, second: User) -> None:
    change = asked(compaan, asker)
    change_account.confirm(change.public_id, by=second, now=NOW)

    jobs.account_changes_job()  # the tests' day lies before today

    assert account_of(compaan) == NEW
