"""Whom an invoice was for is kept ten years, then emptied with its original; until then the database lets nobody."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from fulfilment.flows.forget import forget
from fulfilment.forgetting.table import kept
from fulfilment.invoices.models import Invoice
from tests.support.bought import LAMP, agree, bought
from tests.support.invoicing import LATER, invoiced, who_sells

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2015, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _seller(settings: Settings) -> None:
    who_sells(settings)


def made(now: datetime) -> Invoice:
    return invoiced(bought(LAMP).order, now=now)


def test_an_invoice_of_more_than_ten_years_ago_is_nobodys_any_more_and_its_amounts_stay() -> None:
    agree("SG-001")
    old, new = made(LONG_AGO), made(LATER)
    forget(kept("books"), now=LATER)
    old, new = (Invoice.objects.get(pk=one.pk) for one in (old, new))
    assert (old.buyer_name, old.buyer_email, old.buyer_vat_number, bytes(old.xml)) == ("", "", "", b"")
    assert (old.number, old.whole_minor, old.buyer_country) == ("2015-00001", new.whole_minor, "BE")
    assert new.buyer_name
    assert bytes(new.xml)
    assert forget(kept("books"), now=LATER) == 0


def test_of_an_old_invoice_nothing_else_can_be_changed() -> None:
    agree("SG-001")
    old = made(LONG_AGO)
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=old.pk).update(net_minor=1, buyer_name="")
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=old.pk).delete()
