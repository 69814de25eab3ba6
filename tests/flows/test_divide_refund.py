"""Money that went back without anybody saying for what: an operator says it, and the platform bears the rest."""

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import divide_refund
from fulfilment.flows.divide_refund import divide, to_divide
from fulfilment.flows.plan_refund import Choice
from fulfilment.ledger.accounts import Account
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from fulfilment.production.models import Task
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought, issues
from tests.support.refund_steps import ask, not_wanted, paid

pytestmark = pytest.mark.django_db

BORNE = Choice(Refund.Kind.GESTURE)
"""It was for nothing in particular: the platform bears it."""


@pytest.fixture
def found() -> Bought:
    """A lamp and two stools, of which 250 euros went back, just like that."""
    agree("SG-001", "SG-003")
    rows.partner("sociaal-gemaakt", kind="platform")
    made = bought(LAMP, STOOL)
    made.refund(25_000)
    assert issues("refund_to_divide") == [made.order.number]
    return made


def test_one_stool_goes_back_to_its_workshop_and_the_platform_bears_the_rest(found: Bought) -> None:
    assert to_divide(found.order) == 25_000
    held = found.books()[Account.PARTNER_HELD]
    divide(found.order.public_id, not_wanted(found, {1: 1}), reason="wiebelde", now=NOW)
    books = found.books()
    assert Account.CUSTOMER not in books
    assert books[Account.PLATFORM_SHARE] == -4_132  # of fifty euros: the rest is VAT that is no longer owed
    assert books[Account.PARTNER_HELD] < held
    assert issues() == []
    assert to_divide(found.order) == 0
    stool, rest = Refund.objects.filter(order=found.order)
    assert (stool.amount_minor, stool.reason, stool.lines.get().quantity) == (20_000, "wiebelde", 1)
    assert (rest.amount_minor, rest.kind, rest.bearer) == (5_000, Refund.Kind.GESTURE, "platform")
    found.update()
    assert issues() == []


def test_the_platform_can_bear_all_of_it(found: Bought) -> None:
    before = found.books()[Account.PARTNER_HELD]
    divide(found.order.public_id, BORNE, reason="gebaar", now=NOW)
    assert (found.books()[Account.PLATFORM_SHARE], found.books()[Account.PARTNER_HELD]) == (-20_661, before)
    assert not Task.objects.filter(state=Task.State.CANCELLED).exists()


def test_the_preview_says_what_dividing_does_and_writes_nothing(found: Bought) -> None:
    before = found.books()
    seen = divide_refund.preview(found.order, not_wanted(found, {1: 1}))
    assert (seen.amount, seen.rows.total, seen.rows.platform) == (25_000, 25_000, 4_132)
    alone = divide_refund.preview(found.order, BORNE)
    assert (alone.amount, alone.rows.platform, alone.rows.vat, alone.rows.partners) == (25_000, 20_661, 4_339, {})
    assert found.books() == before


def test_more_than_went_back_cannot_be_divided(found: Bought) -> None:
    with pytest.raises(Refusal, match=r"Er ging €.250,00 terug: kies minder") as refused:
        divide(found.order.public_id, not_wanted(found, {0: 1}), reason="", now=NOW)
    assert refused.value.code == "TOO_MUCH"
    assert to_divide(found.order) == 25_000


def test_what_was_divided_is_not_divided_again(found: Bought) -> None:
    divide(found.order.public_id, BORNE, reason="", now=NOW)
    with pytest.raises(Refusal) as refused:
        divide(found.order.public_id, BORNE, reason="", now=NOW)
    assert refused.value.code == "NOTHING"
    assert Refund.objects.count() == 1


def test_the_customer_is_told_of_the_money_once(found: Bought) -> None:
    divide(found.order.public_id, not_wanted(found, {1: 1}), reason="", now=NOW)
    assert Mail.objects.filter(subject__contains="250,00").count() == 1


def test_what_is_part_of_prices_on_their_way_back_is_asked_of_nobody() -> None:
    """Of a stool € 150 went back plainly, then the stool does, for what is left: the € 150 are part of its price."""
    agree("SG-003")
    rows.partner("sociaal-gemaakt", kind="platform")
    found = bought(("SG-003", 1, 20_000), shipping=950)
    found.refund(15_000)
    assert issues("refund_to_divide") == [found.order.number]
    stool = ask(found, not_wanted(found, {0: 1}))
    found.update()
    assert issues() == []
    paid(found, stool)
    assert issues() == []
    assert set(found.books()) <= {Account.STRIPE, Account.UNALLOCATED}


def test_an_order_that_waits_for_a_maker_is_divided_once_it_has_one() -> None:
    agree("SG-001")
    made = bought(LAMP, STOOL)
    made.refund(1_000)
    assert to_divide(made.order) == 0
    agree("SG-003")
    made.update()
    assert to_divide(made.order) == 1_000


def test_after_the_rest_went_back_too_nobody_is_left_with_anything(found: Bought) -> None:
    divide(found.order.public_id, not_wanted(found, {1: 1}), reason="", now=NOW)
    found.refund(found.remote.charged_minor)
    assert set(found.books()) <= {Account.STRIPE, Account.UNALLOCATED}


def test_what_was_given_for_a_unit_above_its_price_is_divided_and_not_told_a_second_time() -> None:
    """Staff gave € 20 more for a stool than it costs, and € 5 plainly: € 25 are to be divided, € 5 are news."""
    agree("SG-003")
    rows.partner("sociaal-gemaakt", kind="platform")
    found = bought(STOOL)
    found.refund(22_000, {found.line_id(0): 1}, granted_id="granted-1")
    found.refund(500)
    assert to_divide(found.order) == 2_500
    divide(found.order.public_id, Choice(Refund.Kind.GESTURE), reason="Kras", now=NOW)
    mails = Mail.objects.filter(key__startswith="refund:").order_by("pk")
    assert [mail.subject.split(" terug")[0] for mail in mails] == ["Je krijgt €\u00a0220,00", "Je krijgt €\u00a05,00"]
    assert (to_divide(found.order), found.books().get("customer", 0), issues()) == (0, 0, [])
