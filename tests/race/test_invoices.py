"""Five numbers at once, and five hands that make the invoice of one order: no number is left out, none given twice."""

from functools import partial
from itertools import count

import pytest
from django.db import transaction
from pytest_django import Settings

from fulfilment.errors import Refusal
from fulfilment.flows import make_invoice
from fulfilment.flows.make_invoice import Wanted
from fulfilment.invoices.models import Invoice, Series
from fulfilment.invoices.numbers import Numbered, take
from tests.support.at_once import FIVE, five_times, five_tries
from tests.support.bought import LAMP, agree, bought
from tests.support.invoices import HOTEL
from tests.support.invoicing import LATER, who_sells
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS

pytestmark = pytest.mark.django_db(transaction=True)


def one() -> Numbered:
    with transaction.atomic():
        return take(Invoice.Kind.INVOICE, now=LATER)


@WITH_AND_WITHOUT_LOCKS
def test_five_numbers_at_once_are_five_in_a_row() -> None:
    Series.objects.create(kind=Invoice.Kind.INVOICE, year=LATER.year)
    found = five_times(one)
    assert sorted(number.sequence for number in found) == [1, 2, 3, 4, 5]


@WITH_AND_WITHOUT_LOCKS
def test_of_five_invoices_of_the_whole_of_one_order_one_is_made(settings: Settings) -> None:
    who_sells(settings)
    agree("SG-001")
    order = bought(LAMP).order
    seen, keys = make_invoice.draft(order, Wanted(HOTEL), now=LATER).seen, count(1)
    ask = partial(make_invoice.make, order.pk, Wanted(HOTEL), seen=seen, by=None, now=LATER)
    made, refused = five_tries(lambda: ask(form_key=f"form-key-{next(keys)}"))
    assert (len(made), len(refused)) == (1, FIVE - 1)
    assert all(isinstance(error, Refusal) for error in refused)
    assert Series.objects.get().given == Invoice.objects.count() == 1
