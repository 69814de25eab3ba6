"""The ledger is held against Stripe's balance: what differs is named and what is on its way is not."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fulfilment.entrypoints import jobs
from fulfilment.errors import GatewayError
from fulfilment.flows import check_balance as flow
from fulfilment.flows.check_balance import TOTAL, Checked, check_balance
from fulfilment.flows.match_balance import cause_of, cause_of_key, keys_of
from fulfilment.flows.settle_payment import settle_intent
from fulfilment.flows.settle_refund import settle_refund
from fulfilment.gateways.stripe.values import Movement, Refund
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.payments.models import BalanceCheck, Payment
from tests.support.bought import LAMP, NOW, Bought, agree, bought, issues
from tests.support.disputing import Bank, standing
from tests.support.money import StripeInMemory, open_payment, pay_back
from tests.support.remote import SaleorInMemory

pytestmark = pytest.mark.django_db

PAID, FEE = 28_900 + 950, 39
LATER = NOW + timedelta(hours=2)
_serial = count(1)


class Till(StripeInMemory):
    """A Stripe whose balance is the sum of what moved it."""

    def moves(self, kind: str, source: str, amount: int, *, fee: int = 0, intent: str = "", at: datetime = NOW) -> str:
        """Money moves; the id of the balance transaction."""
        name = f"txn_{next(_serial)}"
        self.moved.append(Movement(name, kind, source, amount, fee, "EUR", at, intent))
        self.available = sum(one.net_minor for one in self.moved)
        return name

    def charges(self, payment: Payment, *, fee: int = FEE, at: datetime = NOW) -> None:
        """It has a payment, and its money."""
        self.charge(payment, fee=fee, at=at)
        intent = self.intents[f"pi_{payment.reference}"]
        self.moves("charge", intent.charge_id, payment.amount_minor, fee=fee, intent=intent.id, at=at)


@pytest.fixture
def found() -> Bought:
    agree("SG-001")
    return bought(LAMP)


@pytest.fixture
def till(found: Bought) -> Till:
    """Stripe's side of an order that was paid."""
    made = Till()
    made.charges(found.payment)
    return made


def check(till: Till, *, now: datetime = LATER) -> Checked:
    return check_balance(till, now=now)


def named(found: Checked) -> dict[str, tuple[int, int]]:
    """What differs: cause → (Stripe's figure, ours)."""
    return {pair.cause: (pair.stripe.minor, pair.ledger.minor) for pair in found.differences}


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "source", "intent", "cause"),
    [
        ("charge", "ch_1", "pi_1", "payment:pi_1"),
        ("charge", "py_1", "pi_1", "payment:pi_1"),
        ("refund", "re_1", "", "refund:re_1"),
        ("refund", "pyr_1", "", "refund:pyr_1"),
        ("refund_failure", "re_1", "", "refund:re_1"),
        ("payout", "po_1", "", "bank_payout:po_1"),
        ("dispute", "du_1", "", "dispute:du_1:txn_1"),
        ("fee", "", "", "stripe:txn_1"),
    ],
)
def test_what_moved_money_has_the_same_name_on_both_sides(kind: str, source: str, intent: str, cause: str) -> None:
    assert cause_of(Movement("txn_1", kind, source, 1, 0, "EUR", NOW, intent)) == cause
    assert {cause_of_key(key) for key in keys_of(cause)} == {cause}


@given(st.sampled_from(["payment", "refund", "bank_payout", "dispute", "stripe"]), st.from_regex(r"\A[a-z_0-9]+\Z"))
def test_a_cause_is_found_again_by_each_of_its_keys(head: str, name: str) -> None:
    cause = f"{head}:{name}"
    assert all(cause_of_key(key) == cause for key in keys_of(cause))


# --- what is right ---------------------------------------------------------------------------------------------------


def test_where_both_sides_say_the_same_nothing_differs_and_the_look_is_kept(till: Till) -> None:
    found = check(till)

    assert found.is_right
    assert (found.stripe_minor, found.ledger_minor) == (PAID - FEE, PAID - FEE)
    assert issues() == []
    kept = BalanceCheck.objects.get()
    assert (kept.checked_at, kept.stripe_minor, kept.ledger_minor, kept.differences) == (
        LATER,
        PAID - FEE,
        PAID - FEE,
        0,
    )


