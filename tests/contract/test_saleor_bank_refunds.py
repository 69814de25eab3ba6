"""Money that went back by bank: told on the transaction that was paid, or on one of the app's own on the same order."""

from decimal import Decimal

from tests.support.refunding import FULL, REQUEST_GRANTED, answering, asked, grant, money
from tests.support.saleor_bench import SaleorBench
from tests.support.stripe_sandbox import until

CREATE = """mutation($o: ID!, $t: TransactionCreateInput!) { transactionCreate(id: $o, transaction: $t) {
  transaction { id pspReference chargedAmount { amount } refundedAmount { amount } } errors { field code } } }"""
TRANSFER = {"name": "Overschrijving", "pspReference": "out-1"}


def test_a_refund_that_failed_and_went_by_bank_is_off_the_money_that_was_paid(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    granted = grant(order, amount=5.0)["grantedRefund"]["id"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_bad"})):
        saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        until(lambda: money(order)["totalRefundPending"] == 5)
    saleor.report(order.transaction, "REFUND_FAILURE", "re_bad", Decimal(5))
    for already in (False, True):  # the same, told twice
        answer = saleor.report(order.transaction, "REFUND_SUCCESS", "out-1", Decimal(5), message="Overschrijving")
        assert (answer["errors"], answer["alreadyProcessed"]) == ([], already)
    found = money(order)
    assert (found["totalCharged"], found["totalRefunded"], found["totalRefundPending"]) == (total - 5, 5, 0)
    assert found["grantedRefunds"] == [{"id": granted, "status": "FAILURE"}]  # only what was asked of it moves a grant
    saleor.report(order.transaction, "REFUND_FAILURE", "out-1", Decimal(5))
    assert (money(order)["totalCharged"], money(order)["totalRefunded"]) == (total, 0)


def test_such_a_grant_can_be_asked_again_and_the_app_says_no(saleor: SaleorBench) -> None:
    order = saleor.order()
    granted = grant(order, amount=5.0)["grantedRefund"]["id"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_bad"})):
        saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        until(lambda: money(order)["totalRefundPending"] == 5)
    saleor.report(order.transaction, "REFUND_FAILURE", "re_bad", Decimal(5))
    saleor.report(order.transaction, "REFUND_SUCCESS", "out-1", Decimal(5))
    before = money(order)
    with answering(saleor, lambda _: (400, {"error": {"code": "BY_BANK"}})):
        again = saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        assert again["transactionRequestRefundForGrantedRefund"]["errors"] == []
        until(lambda: len(asked(saleor, order.transaction)) == 2)
        until(lambda: money(order)["grantedRefunds"][0]["status"] == "FAILURE")
    assert asked(saleor, order.transaction)[1]["grantedRefund"] == {"id": granted}
    assert money(order) == before


def test_money_that_another_app_took_goes_back_on_a_transaction_of_our_own(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    made = saleor.as_app(CREATE, o=order.id, t=TRANSFER)["transactionCreate"]
    assert made["errors"] == []
    own = made["transaction"]
    assert (own["pspReference"], own["chargedAmount"]["amount"], own["refundedAmount"]["amount"]) == ("out-1", 0, 0)
    assert saleor.report(own["id"], "REFUND_SUCCESS", "out-1", total)["errors"] == []
    found = money(order)
    assert (found["totalCharged"], found["totalRefunded"], found["chargeStatus"]) == (0, total, "NONE")
    read = order.read("transactions { id pspReference chargedAmount { amount } refundedAmount { amount } }")
    amounts = {
        row["pspReference"]: (row["chargedAmount"]["amount"], row["refundedAmount"]["amount"])
        for row in read["transactions"]
    }
    assert amounts["out-1"] == (-total, total)
    assert own["id"] in {row["id"] for row in read["transactions"]}
    saleor.report(own["id"], "REFUND_FAILURE", "out-1", total)
    assert (money(order)["totalCharged"], money(order)["totalRefunded"]) == (total, 0)


def test_a_transaction_is_only_made_by_who_may_handle_payments(saleor: SaleorBench) -> None:
    assert saleor.refused(CREATE, o=saleor.order().id, t=TRANSFER) == "PermissionDenied"
