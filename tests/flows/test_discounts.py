"""Who bears a discount: the voucher says, or the agreement; and nobody gets less than a fixed amount unseen."""

from dataclasses import replace
from datetime import date

import pytest

from fulfilment.agreements.models import Agreement, Term
from fulfilment.flows import reverse_shares
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.models import Entry
from fulfilment.money import written
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner
from fulfilment.payments.models import Payment
from fulfilment.policies import DiscountPolicy
from fulfilment.revenue.models import Share
from fulfilment.revenue.reversal import rows_of
from tests.support import rows
from tests.support.bought import LAMP, NOW, Bought, issues, ordered
from tests.support.money import pay
from tests.support.refund_steps import leave
from tests.support.remote import with_discounts

pytestmark = pytest.mark.django_db

FIXED = 9_500


@pytest.fixture
def labeur() -> Partner:
    return rows.partner("labeur")


@pytest.fixture
def sep() -> Partner:
    return rows.partner("sep", kind="designer")


def agreed(maker: Partner, designer: Partner, policy: str = DiscountPolicy.SHARED_BY_ALL) -> Agreement:
    """Labour first, € 95 a lamp; the rest is the designer's."""
    found = Agreement.objects.create(
        product_code="SG-001",
        version=1,
        producer=maker,
        valid_from=date(2025, 1, 1),
        discount_policy=policy,
    )
    Term.objects.create(agreement=found, rank=1, kind=Term.Kind.FIXED, partner=maker, amount_minor=FIXED)
    Term.objects.create(agreement=found, rank=2, kind=Term.Kind.PERCENT, partner=designer, basis_points=10_000)
    rows.bind(found)
    return found


def sold(off: int, *, voucher: int | None = None, shipping_off: int = 0, funded_by: str = "", units: int = 1) -> Bought:
    """Lamps of € 289, from which `off` was taken, all of it by the voucher unless said otherwise."""
    code, _one, gross = LAMP
    found = ordered((code, units, gross * units), paid=False)
    part = off if voucher is None else voucher
    found.remote = found.saleor.put(
        with_discounts(found.remote, [(off, part)], shipping_off=shipping_off, funded_by=funded_by)
    )
    Payment.objects.update(amount_minor=found.remote.total_gross_minor)
    found.payment.refresh_from_db()
    pay(found.payment, found.saleor)
    found.update()
    return found


def shares() -> dict[tuple[str, bool], int]:
    """What each partner has: of the lamp (True), of the delivery (False)."""
    return {
        (share.partner.slug, share.line_id is not None): share.amount_minor
        for share in Share.objects.select_related("partner")
    }


