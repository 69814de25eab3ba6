"""Saleor knows who acts for a company as a customer of the type that opens its price list, and no longer."""

from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction

from fulfilment.companies import rules
from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows import decide_company, leave_company
from fulfilment.flows.publish_member import publish_member
from fulfilment.flows.try_again import can_try_again
from fulfilment.inbox.models import Mark, OpenIssue
from tests.support import rows
from tests.support.companies import BO, NUMBERS, SOFIE, AccountsInMemory, customer, joined, led, operator

pytestmark = pytest.mark.django_db

NOW = rows.NOW
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def saleor() -> AccountsInMemory:
    return AccountsInMemory(types={SOFIE.id: "default", BO.id: "default"})


def publish(saleor: AccountsInMemory, *accounts: str) -> None:
    for account in accounts or (SOFIE.id, BO.id):
        publish_member(account, saleor.as_saleor(), now=LATER)


def test_who_acts_for_a_company_gets_its_list_and_loses_it_with_the_company(saleor: AccountsInMemory) -> None:
    company = customer()
    sofie = led(company)
    bo = joined(company, BO)
    for _twice in range(2):
        publish(saleor)
    assert saleor.types == {SOFIE.id: "business", BO.id: "business"}
    assert len(saleor.written) == 2
    leave_company.let_go(company.pk, bo.public_id, asked_by=sofie, now=LATER)
    publish(saleor)
    assert saleor.types == {SOFIE.id: "business", BO.id: "default"}
    decide_company.move(company.pk, "suspend", "", by=operator(), now=LATER)
    publish(saleor)
    assert saleor.types[SOFIE.id] == "default"
    decide_company.move(company.pk, "resume", "", by=operator(), now=LATER)
    publish(saleor)
    assert saleor.types[SOFIE.id] == "business"


def test_who_acts_for_another_company_on_the_same_list_keeps_it(saleor: AccountsInMemory) -> None:
    first, second = customer(), customer(legal_number=NUMBERS[1], email="ander@hotel.example")
    sofie = led(first)
    joined(first, BO, "administrator")
    joined(second, SOFIE)
    publish(saleor, SOFIE.id)
    leave_company.let_go(first.pk, sofie.public_id, asked_by=sofie, now=LATER)
    publish(saleor, SOFIE.id)
    assert saleor.types[SOFIE.id] == "business"


def test_a_division_buys_on_the_list_of_who_stands_above_it(saleor: AccountsInMemory) -> None:
    group = customer(terms=rules.Terms("horeca"))
    division = customer(legal_number=NUMBERS[1], email=BO.email, terms=rules.Terms())
    type(division).objects.filter(pk=division.pk).update(parent=group)
    saleor.lists["horeca"] = ("hotel",)
    led(division, BO)
    publish(saleor, BO.id)
    assert saleor.types[BO.id] == "hotel"
    Mark.objects.all().delete()
    group.refresh_from_db()
    decide_company.change_terms(group.pk, rules.Terms("wholesale"), seen=decide_company.terms_seen(group), now=LATER)
    assert Mark.objects.get(object_id=BO.id)
    publish(saleor, BO.id)
    assert saleor.types[BO.id] == "business"


def test_an_account_that_is_gone_or_of_staff_is_left(saleor: AccountsInMemory) -> None:
    led()
    saleor.types.clear()
    publish(saleor)
    assert saleor.written == []


def test_a_list_that_saleor_does_not_have_is_told_to_a_person_who_can_try_again(saleor: AccountsInMemory) -> None:
    led()
    saleor.lists.clear()
    with mock.patch.object(jobs, "connected", saleor.as_saleor):
        jobs.process(Mark.Kind.CUSTOMER_TYPE, SOFIE.id, LATER)
        issue = OpenIssue.objects.get(kind=OpenIssue.Kind.NO_PRICE_LIST)
        assert issue.message.startswith("Hotel De Reep (wholesale): Saleor heeft deze prijslijst niet")
        assert can_try_again(issue)
        saleor.lists["wholesale"] = ("business",)
        jobs.process(Mark.Kind.CUSTOMER_TYPE, SOFIE.id, LATER + timedelta(hours=1))
    issue.refresh_from_db()
    assert issue.resolved_at is not None
    assert saleor.types[SOFIE.id] == "business"


def test_while_saleor_is_away_the_mark_waits(saleor: AccountsInMemory) -> None:
    led()
    saleor.down = GatewayError("Saleor is away", retry=True, at="Saleor")
    with mock.patch.object(jobs, "connected", saleor.as_saleor):
        jobs.process(Mark.Kind.CUSTOMER_TYPE, SOFIE.id, LATER)
    assert Mark.objects.get(object_id=SOFIE.id).failures == 1


def test_nobody_is_told_of_inside_a_transaction(saleor: AccountsInMemory) -> None:
    led()
    with transaction.atomic(), pytest.raises(AssertionError):
        publish(saleor)
