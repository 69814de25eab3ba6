"""What went back is told once, with what it was for, whoever said it first."""

import pytest

from fulfilment.flows.divide_refund import divide
from fulfilment.flows.plan_refund import Choice
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from tests.support import remote
from tests.support.bought import LAMP, NOW, STOOL, agree, bought, issues

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("granted", [0, 500])
def test_the_rest_of_a_price_that_comes_after_its_unit_was_granted_for_less_is_told_with_it(granted: int) -> None:
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    found.refund(granted, {found.line_id(0): 1})
    assert found.books()["customer"] == 28_900 - granted

    found.refund(28_900 - granted)
    found.update()

    refund = found.order.refunds.get()
    assert (refund.told_minor, found.books().get("customer", 0), issues()) == (28_900, 0, [])
    told = [mail.text for mail in Mail.objects.filter(key__startswith=f"refund:{refund.name}").order_by("pk")]
    assert ["284,00" in text or "289,00" in text for text in told] == ([True] if not granted else [False, True])


def test_of_money_that_was_said_to_be_for_something_else_the_customer_reads_once() -> None:
    """Saleor was away when staff granted the lamp there; an operator saw its money go, and said: a gesture."""
    agree("SG-001", "SG-003")
    found = bought(LAMP, STOOL)
    found.refund(28_900)
    divide(found.order.public_id, Choice(Refund.Kind.GESTURE), reason="", now=NOW)

    found.tell(remote.refunded(found.remote, "late", 0, {found.line_id(0): 1}, plain=False))
    found.update()

    told = found.order.refunds.values_list("told_minor", flat=True)
    assert (sorted(told), Mail.objects.filter(key__startswith="refund:").count()) == ([0, 28_900], 1)
    assert issues() == [f"money_owed:{found.order.number}"]

    found.refund(16_942)  # what the gesture left of the price of the lamp
    assert (sorted(told.all()), issues()) == ([16_942, 28_900], [])
