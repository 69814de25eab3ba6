"""What all partners signed stays as they signed it: the database refuses, whoever asks."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from fulfilment.agreements import queries
from fulfilment.agreements.models import Agreement, Signature, Term
from fulfilment.partners.models import Partner
from tests.support import rows
from tests.support.app_role import as_application

pytestmark = pytest.mark.django_db

NEVER = "a bound agreement never changes"
BEGINS, ENDS = date(2025, 1, 1), date(2026, 12, 31)


@pytest.fixture(params=["the application", "the owner of the tables"], autouse=True)
def somebody(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test is asked by both."""
    if request.param == "the owner of the tables":
        yield
        return
    with as_application():
        yield


@pytest.fixture
def bound() -> Agreement:
    return rows.agreement(
        "SG-001", rows.partner("labeur"), designer=rows.partner("sep", kind="designer"), valid_until=ENDS
    )


@pytest.fixture
def draft(bound: Agreement) -> Agreement:
    made = rows.agreement("SG-002", bound.producer, bound=False)
    Signature.objects.create(agreement=made, partner=bound.producer, signed_at=rows.NOW)
    return made


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def as_it_stands() -> list[object]:
    """Every row of every agreement."""
    return [list(model._default_manager.order_by("pk").values()) for model in (Agreement, Term, Signature)]


@pytest.mark.parametrize(
    "change",
    [
        "product_code = 'SG-009'",
        "price_list = 'wholesale'",
        "version = 9",
        "producer_id = (SELECT min(id) FROM partners_partner WHERE id <> producer_id)",
        "valid_from = '2025-01-02'",
        "bound_at = NULL",
        "bound_at = now()",
        "public_id = 'agr_other'",
        "valid_until = NULL",
        "valid_until = '2027-01-01'",
        "valid_until = '2026-06-30', version = 9",
    ],
)
def test_nothing_of_a_bound_agreement_changes_and_it_lasts_no_longer(bound: Agreement, change: str) -> None:
    before = as_it_stands()
    with pytest.raises(DatabaseError, match=NEVER):
        run(f"UPDATE agreements_agreement SET {change}")
    assert as_it_stands() == before


def test_a_bound_agreement_may_end_and_then_end_earlier() -> None:
    bound = rows.agreement("SG-001", rows.partner("labeur"))
    for last in (date(2027, 1, 31), date(2026, 12, 31), BEGINS):
        Agreement.objects.filter(pk=bound.pk).update(valid_until=last)
        bound.refresh_from_db()
        assert bound.valid_until == last


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM agreements_agreement",
        "UPDATE agreements_term SET basis_points = 1",
        "UPDATE agreements_term SET agreement_id = {draft}",
        "DELETE FROM agreements_term",
        "UPDATE agreements_term SET agreement_id = {bound} WHERE agreement_id = {draft}",
        "INSERT INTO agreements_term (agreement_id, rank, kind, partner_id, basis_points) "
        "VALUES ({bound}, 9, 'percent', {partner}, 1)",
        "UPDATE agreements_signature SET signed_at = now()",
        "UPDATE agreements_signature SET agreement_id = {bound} WHERE agreement_id = {draft}",
        "DELETE FROM agreements_signature",
        "INSERT INTO agreements_signature (agreement_id, partner_id, signed_at) VALUES ({bound}, {partner}, now())",
    ],
)
def test_neither_it_nor_its_words_and_signatures_go_or_change_and_none_are_added(
    bound: Agreement, draft: Agreement, statement: str
) -> None:
    before = as_it_stands()
    stranger = rows.partner("compaan")
    with pytest.raises(DatabaseError, match=NEVER):
        run(statement.format(bound=bound.pk, draft=draft.pk, partner=stranger.pk))
    assert as_it_stands() == before


def test_what_deletes_with_all_that_belongs_to_it_deletes_nothing_either(bound: Agreement) -> None:
    for deed in (bound.delete, Agreement.objects.all().delete, bound.terms.all().delete):
        before = as_it_stands()
        with pytest.raises(DatabaseError, match=NEVER), transaction.atomic():
            deed()
        assert as_it_stands() == before


def test_a_draft_is_written_anew_as_often_as_one_likes_and_may_go(draft: Agreement) -> None:
    draft.terms.update(rank=2)
    draft.signatures.all().delete()
    draft.terms.all().delete()
    Agreement.objects.filter(pk=draft.pk).update(version=3, valid_until=BEGINS)
    Agreement.objects.filter(pk=draft.pk).update(valid_until=None)
    draft.delete()


@pytest.mark.parametrize(("field", "value"), [("kind", "platform"), ("slug", "elsewhere")])
def test_who_a_bound_agreement_names_stays_who_it_is(bound: Agreement, field: str, value: str) -> None:
    for partner in (bound.producer, Partner.objects.get(slug="sep")):
        with pytest.raises(DatabaseError, match="a bound agreement names this partner"), transaction.atomic():
            Partner.objects.filter(pk=partner.pk).update(**{field: value})
    Partner.objects.update(name="Anders", lead_days=3)
    drafted = rows.agreement("SG-002", rows.partner("compaan"), bound=False)
    Partner.objects.filter(pk=drafted.producer_id).update(**{field: value})


def test_so_what_was_read_once_of_a_bound_agreement_is_still_so(bound: Agreement) -> None:
    [read] = queries.by_ids([bound.pk]).values()
    Agreement.objects.filter(pk=bound.pk).update(valid_until=BEGINS)
    queries._read.clear()
    assert queries.by_ids([bound.pk]) == {bound.pk: read}


@pytest.mark.parametrize("table", ["agreements_agreement", "agreements_term", "agreements_signature"])
def test_the_application_cannot_take_the_guard_away(bound: Agreement, table: str) -> None:
    with as_application(), pytest.raises(DatabaseError, match="must be owner"):
        run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
