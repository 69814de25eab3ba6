"""Payment sessions with an app, and the arithmetic of what it reports."""

import threading
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tests.support.payment_app import HANG_UP, Delivery
from tests.support.saleor_bench import SaleorBench

CHECKOUT = "query($id: ID!) { checkout(id: $id) { chargeStatus authorizeStatus } }"


def statuses(saleor: SaleorBench, checkout: str) -> tuple[str, str]:
    found = saleor.ask(CHECKOUT, id=checkout)["checkout"]
    return found["chargeStatus"], found["authorizeStatus"]


def unfinished(saleor: SaleorBench) -> str:
    """A checkout that can be paid but lacks a delivery, so that nothing completes it meanwhile."""
    return saleor.checkout(ready=False)


def session(saleor: SaleorBench, checkout: str) -> str:
    key: str = saleor.initialize(checkout)["transaction"]["id"]
    return key


def charged(answer: dict[str, Any]) -> Decimal:
    amount: Decimal = answer["transaction"]["chargedAmount"]["amount"]
    return amount


def test_the_app_is_asked_with_everything_it_needs(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    key = str(uuid4())
    answer = saleor.initialize(checkout, key=key, data={"success_url": "http://shop.example/", "amount": 1.5})
    asked = saleor.app.deliveries("/initialize")[-1]
    assert asked.payload == {
        "__typename": "TransactionInitializeSession",
        "idempotencyKey": key,
        "action": {"amount": saleor.total(checkout), "currency": "EUR", "actionType": "CHARGE"},
        "data": {"success_url": "http://shop.example/", "amount": Decimal("1.5")},
        "merchantReference": answer["transaction"]["id"],
        "transaction": {"id": answer["transaction"]["id"]},
        "sourceObject": {"__typename": "Checkout", "id": checkout},
    }
    assert asked.headers["Saleor-Event"] == "transaction_initialize_session"
    assert saleor.verified(asked)
    assert answer["transactionEvent"]["type"] == "CHARGE_ACTION_REQUIRED"
    assert answer["data"] == {"url": "http://pay.example/"}
    told, asked_for = answer["transaction"]["events"]  # the newest first
    assert (told["type"], told["idempotencyKey"]) == ("CHARGE_ACTION_REQUIRED", None)
    assert (asked_for["type"], asked_for["idempotencyKey"]) == ("CHARGE_REQUEST", key)


def test_an_unknown_gateway_is_not_found(saleor: SaleorBench) -> None:
    answer = saleor.ask(
        """mutation($id: ID!) { transactionInitialize(id: $id, paymentGateway: {id: "no.such.app"}) {
          transaction { id } errors { field code } } }""",
        id=unfinished(saleor),
    )["transactionInitialize"]
    assert answer["transaction"] is None
    assert [e["code"] for e in answer["errors"]] == ["NOT_FOUND"]


def test_an_unknown_checkout_is_not_found(saleor: SaleorBench) -> None:
    unknown = "Q2hlY2tvdXQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"
    assert [e["code"] for e in saleor.initialize(unknown)["errors"]] == ["NOT_FOUND"]


def test_the_same_key_is_the_same_transaction_but_the_app_is_asked_again(saleor: SaleorBench) -> None:
    checkout, key = unfinished(saleor), str(uuid4())
    references = iter(("first", "second"))
    saleor.app.answers["/initialize"] = lambda _: (
        200,
        {"result": "CHARGE_ACTION_REQUIRED", "pspReference": next(references)},
    )
    try:
        before = len(saleor.app.deliveries("/initialize"))
        first, second = (saleor.initialize(checkout, key=key) for _ in range(2))
        assert len(saleor.app.deliveries("/initialize")) == before + 2
    finally:
        del saleor.app.answers["/initialize"]
    assert first["transaction"]["id"] == second["transaction"]["id"]
    assert (first["transaction"]["pspReference"], second["transaction"]["pspReference"]) == ("first", "second")
    other = saleor.initialize(checkout, key=key, amount=1.0)
    assert [e["code"] for e in other["errors"]] == ["UNIQUE"]


@pytest.mark.parametrize(
    "answer",
    [
        (500, {"result": "CHARGE_SUCCESS", "pspReference": "x"}),
        (400, {}),
        HANG_UP,
        (200, b"no JSON"),
        (200, None),
        (200, {}),
        (200, {"result": "NO_SUCH_RESULT"}),
        (200, {"result": "charge_action_required"}),
        (200, {"result": "CHARGE_ACTION_REQUIRED", "pspReference": 5}),
        (200, {"result": "CHARGE_ACTION_REQUIRED", "actions": "REFUND"}),
        (200, {"result": "CHARGE_ACTION_REQUIRED", "externalUrl": "no address"}),
        (200, {"result": "CHARGE_SUCCESS"}),
        (200, {"result": "CHARGE_SUCCESS", "pspReference": "x", "amount": "much"}),
        (200, {"result": "CHARGE_FAILURE", "message": "Niet te koop.", "data": {"refusal": {"code": "NOT_FOR_SALE"}}}),
    ],
)
def test_whatever_goes_wrong_at_the_app_is_a_charge_failure_without_errors(
    saleor: SaleorBench, answer: tuple[int, Any]
) -> None:
    checkout = unfinished(saleor)
    saleor.app.answers["/initialize"] = lambda _: answer
    try:
        told = saleor.initialize(checkout)
    finally:
        del saleor.app.answers["/initialize"]
    assert told["errors"] == []
    assert told["transactionEvent"]["type"] == "CHARGE_FAILURE"
    assert statuses(saleor, checkout) == ("NONE", "NONE")
    if isinstance(answer[1], dict) and "data" in answer[1]:
        assert told["data"] == answer[1]["data"]
        assert told["transactionEvent"]["message"] == "Niet te koop."


@pytest.mark.parametrize("body", [[], "text", 5])
def test_saleor_stumbles_over_an_answer_that_is_no_object(saleor: SaleorBench, body: Any) -> None:
    checkout = unfinished(saleor)
    saleor.app.answers["/initialize"] = lambda _: (200, body)
    try:
        _, told = saleor.send(
            {
                "query": """mutation($id: ID!, $g: PaymentGatewayToInitialize!) {
                  transactionInitialize(id: $id, paymentGateway: $g) { errors { code } } }""",
                "variables": {"id": checkout, "g": {"id": saleor.app.identifier}},
            }
        )
    finally:
        del saleor.app.answers["/initialize"]
    assert told["data"] == {"transactionInitialize": None}
    assert told["errors"][0]["message"] == "Internal Server Error"
    assert told["errors"][0]["extensions"]["exception"]["code"] == "AttributeError"
    left = "query($id: ID!) { checkout(id: $id) { transactions { events { type } } } }"
    events = saleor.as_app(left, id=checkout)["checkout"]["transactions"][0]["events"]
    assert events == [{"type": "CHARGE_REQUEST"}]


def test_only_an_answer_that_moves_money_says_what_can_be_done_with_the_transaction(saleor: SaleorBench) -> None:
    more = {"actions": ["REFUND", "NO_SUCH_ACTION"], "message": "x" * 600, "externalUrl": "http://pay.example/"}
    shown = []
    for result in ("CHARGE_ACTION_REQUIRED", "CHARGE_FAILURE", "CHARGE_REQUEST"):
        answer = {**more, "result": result, "pspReference": uuid4().hex, "amount": "12.345"}
        saleor.app.answers["/initialize"] = lambda _, answer=answer: (200, answer)  # type: ignore[misc]
        try:
            told = saleor.initialize(unfinished(saleor))
        finally:
            del saleor.app.answers["/initialize"]
        shown.append((told["transaction"]["actions"], told["transaction"]["pspReference"] == answer["pspReference"]))
        assert told["transactionEvent"]["amount"]["amount"] == Decimal("12.34")
        assert told["transactionEvent"]["message"] == "x" * 511 + "…"
    assert shown == [([], True), ([], True), (["REFUND"], True)]


def test_a_success_reported_before_the_answer_counts(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    total = saleor.total(checkout)

    def report_first(delivery: Delivery) -> tuple[int, Any]:
        key = delivery.payload["transaction"]["id"]
        assert saleor.report(key, "CHARGE_SUCCESS", "early", total)["errors"] == []
        return 200, {"result": "CHARGE_ACTION_REQUIRED"}

    saleor.app.answers["/initialize"] = report_first
    try:
        saleor.initialize(checkout)
    finally:
        del saleor.app.answers["/initialize"]
    assert statuses(saleor, checkout) == ("FULL", "FULL")


def test_process_asks_the_app_until_it_is_settled(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    key = session(saleor, checkout)
    document = """mutation($id: ID!) { transactionProcess(id: $id, data: {a: 1}) {
      transaction { chargedAmount { amount } } transactionEvent { type pspReference } errors { code } } }"""
    saleor.app.answers["/process"] = lambda _: (200, {"result": "CHARGE_SUCCESS", "pspReference": "done"})
    before = len(saleor.app.deliveries("/process"))
    try:
        answers = [saleor.ask(document, id=key)["transactionProcess"] for _ in range(2)]
    finally:
        del saleor.app.answers["/process"]
    assert len(saleor.app.deliveries("/process")) == before + 1
    for answer in answers:
        assert charged(answer) == saleor.total(checkout)
        assert answer["transactionEvent"] == {"type": "CHARGE_SUCCESS", "pspReference": "done"}
    assert statuses(saleor, checkout) == ("FULL", "FULL")


def test_a_report_is_taken_once(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    total, key = saleor.total(checkout), session(saleor, checkout)
    first = saleor.report(key, "CHARGE_SUCCESS", "pi_1", total, actions=["REFUND"])
    again = saleor.report(key, "CHARGE_SUCCESS", "pi_1", total)
    assert (first["alreadyProcessed"], again["alreadyProcessed"]) == (False, True)
    assert charged(first) == charged(again) == total
    assert first["transaction"]["actions"] == ["REFUND"]
    assert len(again["transaction"]["events"]) == len(first["transaction"]["events"])


def test_information_is_taken_each_time(saleor: SaleorBench) -> None:
    key = session(saleor, unfinished(saleor))
    reports = [saleor.report(key, "INFO", "note", None) for _ in range(2)]
    assert [report["alreadyProcessed"] for report in reports] == [False, False]
    assert [e["type"] for e in reports[1]["transaction"]["events"]].count("INFO") == 2


def test_the_first_charge_gives_the_transaction_its_reference_and_no_later_event_takes_it(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    total, key = saleor.total(checkout), session(saleor, checkout)
    failed = saleor.report(key, "CHARGE_FAILURE", "ch_1", total)
    assert failed["transaction"]["pspReference"] == ""
    assert saleor.report(key, "CHARGE_SUCCESS", "pi_1", total)["transaction"]["pspReference"] == "pi_1"
    assert saleor.report(key, "CHARGE_FAILURE", "ch_2", total)["transaction"]["pspReference"] == "pi_1"


def test_a_report_with_another_amount_is_refused_and_leaves_a_failure_without_effect(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    total, key = saleor.total(checkout), session(saleor, checkout)
    saleor.report(key, "CHARGE_SUCCESS", "pi_1", total)
    other = saleor.report(key, "CHARGE_SUCCESS", "pi_1", total - 1)
    assert [e["code"] for e in other["errors"]] == ["INCORRECT_DETAILS"]
    again = saleor.report(key, "CHARGE_SUCCESS", "pi_1", total)
    assert charged(again) == total
    assert [e["type"] for e in again["transaction"]["events"]].count("CHARGE_FAILURE") == 1


def test_a_report_needs_an_amount_and_a_transaction(saleor: SaleorBench) -> None:
    key = session(saleor, unfinished(saleor))
    assert [e["code"] for e in saleor.report(key, "CHARGE_SUCCESS", "pi_1", None)["errors"]] == ["REQUIRED"]
    unknown = "VHJhbnNhY3Rpb25JdGVtOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA=="
    assert [e["code"] for e in saleor.report(unknown, "CHARGE_SUCCESS", "p", Decimal(1))["errors"]] == ["NOT_FOUND"]


def test_only_the_app_that_owns_a_transaction_reports_to_it(saleor: SaleorBench) -> None:
    key = session(saleor, unfinished(saleor))
    document = (
        """mutation($id: ID!) { transactionEventReport(id: $id, type: INFO, pspReference: "x") { errors { code } } }"""
    )
    assert saleor.refused(document, saleor.staff_token, id=key) == "PermissionDenied"
    assert saleor.refused(document, id=key) == "PermissionDenied"


def test_a_failure_after_a_success_of_the_same_reference_uncharges(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    total, key = saleor.total(checkout), session(saleor, checkout)
    saleor.report(key, "CHARGE_SUCCESS", "same", total)
    assert charged(saleor.report(key, "CHARGE_FAILURE", "same", total)) == 0
    assert statuses(saleor, checkout) == ("NONE", "NONE")


def test_a_failure_of_another_reference_changes_nothing_and_a_success_after_a_failure_charges(
    saleor: SaleorBench,
) -> None:
    checkout = unfinished(saleor)
    total, key = saleor.total(checkout), session(saleor, checkout)
    saleor.report(key, "CHARGE_FAILURE", "ch_1", total)
    saleor.report(key, "CHARGE_SUCCESS", "ch_1", total)
    assert charged(saleor.report(key, "CHARGE_FAILURE", "ch_2", total)) == total


def test_paying_too_little_is_partial_and_too_much_is_overcharged(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    total, key = saleor.total(checkout), session(saleor, checkout)
    saleor.report(key, "CHARGE_SUCCESS", "pi_1", total - 1)
    assert statuses(saleor, checkout) == ("PARTIAL", "PARTIAL")
    saleor.report(key, "CHARGE_SUCCESS", "pi_2", Decimal(3))
    assert statuses(saleor, checkout) == ("OVERCHARGED", "FULL")


def test_a_second_session_asks_for_what_is_still_open(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    total = saleor.total(checkout)
    saleor.report(session(saleor, checkout), "CHARGE_SUCCESS", "pi_1", total - 10)
    session(saleor, checkout)
    assert saleor.app.deliveries("/initialize")[-1].payload["action"]["amount"] == 10


def test_paid_checkouts_without_an_order_are_found_by_their_status(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    saleor.pay(checkout)
    document = """{ checkouts(first: 100, filter: {authorizeStatus: [FULL, PARTIAL]}) { edges { node {
      id authorizeStatus transactions { chargedAmount { amount } } } } } }"""
    found = {e["node"]["id"]: e["node"] for e in saleor.as_app(document)["checkouts"]["edges"]}
    assert found[checkout]["transactions"][0]["chargedAmount"]["amount"] == saleor.total(checkout)
    assert {node["authorizeStatus"] for node in found.values()} <= {"FULL", "PARTIAL"}
    assert saleor.refused(document) == "PermissionDenied"


def test_full_payment_of_a_checkout_is_told_once(saleor: SaleorBench) -> None:
    checkout = unfinished(saleor)
    saleor.pay(checkout)
    assert saleor.wait_for_events(checkout, 2) == ["checkout_fully_authorized", "checkout_fully_paid"]


def test_an_app_that_is_asked_by_two_sessions_at_once_is_asked_in_parallel(saleor: SaleorBench) -> None:
    """The app is asked outside every lock: a slow answer to one customer does not hold up another."""
    both_asked = threading.Barrier(2, timeout=5)

    def wait_for_the_other(_: Delivery) -> tuple[int, Any]:
        both_asked.wait()
        return 200, {"result": "CHARGE_ACTION_REQUIRED"}

    checkouts = [unfinished(saleor) for _ in range(2)]
    saleor.app.answers["/initialize"] = wait_for_the_other
    told: list[str] = []
    try:
        threads = [
            threading.Thread(target=lambda c=c: told.append(saleor.initialize(c)["transactionEvent"]["type"]))
            for c in checkouts
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        del saleor.app.answers["/initialize"]
    assert told == ["CHARGE_ACTION_REQUIRED"] * 2
