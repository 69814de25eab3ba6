"""Money goes back: what a refund takes back was shown before, and is exactly the shares of what was refunded."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fulfilment.errors import GatewayError, Refusal
from fulfilment.flows import refund_order
from fulfilment.flows.order_payouts import approve, fetch_file
from fulfilment.flows.plan_payouts import create_batch
from fulfilment.flows.release_shares import release_shares
from fulfilment.flows.settle_payouts import confirm
from fulfilment.gateways.saleor.values import SaleorRefund
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance
from fulfilment.ledger.models import Entry
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from fulfilment.partners.models import Partner, TaxRegime
from fulfilment.production.models import Task
from tests.support import remote, rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought, issues

pytestmark = pytest.mark.django_db

MUCH_LATER = datetime(2027, 6, 1, tzinfo=UTC)
THREE = ("SG-003", 3, 10_000)  # a third of which is no whole number of cents


@pytest.fixture
def makers() -> list[Partner]:
    """The workshops of lamp and stool: one VAT-liable, one not; the designer's royalty is withheld from."""
    made = agree("SG-001", "SG-003")
    TaxRegime.objects.create(partner=made[0], regime="vat_liable", valid_from=date(2025, 1, 1), vat_basis_points=2_100)
    TaxRegime.objects.create(
        partner=Partner.objects.get(slug="sep"),
        regime="royalty",
        valid_from=date(2025, 1, 1),
        withholding_basis_points=1_500,
    )
    return made


def all_shipped_and_released(found: Bought) -> None:
    for task in Task.objects.filter(order=found.order).exclude(state=Task.State.CANCELLED):
        rows.parcel(task)
        task.state = Task.State.SHIPPED
        task.save(update_fields=["state"])
    assert release_shares(as_of=MUCH_LATER.date(), now=MUCH_LATER) == [found.order.public_id]


def standing(*accounts: Account) -> dict[str, int]:
    """What stands for each partner on these accounts together, without the zeros."""
    found = {
        partner.slug: sum(balance(account, partner_id=partner.pk) for account in accounts)
        for partner in Partner.objects.all()
    }
    return {slug: amount for slug, amount in found.items() if amount}


@pytest.mark.parametrize("released", [False, True], ids=["while held", "after release"])
def test_a_refund_takes_back_exactly_what_was_shown_before(makers: list[Partner], released: bool) -> None:
    found = bought(LAMP, THREE)
    if released:
        all_shipped_and_released(found)
    for units, at, shipping in ((1, 1, False), (2, 1, True), (1, 0, False)):
        shown = refund_order.preview(found.order, {found.line(at): units}, shipping=shipping)
        before = standing(Account.PARTNER_HELD, Account.PARTNER_PAYABLE)
        vat = balance(Account.VAT_OWED)
        found.refund(shown.amount, {found.line_id(at): units}, shipping=shipping)
        after = standing(Account.PARTNER_HELD, Account.PARTNER_PAYABLE)
        taken = {
            partner.slug: shown.partners[partner.pk]
            for partner in Partner.objects.all()
            if shown.partners.get(partner.pk)
        }
        assert taken == {
            slug: before.get(slug, 0) - after.get(slug, 0)
            for slug in before
            if before.get(slug, 0) != after.get(slug, 0)
        }
        assert vat - balance(Account.VAT_OWED) == shown.vat
        assert Account.CUSTOMER not in found.books()
    assert balance(Account.VAT_OWED) == balance(Account.PARTNER_HELD) == balance(Account.PARTNER_PAYABLE) == 0


def test_showing_a_refund_writes_nothing(makers: list[Partner]) -> None:
    found = bought(LAMP)
    entries = Entry.objects.count()
    refund_order.preview(found.order, {found.line(0): 1}, shipping=True)
    assert Entry.objects.count() == entries
    assert not Refund.objects.exists()


