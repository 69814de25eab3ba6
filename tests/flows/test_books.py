"""The operator's command that tells where the money is."""

import json
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from django.core.management import CommandError, call_command

from fulfilment.entrypoints.management.commands import books as command
from fulfilment.payments.models import Payment
from tests.support import rows
from tests.support.bought import LAMP, STOOL, Bought, agree, bought, ordered
from tests.support.money import pay
from tests.support.remote import with_discounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> Bought:
    """An order of two workshops, of which one does not go on: its stools are paid back."""
    agree("SG-001", "SG-003")
    return bought(LAMP, STOOL)


def books(found: Bought, *options: str) -> str:
    out = StringIO()
    call_command("books", "--order", found.order.number, *options, stdout=out)
    return out.getvalue()


def told(found: Bought) -> Any:
    return json.loads(books(found, "--json"))


def test_after_a_refund_the_partners_have_together_what_their_accounts_say(found: Bought) -> None:
    before = told(found)

    found.refund(20_000, {found.line_id(1): 1})

    after = told(found)
    partners = ("partner_held", "partner_payable", "platform_share")
    for books_of in (before, after):
        assert books_of["balanced"]
        assert sum(books_of["left"].values()) == sum(books_of["accounts"].get(account, 0) for account in partners)
    assert sum(after["left"].values()) < sum(before["left"].values())
    assert after["shares"] == before["shares"]  # what the order was divided into is history


def test_who_is_paid_back_whole_for_its_work_reads_what_is_left_and_that_is_the_delivery(found: Bought) -> None:
    found.refund(40_000, {found.line_id(1): 2})

    [line] = [line for line in books(found).splitlines() if "maker-sg-003" in line]
    assert line.split() == ["maker-sg-003", "3.92"]


def test_an_order_with_a_discount_that_the_platform_funds_is_balanced_before_and_after_a_refund() -> None:
    agree("SG-003")
    rows.partner("sociaal-gemaakt", kind="platform")
    found = ordered(STOOL, paid=False)
    found.remote = found.saleor.put(with_discounts(found.remote, [(4_000, 4_000)], funded_by="platform"))
    Payment.objects.update(amount_minor=found.remote.total_gross_minor)
    found.payment.refresh_from_db()
    pay(found.payment, found.saleor)
    found.update()
    assert told(found)["accounts"]["platform_discounts"] < 0
    assert "\nbalanced\n" in books(found)

    found.refund(18_000, {found.line_id(0): 1}, granted_id="granted-1")
    assert told(found)["balanced"]


def test_books_that_do_not_balance_are_told_with_a_failure(found: Bought) -> None:
    with (
        mock.patch.object(command, "of_order", return_value={"customer": 1}),
        pytest.raises(CommandError, match="do not balance"),
    ):
        books(found)
