"""Refunds of orders: granted or not, asked of the app, answered at once or later, and told."""

from decimal import Decimal

from tests.support.refunding import (
    FULL,
    GRANT,
    REQUEST,
    REQUEST_GRANTED,
    Gate,
    answering,
    asked,
    events,
    grant,
    money,
    requests,
)
from tests.support.saleor_bench import SaleorBench
from tests.support.stripe_sandbox import until


def test_a_granted_refund_is_worth_its_lines_and_shipping(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant()["id"], 2)])
    found = order.read(FULL)
    line = found["lines"][0]
    answer = grant(order, lines=[{"id": line["id"], "quantity": 1}], grantRefundForShipping=True)
    granted = answer["grantedRefund"]
    assert (
        granted["amount"]["amount"] == line["unitPrice"]["gross"]["amount"] + found["shippingPrice"]["gross"]["amount"]
    )
    assert (granted["status"], granted["shippingCostsIncluded"]) == ("NONE", True)
    assert granted["lines"] == [{"quantity": 1, "orderLine": {"id": line["id"]}}]


def test_a_grant_is_worth_what_is_said_whatever_its_lines_cost_and_keeps_the_words_of_its_reason(
    saleor: SaleorBench,
) -> None:
    """By its reason a grant of ours is known again, where the answer that told its id got lost."""
    order = saleor.order([(saleor.variant()["id"], 2)])
    line = order.read(FULL)["lines"][0]["id"]
    some = {"lines": [{"id": line, "quantity": 1}], "grantRefundForShipping": True}
    granted = grant(order, **some, amount=3.33, reason="Kras · rfd_0123456789abcdef")["grantedRefund"]
    assert granted["amount"]["amount"] == Decimal("3.33")
    alone = grant(order, amount=1.5, reason="Gebaar · rfd_fedcba9876543210")["grantedRefund"]
    assert (alone["amount"]["amount"], alone["lines"], alone["shippingCostsIncluded"]) == (Decimal("1.5"), [], False)
    reasons = [one["reason"] for one in order.read("grantedRefunds { reason }")["grantedRefunds"]]
    assert reasons == ["Kras · rfd_0123456789abcdef", "Gebaar · rfd_fedcba9876543210"]


def test_a_grant_tells_by_which_requests_it_was_asked_and_what_saleor_made_of_an_answer_it_could_not_read(
    saleor: SaleorBench,
) -> None:
    """Saleor calls it a failure, and so would we, were it not for what Stripe has under that key."""
    order = saleor.order([(saleor.variant()["id"], 1)])
    granted = grant(order, amount=2.0)["grantedRefund"]["id"]
    document = "grantedRefunds { status transactionEvents { type pspReference idempotencyKey } }"
    with answering(saleor, lambda _delivery: (200, {"result": "NONSENSE"})):
        saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
        until(lambda: order.read(document)["grantedRefunds"][0]["status"] == "FAILURE")
    events = order.read(document)["grantedRefunds"][0]["transactionEvents"]
    [asked_by] = [one["idempotencyKey"] for one in events if one["type"] == "REFUND_REQUEST"]
    told = order.read("transactions { events { idempotencyKey } }")["transactions"][0]["events"]
    assert asked_by in [one["idempotencyKey"] for one in told]
    assert [one["pspReference"] for one in events] == ["", ""]


def test_a_grant_is_checked(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant()["id"], 2)])
    found = order.read(FULL)
    line, total = found["lines"][0]["id"], found["total"]["gross"]["amount"]
    assert {e["code"] for e in grant(order)["errors"]} == {"REQUIRED"}
    too_many = grant(order, lines=[{"id": line, "quantity": 3}])["errors"]
    assert [(e["code"], e["lines"]) for e in too_many] == [
        ("INVALID", [{"lineId": line, "code": "QUANTITY_GREATER_THAN_AVAILABLE"}])
    ]
    assert [e["code"] for e in grant(order, amount=float(total + 1))["errors"]] == ["AMOUNT_GREATER_THAN_AVAILABLE"]
    assert grant(order, grantRefundForShipping=True)["errors"] == []
    again = grant(order, grantRefundForShipping=True)["errors"]
    assert [e["code"] for e in again] == ["SHIPPING_COSTS_ALREADY_GRANTED"]
    other = grant(order, transactionId=saleor.order().transaction, grantRefundForShipping=True)["errors"]
    assert len(other) == 1
    assert saleor.refused(GRANT, o=order.id, i={"transactionId": order.transaction}) == "PermissionDenied"


