"""Saleor's three error channels as one kind of failure, and its answers as exact values."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from fulfilment.errors import GatewayError
from fulfilment.gateways.saleor.api import Saleor
from fulfilment.gateways.saleor.client import SaleorClient
from fulfilment.gateways.saleor.values import SaleorAddress, SaleorLine
from telemetry import trace

API = "http://saleor.example/graphql/"
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def asking(answer: Callable[[httpx2.Request], httpx2.Response], token: str = "token") -> Saleor:
    return Saleor(SaleorClient(API, token, transport=httpx2.MockTransport(answer)))


def answering(status: int, body: object) -> Saleor:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return asking(lambda request: httpx2.Response(status, content=content))


def failure(saleor: Saleor) -> GatewayError:
    with pytest.raises(GatewayError) as failed:
        saleor.complete_checkout("checkout-1")
    return failed.value


def test_saleor_is_asked_in_the_trace_of_what_asks() -> None:
    told: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        told.append(request.headers["traceparent"])
        return httpx2.Response(500)

    trace.begin()
    failure(asking(answer))
    assert [header.split("-")[1] for header in told] == [trace.current()]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_saleor_in_trouble_is_asked_again(status: int) -> None:
    assert failure(answering(status, b"<html>")).retry


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"data": null}'])
def test_an_answer_that_is_none_is_asked_again(body: bytes) -> None:
    assert failure(answering(200, body)).retry
    assert failure(answering(404, body)).retry


def test_no_answer_is_asked_again() -> None:
    def nothing(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    assert failure(asking(nothing)).retry


def test_a_request_that_saleor_does_not_understand_is_not_sent_again() -> None:
    found = failure(answering(400, {"errors": [{"message": "Cannot query field", "extensions": {}}]}))
    assert not found.retry
    assert "Cannot query field" in str(found)


@pytest.mark.parametrize("code", ["PermissionDenied", "InvalidTokenError", "ExpiredSignatureError"])
def test_an_execution_error_carries_its_code_and_may_pass(code: str) -> None:
    body = {"errors": [{"message": "no", "extensions": {"exception": {"code": code}}}], "data": {"order": None}}
    found = failure(answering(200, body))
    assert (found.code, found.retry) == (code, True)


def test_errors_without_extensions_are_errors_too() -> None:
    for extensions in (None, {}, {"exception": None}):
        assert failure(answering(200, {"errors": [{"message": "no", "extensions": extensions}]})).code == ""


@pytest.mark.parametrize(
    ("code", "retry"), [("INSUFFICIENT_STOCK", False), ("CHECKOUT_NOT_FULLY_PAID", False), ("GRAPHQL_ERROR", True)]
)
def test_a_business_error_is_final_unless_it_may_pass(code: str, retry: bool) -> None:
    payload = {"order": None, "errors": [{"field": None, "code": code, "message": "no", "variants": None}]}
    found = failure(answering(200, {"data": {"checkoutComplete": payload}}))
    assert (found.code, found.retry) == (code, retry)


def test_completion_without_errors_and_without_an_order_is_no_success() -> None:
    assert failure(answering(200, {"data": {"checkoutComplete": {"order": None, "errors": []}}})).retry


def test_the_token_is_sent_along_and_amounts_are_written_exactly() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(
            200, json={"data": {"transactionEventReport": {"alreadyProcessed": False, "errors": []}}}
        )

    asking(answer).report("transaction", "CHARGE_SUCCESS", "pi_1", 57_550, "EUR", at=NOW, actions=("REFUND",))
    assert seen[0].headers["Authorization"] == "Bearer token"
    variables = json.loads(seen[0].content)["variables"]
    assert variables["amount"] == "575.50"
    assert variables["time"] == "2026-11-23T20:00:00+00:00"
    assert variables["availableActions"] == ["REFUND"]


def test_all_pages_of_a_list_are_read() -> None:
    pages = {
        None: {
            "edges": [{"node": {"id": "a", "updatedAt": "2026-11-23T20:00:01Z"}}],
            "pageInfo": {"hasNextPage": True, "endCursor": "1"},
        },
        "1": {
            "edges": [{"node": {"id": "b", "updatedAt": "2026-11-23T20:00:02Z"}}],
            "pageInfo": {"hasNextPage": False, "endCursor": "2"},
        },
    }

    def answer(request: httpx2.Request) -> httpx2.Response:
        after = json.loads(request.content)["variables"]["after"]
        return httpx2.Response(200, json={"data": {"orders": pages[after]}})

    assert list(asking(answer).orders_changed(NOW)) == [
        ("a", datetime(2026, 11, 23, 20, 0, 1, tzinfo=UTC)),
        ("b", datetime(2026, 11, 23, 20, 0, 2, tzinfo=UTC)),
    ]


def gross(amount: str) -> dict[str, Any]:
    return {"gross": {"amount": amount, "currency": "EUR"}, "net": {"amount": amount}}


PERSON = {
    "firstName": "An",
    "lastName": "Peeters",
    "companyName": "",
    "streetAddress1": "Kouter 1",
    "streetAddress2": "",
    "postalCode": "9000",
    "city": "GENT",
    "countryArea": "",
    "country": {"code": "BE"},
    "phone": None,
}
ORDER: dict[str, Any] = {
    "id": "T3JkZXI6MQ==",
    "number": "42",
    "giftMessage": None,
    "note": None,
    "collectionPointName": None,
    "deliveryMethod": None,
    "status": "UNFULFILLED",
    "created": "2026-11-23T20:00:00.123456+00:00",
    "updatedAt": "2026-11-23T20:00:01+00:00",
    "checkoutId": "Q2hlY2tvdXQ6MQ==",
    "languageCodeEnum": "NL_BE",
    "userEmail": "an@example.com",
    "channel": {"slug": "consumer", "currencyCode": "EUR", "taxConfiguration": {"pricesEnteredWithTax": True}},
    "chargeStatus": "FULL",
    "total": gross("AMOUNT"),
    "shippingPrice": gross("AMOUNT"),
    "shippingTaxRate": "RATE",
    "undiscountedShippingPrice": {"amount": "AMOUNT"},
    "voucherCode": None,
    "voucher": None,
    "discounts": [],
    "totalCharged": {"amount": "AMOUNT"},
    "totalRefunded": {"amount": "ZERO"},
    "shippingAddress": None,
    "billingAddress": PERSON,
    "lines": [
        {
            "id": "T3JkZXJMaW5lOjE=",
            "productName": "Koord",
            "variantName": "",
            "translatedProductName": "",
            "translatedVariantName": "",
            "productSku": None,
            "quantity": 1,
            "taxRate": "RATE",
            "totalPrice": gross("AMOUNT"),
            "undiscountedTotalPrice": gross("AMOUNT"),
            "discounts": [],
            "variant": None,
        }
    ],
    "transactions": [
        {
            "id": "VHJhbnNhY3Rpb25JdGVtOjE=",
            "pspReference": "pi_1",
            "chargedAmount": {"amount": "AMOUNT"},
            "refundedAmount": {"amount": "ZERO"},
            "refundPendingAmount": {"amount": "ZERO"},
        }
    ],
    "grantedRefunds": [
        {
            "id": "R1",
            "status": "SUCCESS",
            "amount": {"amount": "AMOUNT"},
            "reason": None,
            "shippingCostsIncluded": False,
            "transactionEvents": [],
            "lines": [{"quantity": 1, "orderLine": {"id": "T3JkZXJMaW5lOjE="}}],
        }
    ],
    "fulfillments": [
        {
            "id": "F1",
            "status": "FULFILLED",
            "trackingNumber": "",
            "reason": None,
            "warehouse": None,
            "lines": [
                {"id": "FL1", "quantity": 1, "orderLine": {"id": "T3JkZXJMaW5lOjE="}},
                {"id": "FL2", "quantity": 1, "orderLine": None},
                {"id": "FL3", "quantity": 2, "orderLine": {"id": "T3JkZXJMaW5lOjE="}},
            ],
        }
    ],
}


def told(order: object, *, amount: str = "575.5", rate: str = "0.21") -> Saleor:
    """Saleor's answer as text: its decimals are bare numbers there, which no float may touch."""
    text = json.dumps({"data": {"order": order}})
    for name, number in (("AMOUNT", amount), ("RATE", rate), ("ZERO", "0.0")):
        text = text.replace(f'"{name}"', number)
    return answering(200, text.encode())


