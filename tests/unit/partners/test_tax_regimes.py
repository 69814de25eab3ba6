"""How a partner is taxed on a day: by one regime, known from the first on, and never rewritten."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from fulfilment.partners.models import TaxRegime
from fulfilment.partners.queries import Standing, standing_on
from tests.support import rows
from tests.support.app_role import as_application

pytestmark = pytest.mark.django_db

FIRST, SECOND = date(2025, 1, 1), date(2026, 7, 1)


@pytest.fixture
def regimes() -> tuple[TaxRegime, TaxRegime]:
    """A designer with royalties, and from July 2026 on with VAT."""
    sep = rows.partner("sep", kind="designer", taxed=False, ships=False)
    return (
        TaxRegime.objects.create(partner=sep, regime="royalty", valid_from=FIRST, withholding_basis_points=1_500),
        TaxRegime.objects.create(partner=sep, regime="vat_liable", valid_from=SECOND, vat_basis_points=2_100),
    )


@pytest.mark.parametrize(
    ("day", "at"),
    [
        (date(2024, 12, 31), None),
        (FIRST, 0),
        (date(2026, 6, 30), 0),
        (SECOND, 1),
        (date(2099, 1, 1), 1),
    ],
)
def test_on_each_day_from_the_first_on_there_is_exactly_one(
    regimes: tuple[TaxRegime, TaxRegime], day: date, at: int | None
) -> None:
    partner = regimes[0].partner
    expected = Standing(partner.name, False, None, 0, 0)
    if at is not None:
        held = regimes[at]
        expected = Standing(partner.name, False, held.pk, held.vat_basis_points, held.withholding_basis_points)
    assert standing_on(day, [partner.pk]) == {partner.pk: expected}


def test_two_never_begin_on_one_day(regimes: tuple[TaxRegime, TaxRegime]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TaxRegime.objects.create(partner=regimes[0].partner, regime="none", valid_from=FIRST)


@pytest.mark.parametrize("application", [True, False], ids=["the application", "the owner of the tables"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE partners_taxregime SET vat_basis_points = 600",
        "UPDATE partners_taxregime SET withholding_basis_points = 0 WHERE regime = 'royalty'",
        "UPDATE partners_taxregime SET regime = 'none'",
        "UPDATE partners_taxregime SET valid_from = valid_from + 1",
        "DELETE FROM partners_taxregime",
    ],
)
def test_the_database_rewrites_none_whoever_asks(
    regimes: tuple[TaxRegime, TaxRegime], statement: str, application: bool
) -> None:
    before = list(TaxRegime.objects.values())

    def ask() -> None:
        refused = pytest.raises(DatabaseError, match="never changed nor removed")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    if application:
        with as_application():
            ask()
    else:
        ask()
    assert list(TaxRegime.objects.values()) == before


def test_a_vat_number_decides_no_sum_and_may_be_put_right(regimes: tuple[TaxRegime, TaxRegime]) -> None:
    assert TaxRegime.objects.filter(pk=regimes[1].pk).update(vat_number="BE1999000150") == 1