def test_a_granted_refund_goes_from_charged_over_pending_to_refunded(saleor: SaleorBench) -> None:
    order = saleor.order([(saleor.variant()["id"], 2)])
    found = order.read(FULL)
    total, part = found["total"]["gross"]["amount"], found["lines"][0]["unitPrice"]["gross"]["amount"]
    granted = grant(order, lines=[{"id": found["lines"][0]["id"], "quantity": 1}])["grantedRefund"]["id"]
    before = money(order)
    assert (before["chargeStatus"], before["totalCharged"]) == ("OVERCHARGED", total)  # less is due since the grant
    with answering(saleor, gate := Gate(pspReference="re_later")):
        assert saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)[
            "transactionRequestRefundForGrantedRefund"
        ] == {"errors": []}
        # No money has moved as long as the app has not answered: only the grant says that it was asked.
        in_progress = [{"id": granted, "status": "PENDING"}]
        assert money(order) == {**before, "grantedRefunds": in_progress}
        gate.open.set()
        until(lambda: money(order)["totalRefundPending"] == part)
    until(lambda: money(order)["totalCharged"] == total - part)  # its worker writes the order after the transaction
    order.told("order_updated")
    payload = asked(saleor, order.transaction)[0]
    assert payload["grantedRefund"] == {"id": granted}
    assert payload["action"] == {"amount": part, "currency": "EUR", "actionType": "REFUND"}
    assert requests(payload)[0]["idempotencyKey"]
    assert money(order)["grantedRefunds"] == in_progress
    pending = saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
    assert pending["transactionRequestRefundForGrantedRefund"]["errors"][0]["code"] == "REFUND_IS_PENDING"
    saleor.report(order.transaction, "REFUND_SUCCESS", "re_later", part)
    assert money(order) == {
        "chargeStatus": "FULL",  # a granted refund lowers what is due
        "isPaid": False,
        "paymentStatus": "FULLY_CHARGED",
        "totalCharged": total - part,
        "totalRefunded": part,
        "totalRefundPending": 0,
        "totalGrantedRefund": part,
        "grantedRefunds": [{"id": granted, "status": "SUCCESS"}],
    }
    done = saleor.as_app(REQUEST_GRANTED, t=order.transaction, g=granted)
    assert done["transactionRequestRefundForGrantedRefund"]["errors"][0]["code"] == "REFUND_ALREADY_PROCESSED"
    order.told("order_updated", "order_refunded", "order_updated")


