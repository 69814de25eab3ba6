"""Until when a checkout may be refused at all: the same for every plugin."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from sociaalgemaakt_checkout.refusal import Movement, is_too_late, movements_of

NOTHING = Decimal(0)


@dataclass
class Transaction:
    """As Saleor keeps it."""

    charged_value: Decimal = NOTHING
    authorized_value: Decimal = NOTHING
    charge_pending_value: Decimal = NOTHING
    authorize_pending_value: Decimal = NOTHING
    refund_pending_value: Decimal = NOTHING


@dataclass
class Transactions:
    kept: list[Transaction] = field(default_factory=list)

    def all(self) -> list[Transaction]:
        return self.kept


@dataclass
class Checkout:
    payment_transactions: Transactions


def is_too_late_for(*transactions: Transaction) -> bool:
    return is_too_late(movements_of(Checkout(Transactions(list(transactions)))))


def test_a_checkout_without_any_payment_can_still_be_refused() -> None:
    assert not is_too_late_for()


def test_a_payment_that_only_began_to_be_asked_for_has_moved_no_money() -> None:
    assert not is_too_late_for(Transaction(), Transaction())


@pytest.mark.parametrize(
    "paid",
    [
        Transaction(charged_value=Decimal("0.01")),
        Transaction(authorized_value=Decimal("5")),
        Transaction(charge_pending_value=Decimal("289.00")),
        Transaction(authorize_pending_value=Decimal("1")),
    ],
)
def test_it_is_too_late_once_money_moved_in_any_of_its_payments_or_is_on_its_way(paid: Transaction) -> None:
    assert is_too_late_for(Transaction(), paid)


def test_money_that_went_back_does_not_stand_in_the_way() -> None:
    assert not is_too_late_for(Transaction(refund_pending_value=Decimal("289.00")))


def test_each_kind_of_money_keeps_its_name() -> None:
    one, two, three, four = (Decimal(number) for number in (1, 2, 3, 4))
    transaction = Transaction(
        charged_value=one, authorized_value=two, charge_pending_value=three, authorize_pending_value=four
    )
    assert movements_of(Checkout(Transactions([transaction]))) == [
        Movement(charged=one, authorized=two, charge_pending=three, authorize_pending=four)
    ]
