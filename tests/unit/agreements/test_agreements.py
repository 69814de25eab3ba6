"""Which agreement binds on a day, and what a valid one is."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from fulfilment.agreements import queries
from fulfilment.agreements.models import Agreement
from fulfilment.agreements.rules import TermInForce, check_terms
from fulfilment.errors import Refusal
from tests.support import rows


def fixed(rank: int) -> TermInForce:
    return TermInForce(rank, 1, "producer", 500, None)


def percent(rank: int, basis_points: int) -> TermInForce:
    return TermInForce(rank, 1, "producer", None, basis_points)


def test_percentages_that_make_a_hundred_after_the_fixed_amounts_are_good() -> None:
    check_terms([fixed(1), fixed(2), percent(3, 6_000), percent(4, 4_000)])
    check_terms([percent(1, 10_000)])


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ([], "NOT_100"),
        ([fixed(1)], "NOT_100"),
        ([percent(1, 9_999)], "NOT_100"),
        ([percent(1, 6_000), percent(2, 4_001)], "NOT_100"),
        ([percent(1, 10_000), fixed(2)], "ORDER_OF_TERMS"),
    ],
)
def test_other_terms_are_refused(terms: list[TermInForce], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_terms(terms)
    assert refused.value.code == code


def test_how_much_there_is_too_little_is_said_as_people_write_it() -> None:
    with pytest.raises(Refusal, match=re.escape("tellen op tot 99,5 %, het moet precies 100 % zijn.")):
        check_terms([percent(1, 9_950)])


@pytest.fixture
def agreement() -> Agreement:
    designer = rows.partner("sep", kind="designer")
    begins, ends = date(2026, 1, 1), date(2026, 1, 31)
    return rows.agreement("SG-001", rows.partner("labeur"), designer=designer, valid_from=begins, valid_until=ends)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "binds"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 1, 31), True),
        (date(2026, 2, 1), False),
    ],
)
def test_the_first_and_the_last_day_count(agreement: Agreement, day: date, binds: bool) -> None:
    assert ("SG-001" in queries.in_force(["SG-001", "SG-002"], day)) is binds
    assert ("SG-001" in queries.producers_in_force(day)) is binds


@pytest.mark.django_db
def test_an_agreement_tells_its_terms_in_rank_order_with_who_they_are_for(agreement: Agreement) -> None:
    found = queries.in_force(["SG-001"], date(2026, 1, 1))["SG-001"]
    assert (found.id, found.producer_slug) == (agreement.pk, "labeur")
    assert [(term.rank, term.partner_kind, term.basis_points) for term in found.terms] == [
        (1, "producer", 6_000),
        (2, "designer", 4_000),
    ]


@pytest.mark.django_db
def test_the_price_list_goes_first_and_the_general_one_is_its_net(agreement: Agreement) -> None:
    special = rows.agreement("SG-001", rows.partner("compaan"), version=2, bound=False)
    Agreement.objects.filter(pk=special.pk).update(price_list="wholesale", bound_at=rows.NOW)
    day = date(2026, 1, 15)
    assert queries.in_force(["SG-001"], day, "wholesale")["SG-001"].id == special.pk
    assert queries.in_force(["SG-001"], day, "other")["SG-001"].id == agreement.pk
    assert queries.in_force(["SG-001"], day)["SG-001"].id == agreement.pk
    assert queries.in_force(["SG-001"], date(2026, 6, 1), "wholesale")["SG-001"].id == special.pk
    assert queries.in_force(["SG-001"], date(2026, 6, 1)) == {}


@pytest.mark.django_db
def test_agreements_are_read_by_id_also_after_they_ended_but_never_unbound_ones(agreement: Agreement) -> None:
    draft = rows.agreement("SG-002", rows.partner("compaan"), bound=False)
    assert set(queries.by_ids([agreement.pk, draft.pk])) == {agreement.pk}
    Agreement.objects.filter(pk=draft.pk).update(bound_at=rows.NOW)
    assert set(queries.by_ids([agreement.pk, draft.pk])) == {agreement.pk, draft.pk}


@pytest.mark.django_db
def test_two_bound_agreements_never_overlap_and_drafts_may(agreement: Agreement) -> None:
    draft = rows.agreement("SG-001", rows.partner("compaan"), version=2, bound=False)
    Agreement.objects.filter(pk=draft.pk).update(valid_from=date(2026, 1, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=draft.pk).update(bound_at=rows.NOW)
    Agreement.objects.filter(pk=draft.pk).update(valid_from=date(2026, 2, 1))
    Agreement.objects.filter(pk=draft.pk).update(bound_at=rows.NOW)


@pytest.mark.django_db
def test_what_was_ever_agreed_upon_is_known_also_when_nothing_is_in_force(agreement: Agreement) -> None:
    rows.agreement("SG-002", rows.partner("compaan"), bound=False)
    assert queries.codes_agreed_upon() == {"SG-001"}