def test_a_grant_is_asked_of_its_own_transaction_whichever_is_named(saleor: SaleorBench) -> None:
    order, other = saleor.order(), saleor.order()
    granted = grant(order, amount=2.0)["grantedRefund"]["id"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_own"})):
        answer = saleor.as_app(REQUEST_GRANTED, t=other.transaction, g=granted)
        assert answer["transactionRequestRefundForGrantedRefund"]["errors"] == []
        until(lambda: money(order)["totalRefundPending"] == 2)
    assert asked(saleor, other.transaction) == []


def test_polling_sees_a_refund_when_the_app_has_answered(saleor: SaleorBench) -> None:
    order = saleor.order()
    seen = [order.read("updatedAt")["updatedAt"]]
    with answering(saleor, gate := Gate(pspReference="re_seen")):
        saleor.as_app(REQUEST, t=order.transaction, a=1.0)
        seen.append(order.read("updatedAt")["updatedAt"])
        gate.open.set()
        until(lambda: money(order)["totalRefundPending"] == 1)
    assert seen[0] == seen[1]
    until(lambda: order.read("updatedAt")["updatedAt"] > seen[1])
    assert events(order)[0]["pspReference"] == "re_seen"
    reference = order.read("transactions { pspReference }")["transactions"][0]["pspReference"]
    assert reference.startswith("pi_")  # it remains that of the charge


def test_a_plain_refund_makes_the_order_look_unpaid(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_now", "result": "REFUND_SUCCESS"})):
        assert saleor.as_app(REQUEST, t=order.transaction, a=10.0)["transactionRequestAction"] == {"errors": []}
        order.told("order_refunded", "order_updated")
    found = money(order)
    assert (found["chargeStatus"], found["isPaid"], found["totalCharged"]) == ("PARTIAL", False, total - 10)
    assert (found["totalRefunded"], found["totalGrantedRefund"]) == (10, 0)
    assert found["paymentStatus"] == "PARTIALLY_CHARGED"


def test_everything_back_is_told_and_what_came_before_is_told_as_it_is_now(saleor: SaleorBench) -> None:
    order = saleor.order()
    saleor.wait_for_events(order.id, 5)
    with answering(saleor, lambda _: (200, {"pspReference": "re_all", "result": "REFUND_SUCCESS"})):
        saleor.as_app(REQUEST, t=order.transaction)
        order.told("order_refunded", "order_updated", "order_fully_refunded")
    news = [d for kind in ("order_refunded", "order_fully_refunded") for d in saleor.app.about(order.id, kind)]
    assert [d.payload["order"]["chargeStatus"] for d in news] == ["NONE", "NONE"]


def test_more_than_charged_is_silently_less(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_clamped"})):
        saleor.as_app(REQUEST, t=order.transaction, a=float(total + 1000))
        until(lambda: money(order)["totalRefundPending"] == total)
        saleor.as_app(REQUEST, t=order.transaction, a=1.0)
        until(lambda: len(asked(saleor, order.transaction)) == 2)
    assert [payload["action"]["amount"] for payload in asked(saleor, order.transaction)] == [total, 0]


def test_a_failed_refund_moves_the_money_back(saleor: SaleorBench) -> None:
    order = saleor.order()
    total = order.read(FULL)["total"]["gross"]["amount"]
    with answering(saleor, lambda _: (200, {"pspReference": "re_bad"})):
        saleor.as_app(REQUEST, t=order.transaction)
        order.told("order_updated")
    assert (money(order)["totalCharged"], money(order)["totalRefundPending"]) == (0, total)
    saleor.report(order.transaction, "REFUND_FAILURE", "re_bad", total)
    assert (money(order)["totalCharged"], money(order)["totalRefundPending"]) == (total, 0)
    # What is charged went up again, and that is told as a payment.
    order.told("order_updated", "order_paid", "order_fully_paid", "order_updated")


def test_a_refund_at_the_provider_needs_no_request(saleor: SaleorBench) -> None:
    order = saleor.order()
    answer = saleor.report(order.transaction, "REFUND_SUCCESS", "re_there", Decimal(7))
    assert answer["transaction"]["refundedAmount"]["amount"] == 7
    assert money(order)["totalRefunded"] == 7
    order.told("order_refunded", "order_updated")


def test_shipping_goes_on_after_a_refund(saleor: SaleorBench) -> None:
    """The shop is set to fulfil what is not (or no longer) paid; else one refund would stop every other producer."""
    order = saleor.order([(saleor.variant(tracked=True)["id"], 2)])
    saleor.report(order.transaction, "REFUND_SUCCESS", "re_some", Decimal(5))
    line = order.read("lines { id allocations { warehouse { id } } }")["lines"][0]
    stocks = [{"warehouse": line["allocations"][0]["warehouse"]["id"], "quantity": 1}]
    answer = saleor.as_app(
        "mutation($o: ID!, $i: OrderFulfillInput!) { orderFulfill(order: $o, input: $i) { errors { code } } }",
        o=order.id,
        i={"lines": [{"orderLineId": line["id"], "stocks": stocks}]},
    )
    assert answer["orderFulfill"]["errors"] == []


def test_asking_for_a_refund_needs_the_right(saleor: SaleorBench) -> None:
    transaction = saleor.order().transaction
    assert saleor.refused(REQUEST, t=transaction) == "PermissionDenied"
    assert saleor.refused(REQUEST_GRANTED, t=transaction, g="x") == "PermissionDenied"
