"""The objects of the stand-in for Stripe have the shape of Stripe's own published examples."""

import json
import os
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import stripe
from stripe.params import (
    BalanceTransactionListParams,
    DisputeListParams,
    PaymentMethodConfigurationListParams,
    RefundCreateParams,
    RefundListParams,
)

from sandbox.stripe import disputes, operations, refunds
from sandbox.stripe.disputes import LIFE
from tests.support.stripe_sandbox import Bench, stripe_bench, until

EXAMPLES = Path(os.environ.get("REFERENCE_DATA", "../shared")) / "stripe" / "fixtures3.json"

DEVIATIONS: dict[str, dict[str, str]] = {
    "charge": {"-refunds": "since version 2022-11-15 a charge shows its refunds only when they are expanded"},
    "event": {"+data.previous_attributes": "the example is of a creation; updates carry it"},
    "payment_intent": {
        f"+last_payment_error.{name}": "the example of an error holds its type only"
        for name in ("charge", "code", "decline_code", "doc_url", "message", "payment_method")
    },
    "refund": {
        "+failure_balance_transaction": "the example succeeded; a failed refund carries it",
        "+failure_reason": "the example succeeded; a failed refund carries it",
        "+pending_reason": "the example succeeded; a refund under way carries it",
    },
}
"""Fields that we lack (-) or have besides (+), each with its reason."""

BY_CONTENT = {"metadata", "payment_method_options", "payment_method_details", "destination_details", "object"}
"""Objects whose keys depend on what they hold; their kinds are compared, not their keys."""

CLASSES: dict[str, type[stripe.StripeObject]] = {
    "balance": stripe.Balance,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "dispute": stripe.Dispute,
    "checkout.session": stripe.checkout.Session,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method_configuration": stripe.PaymentMethodConfiguration,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
}


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    if not EXAMPLES.exists():
        pytest.skip(f"Stripe's published examples are not there ({EXAMPLES}); set REFERENCE_DATA")
    found: dict[str, Any] = json.loads(EXAMPLES.read_text())["resources"]
    return found


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Objects in every state that the stand-in brings them into, per kind, as they came over the wire."""
    with stripe_bench(tmp_path_factory.mktemp("stripe")) as bench:
        yield _lived_through(bench)


def _lived_through(bench: Bench) -> dict[str, list[dict[str, Any]]]:
    bench.open_session(customer_email="lies@example.com", metadata={"a": "b"}, locale="nl")
    bench.client.v1.checkout.sessions.expire(bench.open_session().id)
    bench.submit(bench.open_session().id, "decline", "card")
    bench.submit(bench.open_session().id, "decline", "bancontact")
    card, bancontact = bench.paid(10000, "card"), bench.paid(10000, "bancontact")
    bench.client.v1.refunds.create({"payment_intent": card.id, "amount": 100, "reason": "duplicate"})
    bench.client.v1.refunds.create({"payment_intent": bancontact.id})
    bench.move_on(3)
    until(lambda: len(bench.events("refund.updated")) == 2)
    bench.faults(fail_next_refunds=1, fail_next_payouts=1)
    bench.client.v1.refunds.create({"payment_intent": card.id, "amount": 100})
    bench.move_on(6)
    until(lambda: bench.events("refund.failed"))
    bench.client.v1.payouts.create({"amount": 100, "currency": "eur"})
    bench.move_on(4)
    until(lambda: bench.events("payout.failed"))
    bench.client.v1.payouts.create({"amount": 100, "currency": "eur"})
    bench.move_on(4)
    until(lambda: bench.events("payout.paid"))
    _disputed(bench)
    headers = {"Authorization": f"Bearer {bench.client._requestor.api_key}"}
    documents: dict[str, list[dict[str, Any]]] = bench.state()["documents"]
    expand = "?expand[]=line_items"
    session = documents["checkout.session"][0]["id"]
    expanded = bench.http.get(f"{bench.url}/v1/checkout/sessions/{session}{expand}", headers=headers).json()
    documents["item"] = expanded["line_items"]["data"]
    movements = bench.http.get(f"{bench.url}/v1/balance_transactions?limit=100", headers=headers).json()
    documents["balance_transaction"] = movements["data"]
    documents["balance"] = [bench.http.get(f"{bench.url}/v1/balance", headers=headers).json()]
    configured = bench.http.get(f"{bench.url}/v1/payment_method_configurations", headers=headers).json()
    documents["payment_method_configuration"] = configured["data"]
    return documents


def _disputed(bench: Bench) -> None:
    """Disputes in every status, and a refund that waits for what they took."""
    ways: list[tuple[str, ...]] = [(), ("evidence",), ("evidence", "win"), ("lose",)]
    asked: list[tuple[str, ...]] = [(), ("evidence",), ("close",), ("escalate",)]
    for kind, happenings in [("chargeback", way) for way in ways] + [("inquiry", way) for way in asked]:
        charge: Any = bench.paid(1000, "card").latest_charge
        opened = bench.http.post(f"{bench.url}/control/charge/{charge.id}/dispute", json={"kind": kind}).json()
        for what in happenings:
            assert bench.http.post(f"{bench.url}/control/dispute/{opened['id']}/{what}", json={}).status_code == 200
    late = bench.paid(1000, "card")
    bench.move_on(6)
    bench.http.post(f"{bench.url}/control/payout")
    assert bench.client.v1.balance.retrieve().available[0].amount <= 0
    bench.faults(refund_without_balance="pend")
    assert bench.client.v1.refunds.create({"payment_intent": late.id}).pending_reason == "insufficient_funds"


def kind_of(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return {dict: "object", list: "array", str: "string", int: "integer", float: "float"}[type(value)]


def differences(theirs: Any, found: Any, path: str = "") -> set[str]:
    """Fields that one of the two lacks, and values of another kind. Null is judged apart, by the SDK's types."""
    if theirs is None or found is None:
        return set()
    if kind_of(theirs) != kind_of(found):
        return {f"{path}: {kind_of(found)} instead of {kind_of(theirs)}"}
    if isinstance(theirs, dict) and path.rpartition(".")[2] not in BY_CONTENT:
        lacking = {f"-{path}{'.' if path else ''}{name}" for name in theirs.keys() - found.keys()}
        besides = {f"+{path}{'.' if path else ''}{name}" for name in found.keys() - theirs.keys()}
        deeper = [
            differences(theirs[name], found[name], f"{path}.{name}" if path else name)
            for name in theirs.keys() & found.keys()
        ]
        return lacking.union(besides, *deeper)
    if isinstance(theirs, list) and theirs:
        return set().union(*(differences(theirs[0], item, path) for item in found))
    return set()