def test_a_refund_a_payout_and_a_dispute_are_followed_to_the_cent(found: Bought, till: Till) -> None:
    pay_back(found.payment, found.saleor, "re_1", 1_000, now=NOW)
    till.moves("refund", "re_1", -1_000)
    record(
        "bank_payout:po_1:sent",
        "bank_payout_sent",
        [Move(Account.STRIPE_TRANSIT, Account.STRIPE, 5_000)],
        currency="EUR",
        happened_at=NOW,
        now=NOW,
    )
    till.moves("payout", "po_1", -5_000)
    bank = Bank(found.saleor, found.payment, till)
    dispute = bank.opens(2_000)
    bank.look(dispute)
    bank.loses(dispute, fee_returned=True)
    bank.look(dispute)
    till.available = sum(one.net_minor for one in till.moved)

    assert check(till).is_right
    assert standing("disputes") == {"disputes": 0}


def test_a_refund_that_failed_before_it_was_booked_is_nothing_on_both_sides(till: Till) -> None:
    till.moves("refund", "re_1", -1_000)
    till.moves("refund_failure", "re_1", 1_000)

    assert check(till).is_right


def test_what_moved_long_ago_and_moves_again_is_asked_for_whole(found: Bought, till: Till) -> None:
    pay_back(found.payment, found.saleor, "re_1", 1_000, now=NOW)
    till.moves("refund", "re_1", -1_000)
    assert check(till).is_right

    late = LATER + timedelta(days=9)
    till.moves("refund_failure", "re_1", 1_000, at=late - timedelta(hours=3))
    till.refunds["re_1"] = Refund("re_1", "failed", 1_000, "EUR", found.payment.payment_intent_id, NOW)
    settle_refund("re_1", found.saleor.as_saleor(), till, now=late - timedelta(hours=3))

    assert check(till, now=late).is_right


def test_many_movements_are_read_page_by_page(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "PAGE", 2)
    for number in range(5):
        till.moves("refund", f"re_{number}", -100)
        till.moves("refund_failure", f"re_{number}", 100)

    assert check(till).is_right


# --- what is on its way ----------------------------------------------------------------------------------------------


def test_a_webhook_that_is_late_is_no_difference(till: Till) -> None:
    other = open_payment("elsewhere", 5_000)
    till.charges(other, at=LATER - timedelta(minutes=1))

    found = check(till)

    assert (found.is_right, found.under_way_minor) == (True, 5_000 - FEE)
    assert issues() == []


def test_a_payment_that_stripe_has_not_settled_is_no_difference_however_long(found: Bought, till: Till) -> None:
    till.moved.clear()
    till.available = 0
    Payment.objects.update(fee_minor=None)

    for day in (0, 3, 6):
        told = check(till, now=LATER + timedelta(days=day))
        assert (told.is_right, told.under_way_minor) == (True, FEE - PAID)


def test_a_refund_that_the_customers_bank_did_not_take_yet_is_no_difference_however_long(
    found: Bought, till: Till
) -> None:
    till.moves("refund", "re_1", -1_000)
    till.refunds["re_1"] = Refund("re_1", "pending", 1_000, "EUR", found.payment.payment_intent_id, NOW)
    settle_refund("re_1", found.saleor.as_saleor(), till, now=NOW)

    for day in (0, 3, 6):
        told = check(till, now=LATER + timedelta(days=day))
        assert (told.is_right, told.under_way_minor) == (True, -1_000)


# --- what differs ----------------------------------------------------------------------------------------------------


