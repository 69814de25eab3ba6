"""Companies that several ask, decide, join and leave at the same moment."""

from functools import partial
from itertools import count
from typing import Any
from unittest import mock

import pytest

from fulfilment.companies.models import Application, Company, Invitation, Member
from fulfilment.companies.queries import administrators_of
from fulfilment.flows import apply_company, decide_company, invite_member, join_company, leave_company
from fulfilment.mail.models import Mail
from tests.support import rows
from tests.support.at_once import five_times, said, together
from tests.support.companies import BO, SOFIE, TERMS, applied, asked, customer, invited, joined, led, operator
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS

pytestmark = pytest.mark.django_db(transaction=True)

NOW = rows.NOW


def test_five_forms_at_once_are_one_application() -> None:
    five_times(lambda: apply_company.ask("form-key-1", asked(), language="nl", now=NOW))
    assert (Company.objects.count(), Application.objects.count(), Mail.objects.count()) == (1, 1, 1)


def test_five_who_ask_for_the_same_company_at_once_ask_for_one() -> None:
    keys = count()
    five_times(lambda: apply_company.ask(f"form-key-{next(keys)}", asked(), language="nl", now=NOW))
    assert (Company.objects.count(), Application.objects.count()) == (1, 5)


@WITH_AND_WITHOUT_LOCKS
def test_of_five_who_approve_and_refuse_at_once_one_decides(locks: bool) -> None:
    company, by = applied(), operator()
    Mail.objects.all().delete()
    works = [
        partial(decide_company.approve, company.pk, TERMS, by=by, now=NOW),
        partial(decide_company.refuse, company.pk, "Nee.", by=by, now=NOW),
    ]
    told = together([partial(said, work) for work in (*works, *works, works[0])])
    assert sorted(map(str, told)) == ["", *["WRONG_STATE"] * 4]
    assert Mail.objects.count() == company.steps.count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_of_two_administrators_who_send_each_other_away_one_stays(locks: bool) -> None:
    company = customer()
    sofie = led(company)
    bo = joined(company, BO, "administrator")
    told = together(
        [
            lambda: said(partial(leave_company.let_go, company.pk, bo.public_id, asked_by=sofie, now=NOW)),
            lambda: said(partial(leave_company.let_go, company.pk, sofie.public_id, asked_by=bo, now=NOW)),
        ]
    )
    assert administrators_of(company).count() == 1
    assert sorted(map(str, told)) == ["", "NOT_ADMINISTRATOR"]


@WITH_AND_WITHOUT_LOCKS
def test_of_two_administrators_who_step_back_at_once_one_stays(locks: bool) -> None:
    company = customer()
    sofie = led(company)
    bo = joined(company, BO, "administrator")
    works = [
        partial(leave_company.change, company.pk, one.public_id, "buyer", None, asked_by=one) for one in (sofie, bo)
    ]
    together([partial(said, work) for work in works])
    assert administrators_of(company).count() == 1


@WITH_AND_WITHOUT_LOCKS
def test_a_contact_in_five_windows_becomes_its_administrator_once(locks: bool) -> None:
    company = customer()
    found = five_times(lambda: [one.pk for one in join_company.memberships(SOFIE, now=NOW)])
    assert Member.objects.filter(company=company).count() == 1
    assert {len(one) for one in found} == {1}


@WITH_AND_WITHOUT_LOCKS
def test_an_invitation_in_five_windows_is_taken_once(locks: bool) -> None:
    company = customer()
    asked_in = invited(company, BO.email)
    assert set(five_times(lambda: join_company.accept(asked_in, BO, now=NOW))) == {"joined"}
    assert Member.objects.filter(company=company).count() == 1


def test_an_invitation_that_is_withdrawn_while_it_is_taken_is_either() -> None:
    company = customer()
    asked_in = invited(company, BO.email)
    joined_now, _withdrawn = together(
        [
            lambda: join_company.accept(asked_in, BO, now=NOW),
            lambda: invite_member.withdraw(company.pk, asked_in.public_id, now=NOW),
        ]
    )
    asked_in.refresh_from_db()
    assert (asked_in.withdrawn_at is None) == (joined_now == "joined")


def test_without_the_lock_it_would_be_withdrawn_and_taken() -> None:
    company = customer()
    asked_in = invited(company, BO.email)
    join = join_company._join

    def join_once_it_is_withdrawn(*given: Any) -> Member:
        together([lambda: invite_member.withdraw(company.pk, asked_in.public_id, now=NOW)])
        return join(*given)

    with (
        mock.patch.object(invite_member, "lock_company", lambda pk: Company.objects.get(pk=pk)),
        mock.patch.object(join_company, "_join", join_once_it_is_withdrawn),
    ):
        assert join_company.accept(asked_in, BO, now=NOW) == "joined"
    asked_in.refresh_from_db()
    assert asked_in.withdrawn_at is not None


@WITH_AND_WITHOUT_LOCKS
def test_the_same_person_asked_by_five_at_once_is_asked_once(locks: bool) -> None:
    company = customer()
    keys = count()
    given = invite_member.Invited(BO.email, "buyer")
    told = five_times(lambda: invite_member.invite(company.pk, f"form-key-{next(keys)}", given, language="nl", now=NOW))
    assert sorted(map(len, told)) == [0, 1, 1, 1, 1]
    assert Invitation.objects.count() == 1