def test_by_default_all_share_in_a_discount_and_the_ledger_says_so(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(8_900)
    assert shares() == {("labeur", True): 9_500, ("sep", True): 7_029, ("labeur", False): 785}
    assert Account.PLATFORM_DISCOUNTS not in found.books()
    assert Entry.objects.get(kind="order_split").policy == {
        "shipping": "equally_per_producer",
        "payment_fee": "platform",
        "discount": "shared_by_all",
    }
    assert issues(OpenIssue.Kind.SHORT_OF_FIXED) == []


def test_a_voucher_of_the_platform_costs_the_partners_nothing_and_vat_is_of_what_was_paid(
    labeur: Partner, sep: Partner
) -> None:
    agreed(labeur, sep)
    found = sold(8_900, funded_by="platform")
    assert shares() == {("labeur", True): 9_500, ("sep", True): 14_384, ("labeur", False): 785}
    books = found.books()
    assert books[Account.PLATFORM_DISCOUNTS] == -(23_884 - 16_529)
    assert books[Account.VAT_OWED] == 20_000 - 16_529 + 950 - 785
    assert Entry.objects.get(kind="order_split").policy["voucher"] == "platform"


def test_of_a_promotion_beside_the_voucher_the_platform_bears_nothing(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(8_900, voucher=4_450, funded_by="platform")
    line = found.order.lines.get()
    assert line.voucher_net_minor == 3_677
    assert found.books()[Account.PLATFORM_DISCOUNTS] == -3_677


def test_free_delivery_of_the_platform_is_paid_to_who_ships(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(0, shipping_off=950, funded_by="platform")
    assert shares()["labeur", False] == 785
    assert found.books()[Account.PLATFORM_DISCOUNTS] == -785


def test_free_delivery_that_nobody_funds_is_the_shippers_loss(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(0, shipping_off=950)
    assert ("labeur", False) not in shares()
    assert Account.PLATFORM_DISCOUNTS not in found.books()


def test_sold_for_fifty_euros_the_operator_reads_who_gets_how_much_less(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(28_900 - 5_000)
    assert shares()["labeur", True] == 4_132
    assert shares()["sep", True] == 0
    issue = OpenIssue.objects.get(kind=OpenIssue.Kind.SHORT_OF_FIXED)
    assert issue.subject == found.order.number
    told = f"Labeur krijgt {written(4_132, 'EUR')} in plaats van {written(9_500, 'EUR')} voor SG-001"
    assert told in issue.message


def test_a_price_that_is_too_low_is_told_as_a_discount_is(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = ordered(("SG-001", 2, 10_000))
    found.update()
    assert issues(OpenIssue.Kind.SHORT_OF_FIXED) == [found.order.number]


def test_what_was_seen_does_not_come_back_with_the_next_look_at_the_order(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(28_900 - 5_000)
    OpenIssue.objects.update(resolved_at=NOW)
    found.update()
    assert issues(OpenIssue.Kind.SHORT_OF_FIXED) == []


def test_once_all_of_it_went_back_nobody_lacks_anything(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(28_900 - 5_000)
    assert issues(OpenIssue.Kind.SHORT_OF_FIXED) == [found.order.number]
    found.refund(5_950)
    assert issues(OpenIssue.Kind.SHORT_OF_FIXED) == []


def test_all_of_an_order_with_free_delivery_that_the_platform_funds_can_go_back_piece_by_piece(
    labeur: Partner, sep: Partner
) -> None:
    agreed(labeur, sep)
    found = sold(0, shipping_off=950, funded_by="platform")
    found.refund(28_900, {found.line_id(0): 1})
    books = found.books()
    assert Account.PLATFORM_DISCOUNTS not in books
    assert Account.PARTNER_HELD not in books


def test_fixed_amounts_that_are_guaranteed_are_topped_up_by_the_platform(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep, DiscountPolicy.PLATFORM_TOPS_UP)
    found = sold(28_900 - 5_000)
    assert shares()["labeur", True] == FIXED
    assert shares()["sep", True] == 0
    assert found.books()[Account.PLATFORM_DISCOUNTS] == -(FIXED - 4_132)
    assert Entry.objects.get(kind="order_split").policy["discount"] == "platform_tops_up"
    assert issues(OpenIssue.Kind.SHORT_OF_FIXED) == []


def test_where_the_platform_bears_discounts_the_partners_share_in_the_whole_price(
    labeur: Partner, sep: Partner
) -> None:
    agreed(labeur, sep, DiscountPolicy.PLATFORM_BEARS)
    found = sold(28_900 - 5_000, voucher=0)
    assert shares()["sep", True] == 23_884 - FIXED
    assert found.books()[Account.PLATFORM_DISCOUNTS] == -(23_884 - 4_132)


def test_a_refund_of_one_of_three_takes_back_a_third_of_what_the_platform_bore(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(10_000, funded_by="platform", units=3)
    borne = -found.books()[Account.PLATFORM_DISCOUNTS]
    found.refund((3 * 28_900 - 10_000) // 3, {found.line_id(0): 1})
    assert found.books()[Account.PLATFORM_DISCOUNTS] == -borne + borne // 3


def test_who_funds_a_voucher_is_kept_as_it_was_when_the_order_came(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep)
    found = sold(8_900, funded_by="platform")
    assert found.remote.voucher is not None
    found.tell(replace(found.remote, voucher=replace(found.remote.voucher, funded_by="")))
    order = found.order
    assert (order.voucher_code, order.voucher_name, order.voucher_funded_by) == ("WELKOM", "Welkom", "platform")


def test_agreements_of_one_order_keep_their_own_policies(labeur: Partner, sep: Partner) -> None:
    agreed(labeur, sep, DiscountPolicy.PLATFORM_TOPS_UP)
    rows.agreement("SG-003", rows.partner("compaan"))
    found = ordered(LAMP, ("SG-003", 2, 40_000))
    found.update()
    policy = Entry.objects.get(kind="order_split").policy
    assert policy["discount:SG-001"] == "platform_tops_up"
    assert policy["discount:SG-003"] == "shared_by_all"


def test_what_a_refund_would_take_back_is_shown_with_the_discount_at_the_platform(
    labeur: Partner, sep: Partner
) -> None:
    agreed(labeur, sep)
    found = sold(10_000, shipping_off=950, funded_by="platform", units=1)
    everything = rows_of(reverse_shares.everything(reverse_shares.books_of(found.order)))
    assert everything.partners == {labeur.pk: 9_500 + 785, sep.pk: 14_384}
    assert everything.platform == -(23_884 - 15_620) - 785
    assert (everything.other, everything.total) == (0, 18_900)


@pytest.mark.parametrize(
    ("shipped", "earned"), [(0, {"labeur": 0, "sep": 0}), (1, {"labeur": FIXED + 785, "sep": 14_385})]
)
def test_a_free_order_that_is_cancelled_takes_back_what_the_platform_put_in_but_for_what_left(
    labeur: Partner, sep: Partner, shipped: int, earned: dict[str, int]
) -> None:
    agreed(labeur, sep)
    found = ordered((LAMP[0], 2, 2 * LAMP[2]), paid=False)
    free = with_discounts(found.remote, [(2 * LAMP[2],) * 2], shipping_off=950, funded_by="platform")
    found.tell(replace(free, transactions=()))
    assert shares() == {("labeur", True): 2 * FIXED, ("sep", True): 28_769, ("labeur", False): 785}
    task = leave(found, 0, shipped)
    for _again in range(2):
        found.tell(replace(found.remote, status="CANCELED"))
    line = task.lines.get()
    assert (line.open_quantity, line.cancelled_quantity) == (0, 2 - shipped)
    kept = {
        slug: balance(Account.PARTNER_HELD, partner_id=partner.pk)
        for slug, partner in {"labeur": labeur, "sep": sep}.items()
    }
    assert kept == earned
    assert (Refund.objects.count(), issues()) == (1, [])
