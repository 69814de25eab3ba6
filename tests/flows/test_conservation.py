"""For any order and any agreements: no cent is lost, and a full refund leaves nothing but the payment fee."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfilment.agreements.models import Agreement, Term
from fulfilment.errors import Refusal
from fulfilment.flows.bear_dispute import bear
from fulfilment.flows.bear_dispute import preview as preview_dispute
from fulfilment.flows.divide_refund import divide, preview, to_divide
from fulfilment.flows.plan_refund import Choice
from fulfilment.flows.release_shares import release_shares
from fulfilment.flows.reverse_shares import books_of, everything
from fulfilment.flows.update_order import update_order
from fulfilment.gateways.saleor.values import SaleorOrder
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, of_order, trial_balance
from fulfilment.money import BASIS_POINTS, allot, percentage
from fulfilment.orders.models import Order, Refund
from fulfilment.partners.models import Partner, TaxRegime
from fulfilment.payments.models import Dispute, Payment
from fulfilment.policies import DiscountPolicy
from fulfilment.production.models import Task
from fulfilment.revenue.models import Share
from fulfilment.revenue.reversal import Bearer
from tests.support import rows
from tests.support.disputing import FEE as DISPUTE_FEE
from tests.support.disputing import Bank
from tests.support.money import open_payment, pay, pay_back
from tests.support.outside import undone
from tests.support.remote import PLACED_AT, SaleorInMemory, paid_order, refunded, with_discounts
from tests.support.rows import parcel

pytestmark = pytest.mark.django_db

NOW = PLACED_AT + timedelta(minutes=1)
LATER = datetime(2027, 6, 1, tzinfo=UTC)
FEE = 39
_serial = count(1)

REGIMES = [("vat_liable", 2_100, 0), ("small_business", 0, 0), ("royalty", 0, 1_500), ("vat_liable", 600, 0)]


@dataclass(frozen=True)
class Case:
    """An order to be bought: (quantity, gross) of each line, and for each line its terms as (partner, kind, figure).

    `shippers` are those of the four workshops that ship. Of each line, where there are any: the agreement's policy on
    discounts, and what was taken off it, in all and by the voucher; then what was taken off the delivery, and who funds
    the voucher.
    """

    lines: list[tuple[int, int]]
    terms: list[list[tuple[int, str, int]]]
    producers: list[int]
    shipping: int
    tax: int
    shippers: frozenset[int] = frozenset(range(4))
    policies: list[str] = field(default_factory=list)
    discounts: list[tuple[int, int]] = field(default_factory=list)
    shipping_off: int = 0
    funded_by: str = ""


@st.composite
def cases(draw: st.DrawFn) -> Case:
    size = draw(st.integers(1, 4))
    lines = [(draw(st.integers(1, 5)), draw(st.integers(1, 60_000))) for _ in range(size)]
    terms = []
    for _ in range(size):
        fixed = [
            (draw(st.integers(0, 5)), "fixed", draw(st.integers(1, 9_000))) for _ in range(draw(st.integers(0, 2)))
        ]
        cuts = sorted(draw(st.lists(st.integers(1, BASIS_POINTS - 1), max_size=3, unique=True)))
        marks = [0, *cuts, BASIS_POINTS]
        terms.append(fixed + [(draw(st.integers(0, 5)), "percent", b - a) for a, b in pairwise(marks)])
    producers = [draw(st.integers(0, 3)) for _ in range(size)]
    shipping, tax = draw(st.sampled_from([0, 1, 650, 950])), draw(st.sampled_from([0, 600, 2_100]))
    case = Case(lines, terms, producers, shipping, tax, draw(st.frozensets(st.integers(0, 3))))
    return replace(
        case,
        policies=[draw(st.sampled_from(list(DiscountPolicy))) for _ in range(size)],
        discounts=draw(discounts(lines)),
        shipping_off=draw(st.sampled_from([0, 0, shipping, shipping // 2])),
        funded_by=draw(st.sampled_from(["", "platform"])),
    )


@st.composite
def discounts(draw: st.DrawFn, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is taken off each line: nothing, a voucher on the order or on lines, and a promotion beside it or not.

    Something is left to pay: what costs nothing passes no payment.
    """
    whole = sum(gross for _quantity, gross in lines)
    kind = draw(st.sampled_from(["none", "percentage", "fixed", "lines"]))
    if kind == "none" or whole == 1:
        return [(0, 0)] * len(lines)
    promotions = [draw(st.sampled_from([0, 0, gross // 5])) for _quantity, gross in lines]
    left = [gross - promotion for (_quantity, gross), promotion in zip(lines, promotions, strict=True)]
    if kind == "percentage":
        basis_points = draw(st.integers(1, 9_999))
        voucher = [percentage(gross, basis_points) for gross in left]
    elif kind == "fixed" and any(left):
        voucher = allot(draw(st.integers(0, sum(left))), left)
    else:
        voucher = [draw(st.integers(0, gross)) for gross in left]
    if sum(voucher) + sum(promotions) >= whole:
        voucher = [0] * len(lines)
    return [(mine + promotion, mine) for mine, promotion in zip(voucher, promotions, strict=True)]


def bought(case: Case) -> tuple[Order, SaleorOrder, SaleorInMemory, Payment]:
    """The order of a case: agreed, paid, accepted, routed, booked."""
    serial = f"P{next(_serial)}"
    partners = [rows.partner(f"maker-{at}", ships=at in case.shippers) for at in range(4)]
    partners.append(rows.partner("designer", kind="designer"))
    partners.append(rows.partner("platform", kind="platform"))
    for partner, (regime, vat, withholding) in zip(partners, REGIMES, strict=False):
        TaxRegime.objects.create(
            partner=partner,
            regime=regime,
            valid_from=date(2025, 1, 1),
            vat_basis_points=vat,
            withholding_basis_points=withholding,
        )
    for at, terms in enumerate(case.terms):
        agreement = Agreement.objects.create(
            product_code=f"P-{at}",
            version=1,
            producer=partners[case.producers[at]],
            valid_from=date(2025, 1, 1),
            discount_policy=case.policies[at] if case.policies else DiscountPolicy.SHARED_BY_ALL,
        )
        for rank, (partner_at, kind, figure) in enumerate(terms, start=1):
            figures = {"amount_minor": figure} if kind == "fixed" else {"basis_points": figure}
            Term.objects.create(agreement=agreement, rank=rank, kind=kind, partner=partners[partner_at], **figures)
        rows.bind(agreement)
    items = [(f"P-{at}", quantity, gross) for at, (quantity, gross) in enumerate(case.lines)]
    remote = paid_order(serial, items, shipping=case.shipping, checkout_id=f"checkout-{serial}", tax=case.tax)
    if case.discounts:
        remote = with_discounts(remote, case.discounts, shipping_off=case.shipping_off, funded_by=case.funded_by)
    payment = open_payment(remote.checkout_id, remote.total_gross_minor)
    ours = replace(remote.transactions[0], id=payment.saleor_transaction_id)
    remote = replace(remote, transactions=(ours,))
    saleor = SaleorInMemory({remote.id: remote}, {remote.checkout_id: remote.id})
    pay(payment, saleor, fee=FEE)
    update_order(remote.id, saleor.as_saleor(), now=NOW)
    payment.refresh_from_db()
    return Order.objects.get(saleor_id=remote.id), remote, saleor, payment


def shipped(order: Order) -> None:
    """Every task of the order has left its workshop."""
    for task in Task.objects.filter(order=order).exclude(state__in=[Task.State.CANCELLED, Task.State.SHIPPED]):
        parcel(task, at=NOW)
        task.state = Task.State.SHIPPED
        task.save(update_fields=["state"])


def refund(
    order: Order,
    remote: SaleorOrder,
    saleor: SaleorInMemory,
    payment: Payment,
    lines: dict[str, int],
    *,
    shipping: bool,
) -> SaleorOrder:
    """Give units back (all that is left where no line is named), as Stripe and Saleor tell it."""
    gross = {line.id: line.gross_minor // line.quantity for line in remote.lines}
    amount = sum(gross[line] * quantity for line, quantity in lines.items())
    amount += remote.shipping_gross_minor if shipping else 0
    amount = min(amount, remote.charged_minor) if lines or shipping else remote.charged_minor
    if amount == 0:
        return remote
    number = next(_serial)
    pay_back(payment, saleor, f"re_{number}", amount, now=NOW)
    remote = saleor.put(refunded(remote, f"granted-{number}", amount, lines, shipping=shipping))
    update_order(remote.id, saleor.as_saleor(), now=NOW)
    return remote


def plain_refund(remote: SaleorOrder, saleor: SaleorInMemory, payment: Payment, amount: int) -> SaleorOrder:
    """Money goes back, and nobody says for what."""
    number = next(_serial)
    pay_back(payment, saleor, f"re_{number}", amount, now=NOW)
    remote = saleor.put(refunded(remote, f"plain-{number}", amount))
    update_order(remote.id, saleor.as_saleor(), now=NOW)
    return remote


def back_of(order: Order) -> Refund.Kind:
    """What a unit of the order comes back as: all of it was shipped, or none."""
    left = Task.objects.filter(order=order, state=Task.State.SHIPPED).exists()
    return Refund.Kind.CAME_BACK if left else Refund.Kind.NOT_WANTED


def divided(order: Order, data: st.DataObject, left: dict[str, int]) -> None:
    """An operator says for what it went back: one unit where that fits, else the platform bears all of it."""
    order.refresh_from_db()
    if not to_divide(order):
        return
    wanted = data.draw(st.sampled_from([*(found for found, quantity in left.items() if quantity), ""]))
    ours = {line.saleor_id: line.pk for line in order.lines.all()}
    bearer = data.draw(st.sampled_from(Bearer))
    unit = Choice(back_of(order), {ours[wanted]: 1} if wanted else {}, bearer=bearer)
    choice = Choice(Refund.Kind.GESTURE, bearer=bearer)
    try:
        preview(order, unit)
    except Refusal:
        wanted = ""  # one unit is worth more than what went back
    else:
        choice = unit
    shown = preview(order, choice)
    assert shown.rows.total == shown.amount
    divide(order.public_id, choice, reason="", now=NOW)
    if wanted:
        left[wanted] -= 1
    assert to_divide(order) == 0


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_an_order_that_was_split_holds_every_cent_of_its_payment(case: Case) -> None:
    with undone():
        order, remote, _saleor, _payment = bought(case)
        books = of_order(order.pk)
        assert books.get(Account.CUSTOMER, 0) == 0
        assert sum(trial_balance().values()) == 0
        shares = Share.objects.filter(order=order)
        net = sum(line.net_minor for line in remote.lines) + remote.shipping_net_minor
        borne = -books.get(Account.PLATFORM_DISCOUNTS, 0)
        assert borne >= 0
        assert sum(share.amount_minor for share in shares) == net + borne
        owed = sum(
            share.amount_minor + share.vat_minor - share.withheld_minor
            for share in shares.exclude(partner__kind="platform")
        )
        assert books.get(Account.PARTNER_HELD, 0) == owed
        assert books.get(Account.VAT_OWED, 0) == remote.total_gross_minor - net


STEPS = st.lists(st.sampled_from(["part", "part", "shipping", "release", "again", "plain", "divide"]), max_size=7)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), steps=STEPS, data=st.data())
def test_after_a_full_refund_in_any_order_of_steps_only_the_payment_fee_is_lost(
    case: Case, steps: list[str], data: st.DataObject
) -> None:
    with undone():
        order, remote, saleor, payment = bought(case)
        left = {line.id: line.quantity for line in remote.lines}
        shipping_left = case.shipping > 0
        for step in steps:
            if step == "part" and any(left.values()):
                line_id = data.draw(st.sampled_from([found for found, quantity in left.items() if quantity]))
                quantity = data.draw(st.integers(1, left[line_id]))
                left[line_id] -= quantity
                remote = refund(order, remote, saleor, payment, {line_id: quantity}, shipping=False)
            elif step == "shipping" and shipping_left:
                shipping_left = False
                remote = refund(order, remote, saleor, payment, {}, shipping=True)
            elif step == "release":
                shipped(order)
                release_shares(as_of=LATER.date(), now=LATER)
            elif step == "again":
                update_order(remote.id, saleor.as_saleor(), now=NOW)
            elif step == "plain" and remote.charged_minor > 1:
                remote = plain_refund(remote, saleor, payment, data.draw(st.integers(1, remote.charged_minor - 1)))
            elif step == "divide":
                divided(order, data, left)
        refund(order, remote, saleor, payment, {}, shipping=False)
        assert_only_the_fee_is_lost(order)


def assert_only_the_fee_is_lost(order: Order) -> None:
    left = {account: amount for account, amount in of_order(order.pk).items() if amount}
    # What the order put into and took out of Stripe and `unallocated` stands against the payment's own entries.
    assert set(left) <= {Account.STRIPE, Account.UNALLOCATED}, left
    everything = {account: amount for account, amount in trial_balance().items() if amount}
    assert everything == {Account.PAYMENT_FEES: -FEE, Account.STRIPE: FEE}
    for partner in Partner.objects.all():
        assert balance(Account.PARTNER_HELD, partner_id=partner.pk) == 0
        assert balance(Account.PARTNER_PAYABLE, partner_id=partner.pk) == 0


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases(), steps=STEPS, data=st.data(), policy=st.sampled_from([None, *Dispute.Policy]))
def test_whatever_a_bank_takes_is_given_back_or_borne_to_the_cent(
    case: Case, steps: list[str], data: st.DataObject, policy: Dispute.Policy | None
) -> None:
    """`policy` None: we win. What the customer is owed, or got too much, stays as it was."""
    with undone():
        order, remote, saleor, payment = bought(case)
        for step in steps:
            if step == "plain" and remote.charged_minor > 1:
                remote = plain_refund(remote, saleor, payment, data.draw(st.integers(1, remote.charged_minor - 1)))
            elif step == "release":
                shipped(order)
                release_shares(as_of=LATER.date(), now=LATER)
            elif step == "divide":
                divided(order, data, {line.id: line.quantity for line in remote.lines})
        bank = Bank(saleor, payment)
        before, kept = trial_balance(), books_of(order).kept
        amount = data.draw(st.integers(1, remote.charged_minor))
        dispute = bank.opens(amount)
        bank.look(dispute)
        if policy is None:
            bank.loses(dispute, fee_returned=True)
            bank.look(dispute)
            assert {**trial_balance(), "disputes": 0} == {**before, "disputes": 0}
        else:
            bank.wins(dispute)
            assert bear_told(bank.look(dispute), policy) == amount
            assert_borne(order, before, policy, amount, kept)
        assert balance(Account.DISPUTES) == 0


def bear_told(dispute: Dispute, policy: Dispute.Policy) -> int:
    """Have it borne; what the operator was shown that it would come to."""
    shown = preview_dispute(dispute, policy).total
    bear(dispute.stripe_dispute_id, policy, by=None, now=NOW)
    return shown


def assert_borne(order: Order, before: dict[str, int], policy: Dispute.Policy, amount: int, kept: int) -> None:
    """`kept` is what was left of the customer's money: where a bank takes all of it, nobody owes anybody anything."""
    after = trial_balance()
    assert after["stripe"] - before["stripe"] == amount + DISPUTE_FEE
    owed = before.get("customer", 0)
    assert after["customer"] == (0 if amount == kept else owed - min(max(owed, 0), amount))
    has_left = Task.objects.filter(order=order, state=Task.State.SHIPPED).exists()
    if amount == kept and (policy is Dispute.Policy.SHARED or not has_left):
        assert all(not amount for place, amount in everything(books_of(order)).items())
    elif policy is Dispute.Policy.PLATFORM:
        for account in ("partner_held", "partner_payable", "vat_input", "withholding_owed"):
            assert after.get(account, 0) == before.get(account, 0)


def test_an_order_cancelled_in_saleor_and_paid_back_whole_is_undone_whole() -> None:
    case = Case(
        [(2, 28_900), (1, 1_200)],
        [[(0, "fixed", 9_500), (4, "percent", 10_000)], [(1, "percent", 10_000)]],
        [0, 1],
        950,
        2_100,
    )
    order, remote, saleor, payment = bought(case)
    saleor.put(replace(remote, status="CANCELED"))
    refund(order, replace(remote, status="CANCELED"), saleor, payment, {}, shipping=False)
    assert_only_the_fee_is_lost(order)
    assert set(Task.objects.filter(order=order).values_list("state", flat=True)) == {Task.State.CANCELLED}
