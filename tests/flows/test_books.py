"""The operator's command that tells where the money is."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tests.support.bought import LAMP, STOOL, Bought, agree, bought

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
