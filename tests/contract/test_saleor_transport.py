"""How Saleor says that something is wrong, who may ask what, and where its limits are."""

import json
import secrets
from typing import Any

import jwt
import pytest

from fulfilment.gateways.saleor.staff import signed_in
from tests.support.saleor_bench import CHANNEL, SaleorBench
from tests.support.saleor_staff import attempt

ORDERS = "{ orders(first: 1) { edges { node { id } } } }"
TOKEN_LIVES = 300
"""Seconds."""


@pytest.mark.parametrize(
    "body",
    [
        b"{not json",
        b'"text"',
        {"query": ""},
        {"query": "{ products(first: 1"},
        {"query": "{ noSuchField }"},
        {"query": "query($id: ID!) { checkout(id: $id) { id } }"},
        {"query": "query($f: CheckoutFilterInput) { checkouts(first: 1, filter: $f) { edges { node { id } } } }",
         "variables": {"f": {"authorizeStatus": ["NO_SUCH_STATUS"]}}},
        [{"query": "{ __typename }"}, {"query": "{ __typename }"}],
        {"query": "query A { __typename } query B { __typename }"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_is_not_valid_is_a_bad_request(saleor: SaleorBench, body: Any) -> None:
    status, answer = saleor.send(body)
    assert status == 400
    errors = answer["errors"] if isinstance(answer, dict) else answer[0]["errors"]
    assert errors[0]["message"]
    assert errors[0]["extensions"]["exception"]["code"]


def test_more_than_four_mutations_in_one_request_are_refused(saleor: SaleorBench) -> None:
    one = 'checkoutCreate(input: {channel: "no-such-channel", lines: []}) { errors { code } }'
    for count, expected in ((4, 200), (5, 400)):
        document = "mutation { " + " ".join(f"m{n}: {one}" for n in range(count)) + " }"
        assert saleor.send({"query": document})[0] == expected


def test_a_page_holds_at_most_a_hundred(saleor: SaleorBench) -> None:
    document = "query($n: Int) { products(first: $n, channel: " + json.dumps(CHANNEL) + ") { edges { node { id } } } }"
    assert saleor.ask(document, n=100)["products"]["edges"]
    assert saleor.refused(document, n=101) == "GraphQLError"
    assert saleor.refused(document, n=None) == "GraphQLError"


def test_unlimited_lists_in_lists_cost_too_much(saleor: SaleorBench) -> None:
    document = """{ products(first: 100, channel: "consumer") { edges { node { a: assignedAttribute(slug: "designers") {
      ... on AssignedMultiPageReferenceAttribute { value { b: assignedAttribute(slug: "x") {
        ... on AssignedMultiPageReferenceAttribute { value { id } } } } } } } } } }"""
    assert saleor.send({"query": document})[0] == 400


def test_a_token_that_means_nothing_is_not_refused_but_runs_as_nobody(saleor: SaleorBench) -> None:
    for token in ("", "garbage", "x" * 30, saleor.app.token[:-1] + "!"):
        assert saleor.ask("{ __typename }", token) == {"__typename": "Query"}
        assert saleor.refused(ORDERS, token) == "PermissionDenied"


def test_a_refusal_leaves_the_data_null_and_says_where(saleor: SaleorBench) -> None:
    status, answer = saleor.send({"query": ORDERS})
    assert status == 200
    assert answer["data"] == {"orders": None}
    assert answer["errors"][0]["path"] == ["orders"]
    assert "MANAGE_ORDERS" in answer["errors"][0]["message"]


def test_the_second_header_for_a_token_wins(saleor: SaleorBench) -> None:
    headers = {"Authorization": "Bearer garbage", "Authorization-Bearer": saleor.app.token}
    answer = saleor.http.post(saleor.api_url, json={"query": "{ app { identifier } }"}, headers=headers)
    assert answer.json()["data"]["app"]["identifier"] == saleor.app.identifier


def test_a_staff_token_with_a_foreign_signature_is_told(saleor: SaleorBench) -> None:
    payload = jwt.decode(saleor.staff_token, options={"verify_signature": False})
    assert payload["exp"] - payload["iat"] == TOKEN_LIVES
    header, body, _ = saleor.staff_token.split(".")
    forged = f"{header}.{body}.{'A' * 342}"
    status, answer = saleor.send({"query": ORDERS}, forged)
    assert (status, answer["data"]) == (200, {"orders": None})
    assert answer["errors"][0]["message"] == "Signature verification failed"
    for document in (
        ORDERS,
        "{ app { id } }",
        '{ page(slug: "labeur") { title } }',
        '{ products(first: 1, channel: "consumer") { edges { node { id } } } }',
        'mutation { checkoutCreate(input: {channel: "consumer", lines: []}) { errors { code } } }',
        'mutation { tokenCreate(email: "a@example.com", password: "b") { errors { code } } }',
    ):
        assert saleor.refused(document, forged) == "InvalidSignatureError"


def test_staff_who_are_at_it_for_longer_than_a_token_lives_sign_in_again(saleor: SaleorBench) -> None:
    with signed_in(saleor.api_url, *saleor.account) as staff:
        saleor.let_pass(TOKEN_LIVES + 1)
        assert staff.execute("installation_state")["apps"]["edges"]


def test_what_needs_nobody_is_answered_to_a_foreign_signature_too(saleor: SaleorBench) -> None:
    forged = f"{saleor.staff_token.rpartition('.')[0]}.{'A' * 342}"
    assert saleor.ask("{ __typename }", forged) == {"__typename": "Query"}
    checkout = saleor.checkout()
    assert saleor.ask("query($id: ID!) { checkout(id: $id) { id } }", forged, id=checkout) == {
        "checkout": {"id": checkout}
    }


def test_wrong_credentials_are_a_business_error_and_hold_up_their_address(saleor: SaleorBench) -> None:
    def sign_in(ip: str, password: str = saleor.account[1], email: str = saleor.account[0]) -> list[str]:
        return attempt(saleor, email, password, ip=ip)

    one, other = (f"10.{n}.{secrets.randbelow(256)}.{secrets.randbelow(256)}" for n in (1, 2))
    assert sign_in(one, email="nobody@example.com") == ["INVALID_CREDENTIALS"]
    assert sign_in(one) == ["LOGIN_ATTEMPT_DELAYED"]  # even with the right password
    assert sign_in(other) == sign_in(other) == []
    saleor.let_pass(1.1)
    for seconds in (1, 2):  # a known user's wait doubles
        assert sign_in(one, password="wrong") == ["INVALID_CREDENTIALS"]
        saleor.let_pass(seconds - 0.5)
        assert sign_in(one) == ["LOGIN_ATTEMPT_DELAYED"]
        saleor.let_pass(0.6)
    assert sign_in(one) == []
    assert sign_in(one, password="wrong") == ["INVALID_CREDENTIALS"]
    saleor.let_pass(1.1)
    assert sign_in(one) == []  # success made it start anew


def test_an_id_that_is_none_is_an_error_and_an_unknown_one_is_null(saleor: SaleorBench) -> None:
    document = "query($id: ID!) { checkout(id: $id) { id } }"
    assert saleor.refused(document, id="no-id") == "GraphQLError"
    unknown = "Q2hlY2tvdXQ6MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw"
    assert saleor.ask(document, id=unknown) == {"checkout": None}


def test_staff_sees_orders_and_only_an_app_is_an_app(saleor: SaleorBench) -> None:
    assert "orders" in saleor.ask(ORDERS, saleor.staff_token)
    assert saleor.as_app("{ app { identifier } }")["app"]["identifier"] == saleor.app.identifier
    assert saleor.ask("{ app { id } }", saleor.staff_token) == {"app": None}
    assert saleor.refused("{ app { id } }") == "PermissionDenied"