def may_be(annotation: Any, value: object) -> bool:
    """Whether the SDK's type of a field allows a value, as far as JSON's kinds go."""
    if isinstance(annotation, (typing.ForwardRef, str)) or annotation is Any:
        return value is not None
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Union:
        return any(may_be(one, value) for one in inner)
    if annotation is type(None):
        return value is None
    if origin is typing.Literal:
        return value in inner
    if origin is not None:
        annotation = origin
    if annotation in (bool, int, str):
        return type(value) is annotation
    return isinstance(value, list if annotation is list else dict)


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_every_object_has_the_fields_and_kinds_of_value_of_stripes_example(
    kind: str, examples: dict[str, Any], ours: dict[str, list[dict[str, Any]]]
) -> None:
    assert ours[kind], "nothing to compare"
    allowed = set(DEVIATIONS.get(kind, {}))

    for found in ours[kind]:
        assert differences(examples[kind], found) <= allowed, found["id"]


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_every_value_is_one_that_the_sdk_expects(kind: str, ours: dict[str, list[dict[str, Any]]]) -> None:
    expected = CLASSES[kind].__annotations__

    for found in ours[kind]:
        wrong = {name: value for name, value in found.items() if not may_be(expected[name], value)}
        assert wrong == {}, found


def test_disputes_were_compared_in_every_status(ours: dict[str, list[dict[str, Any]]]) -> None:
    assert {dispute["status"] for dispute in ours["dispute"]} == set(LIFE)


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        (disputes.LIST, DisputeListParams),
        (operations.CONFIGURATION_LIST, PaymentMethodConfigurationListParams),
        (operations.MOVEMENT_LIST, BalanceTransactionListParams),
        (refunds.CREATE, RefundCreateParams),
        (refunds.LIST, RefundListParams),
    ],
)
def test_no_parameter_is_taken_that_the_sdk_does_not_know(listing: Mapping[str, Any], expected: Any) -> None:
    assert set(listing) <= set(expected.__annotations__)


def test_every_deviation_is_still_there(examples: dict[str, Any], ours: dict[str, list[dict[str, Any]]]) -> None:
    for kind, reasons in DEVIATIONS.items():
        found = set().union(*(differences(examples[kind], one) for one in ours[kind]))
        assert found == set(reasons), kind