def test_an_order_is_read_to_the_cent() -> None:
    found = told(ORDER).order("T3JkZXI6MQ==")
    assert found is not None
    assert (found.total_gross_minor, found.charged_minor, found.refunded_minor) == (57_550, 57_550, 0)
    assert (found.shipping_tax_basis_points, found.language) == (2_100, "nl")
    assert found.placed_at == datetime(2026, 11, 23, 20, 0, 0, 123456, tzinfo=UTC)
    assert found.address == SaleorAddress("An Peeters", "", "Kouter 1", "", "9000", "GENT", "", "BE", "")
    assert found.buyer == found.address
    assert found.lines == (
        SaleorLine("T3JkZXJMaW5lOjE=", "", "Koord", "", "", 1, 57_550, 57_550, 57_550, 2_100, 57_550),
    )
    assert found.refunds[0].lines == {"T3JkZXJMaW5lOjE=": 1}
    assert found.fulfilments[0].lines == {"T3JkZXJMaW5lOjE=": 3}
    assert (found.refunds[0].reason, found.fulfilments[0].warehouse) == ("", "")


@pytest.mark.parametrize(
    ("rate", "basis_points"),
    [("0.06", 600), ("0.2100", 2_100), ("0", 0), ("0.0", 0), ("0.055", 550), ("0.57", 5_700)],
)
def test_tax_rates_are_exact(rate: str, basis_points: int) -> None:
    found = told(ORDER, rate=rate).order("T3JkZXI6MQ==")
    assert found is not None
    assert found.lines[0].tax_basis_points == found.shipping_tax_basis_points == basis_points


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("0.07", 7), ("19.999999999999998e0", None), ("1234567.89", 123_456_789), ("20", 2_000)],
)
def test_amounts_are_exact_or_refused(amount: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(ValueError, match="whole number of cents"):
            told(ORDER, amount=amount).order("T3JkZXI6MQ==")
        return
    found = told(ORDER, amount=amount).order("T3JkZXI6MQ==")
    assert found is not None
    assert found.total_gross_minor == minor


def test_an_order_that_is_not_there_is_none() -> None:
    assert told(None).order("T3JkZXI6MQ==") is None


def test_money_on_its_way_back_was_paid_all_the_same() -> None:
    refunding = deepcopy(ORDER)
    refunding["totalCharged"]["amount"] = "ZERO"
    refunding["transactions"][0]["chargedAmount"]["amount"] = "ZERO"
    refunding["transactions"][0]["refundPendingAmount"]["amount"] = "AMOUNT"
    found = told(refunding).order("T3JkZXI6MQ==")
    assert found is not None
    assert found.pending_minor == 57_550


def test_whoever_saleor_takes_us_for_is_us_or_nobody() -> None:
    for app, known in (
        (None, None),
        ({"id": "QXBwOjE=", "identifier": "ours"}, "QXBwOjE="),
        ({"id": "QXBwOjI=", "identifier": "other"}, None),
    ):
        assert answering(200, {"data": {"app": app}}).app_id("ours") == known
    denied = {"message": "To access this path, …", "extensions": {"exception": {"code": "PermissionDenied"}}}
    assert answering(200, {"errors": [denied], "data": {"app": None}}).app_id("ours") is None
    with pytest.raises(GatewayError):
        answering(503, {}).app_id("ours")


def test_a_producer_is_written_only_where_it_is_not_written_yet() -> None:
    written: list[str] = []

    def saleor_with(producer: str | None, *, tracked: bool = False, hours: str | None = "9") -> Saleor:
        product = {"id": "UHJvZHVjdDox", "producer": producer, "variants": [{"trackInventory": tracked}]}

        def answer(request: httpx2.Request) -> httpx2.Response:
            asked = json.loads(request.content)
            if "updateMetadata" in asked["query"]:
                written.append(asked["variables"]["producer"])
                return httpx2.Response(200, json={"data": {"updateMetadata": {"errors": []}}})
            said = {"text": hours} if hours else None
            return httpx2.Response(200, json={"data": {"product": {**product, "hours": said}}})

        return asking(answer)

    assert saleor_with("labeur").publish_producer("SG-001", "labeur") == "9"
    assert saleor_with(None, hours=None).publish_producer("SG-001", "") == ""
    assert saleor_with("labeur", tracked=True).publish_producer("SG-001", "labeur") == ""  # its pieces lie ready
    assert written == []
    assert saleor_with(None).publish_producer("SG-001", "labeur") == "9"
    assert saleor_with("labeur").publish_producer("SG-001", "") == "9"
    assert written == ["labeur", ""]
    assert answering(200, {"data": {"product": None}}).publish_producer("SG-404", "labeur") is None


def test_what_is_sold_in_a_currency_that_our_books_do_not_know_is_not_ours() -> None:
    dollars = {"gross": {"currency": "USD", "amount": 10}}
    assert answering(200, {"data": {"checkout": {"id": "c", "totalPrice": dollars}}}).paid_checkout("c") is None
    order = {"id": "o", "channel": {"slug": "us", "currencyCode": "USD"}}
    assert answering(200, {"data": {"order": order}}).order("o") is None