def test_a_payment_that_the_books_miss_is_named_looked_at_and_over_once_it_is_booked(till: Till) -> None:
    other = open_payment("elsewhere", 5_000)
    till.charges(other)

    told = check(till)

    cause = f"payment:pi_{other.reference}"
    assert named(told) == {cause: (5_000 - FEE, 0)}
    assert told.unexplained_minor == 0
    assert issues("stripe_differs") == [cause]
    message = OpenIssue.objects.get(subject=cause).message
    assert message == f"Betaling pi_{other.reference}: bij Stripe bewoog €\u00a049,61, in de boeken staat er niets van."
    assert Mark.objects.filter(kind=Mark.Kind.INTENT, object_id=f"pi_{other.reference}").exists()

    saleor = SaleorInMemory(orders_of_checkouts={"elsewhere": "order"}).as_saleor()
    settle_intent(f"pi_{other.reference}", saleor, till, now=LATER)
    assert check(till, now=LATER + timedelta(days=1)).is_right
    assert issues("stripe_differs") == []


def test_what_stands_in_the_books_and_not_at_stripe_is_named(till: Till) -> None:
    record(
        "bank_payout:po_9:sent",
        "bank_payout_sent",
        [Move(Account.STRIPE_TRANSIT, Account.STRIPE, 700)],
        currency="EUR",
        happened_at=NOW,
        now=NOW,
    )

    told = check(till)

    assert named(told) == {"bank_payout:po_9": (0, -700)}
    assert "bij Stripe staat er niets van" in OpenIssue.objects.get().message
    assert not Mark.objects.filter(kind=Mark.Kind.PAYOUT).exists()


def test_where_the_amounts_differ_both_are_told(found: Bought, till: Till) -> None:
    pay_back(found.payment, found.saleor, "re_1", 1_000, now=NOW)
    till.moves("refund", "re_1", -1_100)

    assert named(check(till)) == {"refund:re_1": (-1_100, -1_000)}
    assert "in de boeken −€\u00a010,00" in OpenIssue.objects.get(kind="stripe_differs").message


def test_a_dispute_of_which_nobody_told_us_is_named_and_looked_at(found: Bought, till: Till) -> None:
    dispute = Bank(found.saleor, found.payment, till).opens()
    till.available = sum(one.net_minor for one in till.moved)

    told = check(till)

    [pair] = told.differences
    assert pair.cause == f"dispute:{dispute}:{till.moved[-1].id}"
    assert Mark.objects.filter(kind=Mark.Kind.DISPUTE, object_id=dispute).exists()


def test_what_differs_stays_named_until_it_is_over_also_when_nothing_new_moves(till: Till) -> None:
    till.charges(open_payment("elsewhere", 5_000))
    for day in range(3):
        told = check(till, now=LATER + timedelta(days=day))
        assert len(told.differences) == 1
        assert told.unexplained_minor == 0
    assert len(issues("stripe_differs")) == 1


def test_what_no_movement_explains_is_told_in_all(till: Till) -> None:
    till.available += 250

    told = check(till)

    assert told.unexplained_minor == 250
    assert issues() == [f"stripe_differs:{TOTAL}"]
    till.available -= 250
    assert check(till).is_right
    assert issues() == []


def test_what_is_between_stripe_and_us_alone_is_booked_as_it_is_read(till: Till) -> None:
    till.moves("fee", "", 0, fee=200)
    till.moves("topup", "tu_1", 10_000)
    before = standing("payment_fees", "bank")

    for _ in range(2):
        assert check(till).is_right

    after = standing("payment_fees", "bank")
    assert after["payment_fees"] - before["payment_fees"] == -200
    assert after["bank"] - before["bank"] == 10_000


# --- by whom it is asked ---------------------------------------------------------------------------------------------


def test_the_command_says_what_differs_and_fails(till: Till, capsys: pytest.CaptureFixture[str]) -> None:
    with till.connected():
        call_command("check_balance")
        till.moves("refund", "re_7", -100, at=timezone.now() - timedelta(minutes=35))
        with pytest.raises(CommandError):
            call_command("check_balance")
    assert "Terugbetaling re_7: bij Stripe bewoog −€\u00a01,00" in capsys.readouterr().out


def test_every_night_it_is_looked_at_and_a_stripe_that_is_away_is_told(till: Till) -> None:
    till.down = GatewayError("away", retry=True)
    with till.connected():
        jobs.check_balance_job()
        assert issues("gateway") == ["check:stripe"]
        till.down = None
        jobs.check_balance_job()
    assert issues("gateway") == []
    assert BalanceCheck.objects.count() == 1
