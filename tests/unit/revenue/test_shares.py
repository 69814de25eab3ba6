"""Who earned what is frozen: the database refuses, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from fulfilment.orders.models import Order
from fulfilment.revenue.models import Share
from tests.support.app_role import as_application
from tests.support.bought import LAMP, agree, bought

pytestmark = pytest.mark.django_db

STATEMENTS = [
    "UPDATE revenue_share SET amount_minor = 1",
    "UPDATE revenue_share SET partner_id = partner_id",
    "DELETE FROM revenue_share",
]


@pytest.fixture
def order() -> Order:
    agree("SG-001")
    return bought(LAMP).order


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_owner_of_the_tables_changes_no_share(order: Order, statement: str) -> None:
    before = list(Share.objects.order_by("pk").values())
    with pytest.raises(DatabaseError, match="shares are frozen"):
        run(statement)
    assert list(Share.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "statement", [*STATEMENTS, "TRUNCATE revenue_share", "ALTER TABLE revenue_share DISABLE TRIGGER ALL"]
)
def test_the_application_may_write_shares_and_not_change_them(statement: str) -> None:
    with as_application():
        agree("SG-001")
        order = bought(LAMP).order
        assert Share.objects.filter(order=order).count() == 3
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
            run(statement)


def test_nor_are_they_changed_through_the_models(order: Order) -> None:
    share = Share.objects.filter(order=order).earliest("pk")
    for deed in (share.save, share.delete, Share.objects.all().delete):
        with pytest.raises(DatabaseError, match="shares are frozen"), transaction.atomic():
            deed()
