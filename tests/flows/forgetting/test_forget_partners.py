"""Who works with us is forgotten after they left, in the log of changes too; the books keep what the law wants."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction

from fulfilment.agreements.models import Agreement
from fulfilment.entrypoints.backoffice.steps import name_of
from fulfilment.flows.forget import deadline, forget
from fulfilment.forgetting.table import kept
from fulfilment.partners.models import Membership, Partner, User
from fulfilment.payouts.models import BankFile, Payout
from tests.support import rows
from tests.support.app_role import as_application
from tests.support.bought import LAMP, NOW, STOOL, bought
from tests.support.by_bank import by_bank, confirmed, failing

pytestmark = pytest.mark.django_db


def run(name: str, now: datetime) -> int:
    return forget(kept(name), now=now)


# --- who works with us -----------------------------------------------------------------------------------------------


def test_sessions_go_when_they_are_over_with_where_they_were() -> None:
    user = rows.user("coach@example.com")
    Session.objects.create(session_key="old", session_data="x", expire_date=NOW)
    Session.objects.create(session_key="new", session_data="x", expire_date=NOW + timedelta(days=5))
    for key in ("old", "new", "gone"):
        UserSession.objects.create(user=user, session_key=key, ip="127.0.0.1", user_agent="Firefox", created_at=NOW)
    assert run("sessions", NOW + timedelta(days=1)) == 3
    assert [one.session_key for one in UserSession.objects.all()] == ["new"]
    assert settings.SESSIONS_KEPT.total_seconds() == settings.SESSION_COOKIE_AGE


def test_djangos_notes_of_what_was_done_go_after_a_year() -> None:
    user = rows.user("operator@example.com", staff=True)
    LogEntry.objects.create(user=user, action_flag=2, object_repr="an@example.com", action_time=NOW)
    assert run("deeds", NOW + timedelta(days=300)) == 0
    assert run("deeds", NOW + timedelta(days=366)) == 1


def leaver() -> User:
    """A colleague who left: their account is off."""
    user = rows.user("bo@example.com")
    user.first_name = "Bo"
    user.save()
    Membership.objects.create(user=user, partner=rows.partner("labeur"), role="coach")
    EmailAddress.objects.create(user=user, email=user.email)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    user.is_active = False
    user.save()
    return user


def log_of(user: User) -> list[tuple[str, str, str]]:
    return list(user.events.order_by("pgh_id").values_list("email", "first_name", "pgh_label"))  # type: ignore[attr-defined]


def test_who_left_is_forgotten_a_year_later_in_the_log_of_changes_too() -> None:
    user, now = leaver(), datetime.now(UTC)
    assert run("leavers", now + timedelta(days=364)) == 0
    assert run("leavers", now + timedelta(days=366)) == 1
    user.refresh_from_db()
    assert (user.email, user.first_name, user.has_usable_password()) == (
        f"{user.public_id}@vergeten.invalid",
        "",
        False,
    )
    assert log_of(user)
    assert {(email, name) for email, name, _label in log_of(user)} == {("", "")}
    assert {label for _email, _name, label in log_of(user)} == {"insert", "update"}
    for model in (EmailAddress, Authenticator, Membership):
        assert not model.objects.exists()
    assert name_of(user) == "een vroegere collega"
    assert run("leavers", now + timedelta(days=366)) == 0


def test_who_works_here_and_who_was_switched_on_again_stays() -> None:
    user = leaver()
    user.is_active = True
    user.save()
    assert run("leavers", datetime.now(UTC) + timedelta(days=3660)) == 0
    assert log_of(user)[0] == ("bo@example.com", "", "insert")


def test_the_programs_own_role_can_forget_somebody_in_the_log_and_change_nothing_else_of_it() -> None:
    user, colleague = leaver(), rows.user("ada@example.com")
    with as_application():
        for statement in (
            "UPDATE partners_userevent SET email = 'x'",
            "DELETE FROM partners_userevent",
            "UPDATE partners_partnerevent SET iban = ''",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        with connection.cursor() as cursor:
            cursor.execute("SELECT forget_person_in_log(%s)", [colleague.pk])
        assert run("leavers", datetime.now(UTC) + timedelta(days=366)) == 1
    assert log_of(colleague) == [("ada@example.com", "", "insert")]
    assert {email for email, _name, _label in log_of(user)} == {""}


# --- books -----------------------------------------------------------------------------------------------------------


def test_years_begin_on_the_first_of_january_after() -> None:
    row = kept("books")
    assert deadline(row, datetime(2036, 12, 31, 12, tzinfo=UTC)).year == 2026
    assert deadline(row, datetime(2037, 1, 1, 12, tzinfo=UTC)).isoformat() == "2027-01-01T00:00:00+01:00"


def test_bank_files_are_emptied_after_ten_whole_years() -> None:
    by_bank(failing(bought(LAMP, STOOL)))
    confirmed()
    assert b"An Peeters" in bytes(BankFile.objects.get().content)
    run("books", datetime(2036, 12, 31, tzinfo=UTC))
    assert b"An Peeters" in bytes(BankFile.objects.get().content)
    run("books", datetime(2037, 1, 2, tzinfo=UTC))
    assert bytes(BankFile.objects.get().content) == b""
    assert Payout.objects.get().amount_minor > 0


def test_a_partner_of_long_ago_keeps_their_name_alone() -> None:
    old, agreed = rows.partner("old"), rows.partner("agreed")
    rows.agreement("SG-001", agreed)
    far = datetime.now(UTC).replace(year=datetime.now(UTC).year + 12)
    run("books", far)
    old.refresh_from_db()
    agreed.refresh_from_db()
    assert (old.name, old.email, old.iban) == ("Old", "", "")
    assert agreed.iban
    assert Agreement.objects.exists()


def test_the_log_of_changes_of_more_than_ten_years_ago_goes_and_never_less() -> None:
    partner = rows.partner("labeur")
    events = Partner.events.rel.related_model.objects  # type: ignore[attr-defined]
    run("books", datetime.now(UTC).replace(year=datetime.now(UTC).year + 40))
    assert events.filter(pgh_obj_id=partner.pk).exists()  # however late somebody says it is
    events.update(pgh_created_at=datetime(2010, 1, 1, tzinfo=UTC))
    with as_application():
        assert run("books", datetime.now(UTC)) > 0
    assert not events.filter(pgh_obj_id=partner.pk).exists()
