"""What a stand-in was asked is counted by name, so that a measurement can tell what an order costs."""

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from sandbox.common.calls import Calls


def request(path: str, query: str | None = None, method: str = "GET") -> Request:
    if query is None:
        return Request(EnvironBuilder(path, method=method).get_environ())
    return Request(EnvironBuilder(path, method="POST", json={"query": query}).get_environ())


def test_calls_are_counted_by_operation_and_by_path_without_ids() -> None:
    calls = Calls(("/graphql/", "/v1/"), lambda _request, answer: answer())
    for asked in (
        request("/graphql/", "query Order($id: ID!) {\n  order(id: $id) { id }\n}"),
        request("/graphql/", "mutation CompleteCheckout($id: ID!) { checkoutComplete(id: $id) { order { id } } }"),
        request("/v1/payment_intents/pi_123"),
        request("/v1/payment_intents/pi_456"),
        request("/v1/checkout/sessions/cs_test_a1/expire", method="POST"),
        request("/control/"),
    ):
        assert calls.around(asked, lambda: Response("answer")).get_data() == b"answer"
    assert calls.counts() == {
        "Order": 1,
        "CompleteCheckout": 1,
        "GET /v1/payment_intents/…": 2,
        "POST /v1/checkout/sessions/…/expire": 1,
    }


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"query": 3}', b"\xff"])
def test_what_is_no_operation_is_counted_too_and_answered(body: bytes) -> None:
    calls = Calls(("/graphql/",), lambda _request, answer: answer())
    asked = Request(EnvironBuilder("/graphql/", method="POST", data=body).get_environ())
    assert calls.around(asked, lambda: Response("no")).status_code == 200
    assert calls.counts() == {"?": 1}


def test_a_call_that_fails_was_asked_all_the_same() -> None:
    def breaks(_request: Request, _answer: object) -> Response:
        raise OSError("closed")

    calls = Calls(("/v1/",), breaks)
    with pytest.raises(OSError, match="closed"):
        calls.around(request("/v1/balance"), lambda: Response())
    assert calls.counts() == {"GET /v1/balance": 1}
