import time
from typing import Any

import pytest
import stripe

from tests.support.stripe_sandbox import Bench, until


def test_a_paid_session_gives_a_payment_with_its_fee_and_tells_it(bench: Bench) -> None:
    session = bench.open_session(metadata={"checkout": "c1"}, customer_email="lies@example.com")
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)

    answer = bench.submit(session.id)

    assert answer.headers["location"] == f"http://shop.example/nl/bedankt/?ref=pay_1&s={session.id}"
    completed = until(lambda: bench.events("checkout.session.completed"))[0].data.object
    assert (completed.id, completed.status, completed.payment_status) == (session.id, "complete", "paid")
    assert completed.metadata.checkout == "c1"
    bench.move_on(2)
    updated: Any = until(lambda: bench.events("charge.updated"))[0]
    assert updated.data.previous_attributes.balance_transaction is None
    intent = bench.client.v1.payment_intents.retrieve(
        completed.payment_intent, {"expand": ["latest_charge.balance_transaction"]}
    )
    assert intent.status == "succeeded"
    assert intent.amount_received == 57550
    assert intent.metadata["reference"] == "pay_1"
    assert intent.transfer_group == "pay_1"
    assert isinstance(intent.latest_charge, stripe.Charge)
    booked = intent.latest_charge.balance_transaction
    assert isinstance(booked, stripe.BalanceTransaction)
    assert (booked.amount, booked.fee, booked.net) == (57550, 39, 57511)
    assert [detail.type for detail in booked.fee_details] == ["stripe_fee"]


def test_the_fee_is_not_known_at_the_moment_of_paying(bench: Bench) -> None:
    session = bench.open_session()
    bench.submit(session.id)
    succeeded = until(lambda: bench.events("payment_intent.succeeded"))[0].data.object

    charge = bench.state()["documents"]["charge"][0]

    assert charge["id"] == succeeded.latest_charge
    assert bench.events("charge.updated") or charge["balance_transaction"] is None


@pytest.mark.parametrize(
    ("amount", "method", "fee"), [(57550, "card", 888), (100, "card", 27), (57550, "bancontact", 39)]
)
def test_fees_follow_the_way_of_paying(bench: Bench, amount: int, method: str, fee: int) -> None:
    charge: Any = bench.paid(amount, method).latest_charge

    assert charge.balance_transaction.fee == fee
    assert charge.payment_method_details.type == method
    assert charge.id.startswith("ch_" if method == "card" else "py_")


def test_a_refused_payment_leaves_the_session_open_and_can_be_paid_after_all(bench: Bench) -> None:
    session = bench.open_session()

    answer = bench.submit(session.id, "decline", "card")

    assert "refused" in answer.headers["location"]
    assert "De bank weigerde" in bench.http.get(f"{bench.url}{answer.headers['location']}").text
    failed = until(lambda: bench.events("payment_intent.payment_failed"))[0].data.object
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "card_declined"
    assert failed.last_payment_error.charge == failed.latest_charge
    assert bench.client.v1.checkout.sessions.retrieve(session.id).status == "open"

    bench.submit(session.id)

    succeeded = until(lambda: bench.events("payment_intent.succeeded"))[0].data.object
    assert succeeded.id == failed.id
    assert succeeded.latest_charge != failed.latest_charge
    assert succeeded.last_payment_error is None


def test_walking_away_leads_back_to_the_shop_and_changes_nothing(bench: Bench) -> None:
    session = bench.open_session()

    page = bench.http.get(str(session.url)).text

    assert 'href="http://shop.example/nl/afrekenen/overzicht/?ref=pay_1"' in page
    assert "Zandbak" in page
    assert "€ 575,50" in page
    assert bench.client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert bench.events() == []


def test_a_second_payment_of_the_same_session_takes_no_money(bench: Bench) -> None:
    session = bench.open_session()
    bench.submit(session.id)

    again = bench.submit(session.id)

    assert again.status_code == 200
    assert "Al betaald" in again.text
    assert bench.state()["counts"]["charge"] == 1


def test_an_expired_session_cannot_be_paid(bench: Bench) -> None:
    session = bench.open_session()
    bench.submit(session.id, "decline")

    expired = bench.client.v1.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    assert "Verlopen" in bench.submit(session.id).text
    assert until(lambda: bench.events("checkout.session.expired"))[0].data.object.id == session.id
    intent = bench.client.v1.payment_intents.retrieve(str(expired.payment_intent))
    assert intent.status == "canceled"


def test_only_an_open_session_can_be_expired(bench: Bench) -> None:
    session = bench.open_session()
    bench.submit(session.id)

    with pytest.raises(stripe.InvalidRequestError, match="has a status of `complete`"):
        bench.client.v1.checkout.sessions.expire(session.id)


def test_a_session_expires_by_itself(bench: Bench) -> None:
    session = bench.open_session(expires_at=int(time.time()) + 1800)

    bench.move_on(1801)

    assert "Verlopen" in bench.submit(session.id).text
    event = until(lambda: bench.events("checkout.session.expired"))[0]
    assert event.data.object.id == session.id
    assert event.request is not None
    assert event.request.id is None
    assert bench.state()["counts"]["charge"] == 0


@pytest.mark.parametrize("seconds", [60, 25 * 3600])
def test_a_session_lives_between_half_an_hour_and_a_day(bench: Bench, seconds: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="expires_at") as caught:
        bench.open_session(expires_at=int(time.time()) + seconds)

    assert caught.value.param == "expires_at"


def test_the_page_offers_only_what_the_shop_allows(bench: Bench) -> None:
    session = bench.open_session(payment_method_types=["card"])

    page = bench.http.get(str(session.url)).text
    bench.submit(session.id, method="bancontact")

    assert "Bancontact" not in page
    assert bench.state()["documents"]["charge"][0]["payment_method_details"]["type"] == "card"


def test_lines_come_with_the_session_only_when_asked_for(bench: Bench) -> None:
    session = bench.open_session()

    full: Any = bench.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})

    assert "line_items" not in session.to_dict()
    assert [line.amount_total for line in full.line_items.data] == [57550]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        bench.client.v1.checkout.sessions.retrieve(session.id, {"expand": ["success_url.host"]})
