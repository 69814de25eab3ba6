"""The lives of payments and refunds: whole tables, and money that Stripe took is never refused."""

import pytest

from fulfilment.payments.life import PAYMENT, REFUND
from fulfilment.payments.models import Payment, PaymentRefund
from fulfilment.states import Table


@pytest.mark.parametrize(("table", "states"), [(PAYMENT, Payment.State), (REFUND, PaymentRefund.State)])
def test_a_table_has_every_state_and_leads_nowhere_else(table: Table, states: type[Payment.State]) -> None:
    assert set(table) == {state.value for state in states}
    assert {after for events in table.values() for after in events.values()} <= set(table)
    assert next(iter(table)) == next(iter(states)).value


@pytest.mark.parametrize("state", list(Payment.State))
def test_money_that_stripe_took_is_never_refused_and_takes_no_order_away(state: str) -> None:
    after = PAYMENT[state]["pay"]
    assert after == ("paid" if state in ("open", "failed", "expired") else state)


@pytest.mark.parametrize("state", ["paid", "returning", "ordered"])
def test_an_order_that_saleor_made_counts_also_where_the_money_was_asked_back(state: str) -> None:
    assert PAYMENT[state]["order"] == "ordered"


def test_a_refund_that_failed_does_not_succeed_by_a_word_that_comes_late() -> None:
    assert "succeed" not in REFUND["failed"]
    assert "succeed" not in REFUND["asked"]