def test_only_the_shares_of_the_refunded_lines_are_touched(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    lamp_maker, stool_maker = makers
    before = balance(Account.PARTNER_HELD, partner_id=lamp_maker.pk)
    found.refund(20_000, {found.line_id(1): 1})
    assert balance(Account.PARTNER_HELD, partner_id=lamp_maker.pk) == before
    assert balance(Account.PARTNER_HELD, partner_id=stool_maker.pk) == 33_058 - 16_529 + 392
    assert found.order.refunded_minor == 20_000


def test_refunded_units_that_are_not_shipped_are_not_made(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    line = Task.objects.get(producer=makers[1]).lines.get()
    assert (line.open_quantity, line.cancelled_quantity) == (1, 1)
    found.refund(20_000, {found.line_id(1): 1})
    assert Task.objects.get(producer=makers[1]).state == Task.State.CANCELLED
    assert Task.objects.get(producer=makers[0]).state == Task.State.WAITING


def test_shipping_alone_can_be_refunded_once(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.refund(950, {}, shipping=True)
    assert balance(Account.SHIPPING) == 0
    assert Account.CUSTOMER not in found.books()
    with pytest.raises(Refusal) as refused:
        refund_order.preview(found.order, {}, shipping=True)
    assert refused.value.code == "SHIPPING_REFUNDED"


def test_a_refund_is_booked_once_however_often_saleor_tells(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(20_000, {found.line_id(1): 1})
    entries = Entry.objects.count()
    for _ in range(3):
        found.update()
    assert Entry.objects.count() == entries
    assert Refund.objects.count() == Mail.objects.filter(key__startswith="refund:").count() == 1


def test_the_mail_about_a_refund_names_the_units_that_were_given_back(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    stool = found.order.lines.get(pk=found.line(1))
    found.refund(20_000, {found.line_id(1): 1})
    mail = Mail.objects.get(key__startswith="refund:")
    assert f"- 1 × {stool.product_name}" in mail.text
    assert "de verzending" not in mail.text


@pytest.mark.parametrize("status", ["NONE", "PENDING", "FAILURE"])
def test_a_refund_that_was_not_paid_is_not_booked(makers: list[Partner], status: str) -> None:
    found = bought(LAMP)
    told = remote.refunded(found.remote, "granted", 28_900, {found.line_id(0): 1})
    promised = tuple(replace(granted, status=status) for granted in told.refunds)
    found.tell(replace(found.remote, refunds=promised))
    assert not Refund.objects.exists()


def test_after_release_and_payout_a_refund_leaves_the_partner_owing_it(makers: list[Partner]) -> None:
    found = bought(LAMP)
    all_shipped_and_released(found)
    rows.money_at_bank(30_000)
    batch = create_batch(as_of=MUCH_LATER.date(), by=None, now=MUCH_LATER)
    assert batch is not None
    approve(batch=batch.public_id, by=None, now=MUCH_LATER)
    fetch_file(batch=batch.public_id, by=None, now=MUCH_LATER)
    confirm(batch=batch.public_id, now=MUCH_LATER)
    paid = balance(Account.PARTNER_PAYABLE, partner_id=makers[0].pk)
    assert paid == 0

    shown = refund_order.preview(found.order, {found.line(0): 1}, shipping=False)
    found.refund(28_900, {found.line_id(0): 1})
    assert balance(Account.PARTNER_PAYABLE, partner_id=makers[0].pk) == -shown.partners[makers[0].pk] < 0
    assert balance(Account.PARTNER_HELD) == 0


def test_a_refund_without_lines_asks_a_person_whose_it_is(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    held = balance(Account.PARTNER_HELD)
    found.refund(1_000)
    assert issues() == [f"refund_to_divide:{found.remote.number}"]
    assert balance(Account.PARTNER_HELD) == held
    assert found.books()[Account.CUSTOMER] == -1_000
    found.refund(found.remote.charged_minor)
    assert issues() == []
    assert set(found.books()) == {Account.UNALLOCATED, Account.STRIPE}


def test_less_than_the_lines_are_worth_asks_a_person_who_keeps_the_rest(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    found.refund(5_000, {found.line_id(1): 1})
    assert issues() == [f"refund_to_divide:{found.remote.number}"]
    assert found.books()[Account.CUSTOMER] == 15_000
    found.refund(found.remote.charged_minor)
    assert issues() == []
    assert set(found.books()) == {Account.UNALLOCATED, Account.STRIPE}


def test_the_cents_that_saleor_rounds_away_stay_on_the_account_for_cents(makers: list[Partner]) -> None:
    found = bought(THREE)
    for _ in range(3):
        found.refund(3_333, {found.line_id(0): 1})
    found.refund(950, {}, shipping=True)
    # Three times a third of a hundred euros is a cent short: the customer's, who got all that Saleor gives.
    assert found.books() == {Account.UNALLOCATED: -10_950, Account.STRIPE: 10_949, Account.ROUNDING: 1}
    assert issues() == []
    found.refund(1)
    assert found.books() == {Account.UNALLOCATED: -10_950, Account.STRIPE: 10_950}


def test_a_full_refund_after_rounded_parts_leaves_no_cent(makers: list[Partner]) -> None:
    found = bought(LAMP, THREE)
    found.refund(3_333, {found.line_id(1): 1})
    found.refund(3_333, {found.line_id(1): 1})
    found.refund(found.remote.charged_minor)
    assert found.books() == {Account.UNALLOCATED: -39_850, Account.STRIPE: 39_850}
    found.update()
    assert found.books() == {Account.UNALLOCATED: -39_850, Account.STRIPE: 39_850}


@pytest.mark.parametrize(
    ("units", "shipping", "code"),
    [
        ({0: 0}, False, "NOTHING_CHOSEN"),
        ({}, False, "NOTHING_CHOSEN"),
        ({0: 2}, False, "TOO_MANY"),
        ({0: -1}, True, "TOO_MANY"),
    ],
)
def test_what_cannot_be_refunded_is_refused(
    makers: list[Partner], units: dict[int, int], shipping: bool, code: str
) -> None:
    found = bought(LAMP)
    chosen = {found.line(at): quantity for at, quantity in units.items()}
    with pytest.raises(Refusal) as refused:
        refund_order.preview(found.order, chosen, shipping=shipping)
    assert refused.value.code == code


def test_what_was_refunded_cannot_be_refunded_again(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.refund(28_900, {found.line_id(0): 1})
    with pytest.raises(Refusal):
        refund_order.preview(found.order, {found.line(0): 1}, shipping=False)


def ask(found: Bought, units: dict[int, int], *, shipping: bool = False) -> None:
    refund_order.request(
        found.order.public_id, units, shipping=shipping, reason="Kras", saleor=found.saleor.as_saleor(), now=NOW
    )


def test_a_refund_is_asked_through_saleor_and_booked_only_once_it_is_paid(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    entries = Entry.objects.count()
    ask(found, {found.line(1): 1, found.line(0): 0}, shipping=True)
    transaction = found.remote.transactions[0].id
    assert found.saleor.granted == [(found.remote.id, transaction, {found.line_id(1): 1}, True, "Kras")]
    assert found.saleor.refund_requests == [(transaction, 0)]
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("status", ["NONE", "PENDING"])
def test_a_refund_that_is_under_way_is_not_asked_a_second_time(makers: list[Partner], status: str) -> None:
    found = bought(LAMP, STOOL)
    waiting = SaleorRefund("granted-1", status, 28_900, "", True, {found.line_id(0): 1})
    found.saleor.put(replace(found.remote, refunds=(waiting,)))
    for units, shipping in (({found.line(0): 1}, False), ({}, True)):
        with pytest.raises(Refusal) as refused:
            ask(found, units, shipping=shipping)
        assert refused.value.code == "UNDER_WAY"
    ask(found, {found.line(1): 1})
    assert [lines for _order, _transaction, lines, _shipping, _reason in found.saleor.granted] == [
        {found.line_id(1): 1}
    ]


def failed(found: Bought, lines: dict[str, int], *, shipping: bool = False) -> None:
    """Stripe could not pay a refund of these."""
    found.tell(replace(found.remote, refunds=(SaleorRefund("granted-1", "FAILURE", 1, "", shipping, lines),)))


def test_a_refund_that_stripe_could_not_pay_is_asked_again_and_not_granted_twice(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    failed(found, {found.line_id(0): 1})
    ask(found, {found.line(0): 1})
    assert found.saleor.granted == []
    assert len(found.saleor.refund_requests) == 1


def test_a_part_of_what_failed_is_refused_with_what_to_choose_instead(makers: list[Partner]) -> None:
    found = bought(LAMP, STOOL)
    failed(found, {found.line_id(0): 1, found.line_id(1): 1})
    with pytest.raises(Refusal) as refused:
        ask(found, {found.line(0): 1})
    assert refused.value.code == "FAILED_BEFORE"
    assert found.saleor.refund_requests == []


def test_a_preview_from_before_another_refund_was_asked_is_out_of_date(makers: list[Partner]) -> None:
    found = bought(THREE)
    seen = refund_order.state_seen(found.order)
    order, saleor = found.order.public_id, found.saleor.as_saleor()
    chosen = {found.line(0): 1}
    refund_order.request(order, chosen, shipping=False, reason="", saleor=saleor, now=NOW, seen=seen)
    with pytest.raises(Refusal, match="Intussen is er al een terugbetaling gevraagd") as refused:
        refund_order.request(order, chosen, shipping=False, reason="", saleor=saleor, now=NOW, seen=seen)
    assert refused.value.code == "STALE"
    assert len(found.saleor.granted) == 1
    found.refund(10_000, {found.line_id(0): 1})
    assert found.order.refund_asked_at is None
    assert refund_order.state_seen(found.order) != seen


def test_asking_again_with_success_takes_the_failure_off_the_list(makers: list[Partner]) -> None:
    found = bought(LAMP)
    whole, found.saleor = found.saleor, Refusing(found.saleor.orders)
    with pytest.raises(Refusal):
        ask(found, {found.line(0): 1})
    assert len(issues()) == 1
    found.saleor = whole
    ask(found, {found.line(0): 1})
    assert issues() == []


def test_an_order_without_a_charge_cannot_be_refunded(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.tell(replace(found.remote, transactions=()))
    with pytest.raises(Refusal) as refused:
        ask(found, {found.line(0): 1})
    assert refused.value.code == "NOTHING_CHARGED"


def test_a_refund_that_saleor_does_not_take_is_told_and_stands_on_the_list(makers: list[Partner]) -> None:
    found = bought(LAMP)
    found.saleor = Refusing(found.saleor.orders)
    with pytest.raises(Refusal) as refused:
        ask(found, {found.line(0): 1})
    assert refused.value.message.startswith("Saleor nam de terugbetaling niet aan.")
    assert issues() == [f"refund_failed:{found.remote.number}"]


class Refusing(remote.SaleorInMemory):
    """A Saleor that grants a refund and then does not ask for it."""

    def request_granted_refund(self, transaction_id: str, refund_id: str) -> None:
        raise GatewayError("no", retry=False, code="INVALID")
