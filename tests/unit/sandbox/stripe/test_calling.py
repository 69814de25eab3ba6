import base64
import time
from typing import Any

import pytest
import stripe

from tests.support.stripe_sandbox import KEY, Bench

AUTH = {"Authorization": f"Bearer {KEY}"}


def test_a_wrong_key_is_refused_with_stripes_error(bench: Bench) -> None:
    client = stripe.StripeClient("sk_test_wrong_0123456789", base_addresses={"api": bench.url})

    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided: sk_test_") as caught:
        client.v1.balance.retrieve()

    assert "wrong" not in str(caught.value)
    assert bench.http.get(f"{bench.url}/v1/balance").status_code == 401


def test_basic_authorization_opens_too(bench: Bench) -> None:
    basic = base64.b64encode(f"{KEY}:".encode()).decode()

    answer = bench.http.get(f"{bench.url}/v1/balance", headers={"Authorization": f"Basic {basic}"})

    assert answer.json()["object"] == "balance"
    assert answer.headers["request-id"].startswith("req_")
    assert answer.headers["stripe-version"] == "2026-10-28.endive"


def test_another_version_of_the_api_is_not_spoken(bench: Bench) -> None:
    answer = bench.http.get(f"{bench.url}/v1/balance", headers={**AUTH, "Stripe-Version": "2020-08-27"})

    assert answer.status_code == 400
    assert "2026-10-28.endive" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"mode": "payment"}, "parameter_missing", "line_items"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"payment_intent_data[colour]": "red"}, "parameter_unknown", "payment_intent_data[colour]"),
        ({"success_url": "shop"}, "url_invalid", "success_url"),
        ({"success_url": ""}, "parameter_invalid_empty", "success_url"),
        (
            {"line_items[0][price_data][unit_amount]": "1.5"},
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        ({"line_items[0][price_data][currency]": "usd"}, None, "line_items[0][price_data][currency]"),
        ({"line_items[0][price_data][unit_amount]": "49"}, "amount_too_small", None),
        ({"metadata": "text"}, None, "metadata"),
        ({"metadata[key]": "x" * 501}, None, "metadata[key]"),
        ({"payment_method_types[0]": "cash"}, None, "payment_method_types[0]"),
    ],
)
def test_parameters_are_checked_as_stripe_does(
    bench: Bench, body: dict[str, str], code: str | None, param: str | None
) -> None:
    good = {
        "mode": "payment",
        "success_url": "https://shop.example/",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Koord",
    }
    whole = {"mode": "payment", "success_url": "https://shop.example/"} if param == "line_items" else good | body

    answer = bench.http.post(f"{bench.url}/v1/checkout/sessions", data=whole, headers=AUTH)

    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error.get("code"), error.get("param")) == (code, param)
    assert bench.state()["counts"]["checkout.session"] == 0


def test_a_call_that_is_not_known_here_says_so(bench: Bench) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as caught:
        bench.client.v1.customers.list()

    assert caught.value.http_status == 404


def test_events_are_listed_by_kind_time_and_page(bench: Bench) -> None:
    sessions = [bench.open_session() for _ in range(3)]
    for session in sessions:
        bench.client.v1.checkout.sessions.expire(session.id)
    bench.submit(bench.open_session().id)
    kinds: Any = {"types": ["checkout.session.expired", "checkout.session.completed"], "limit": 2}

    pages = list(bench.client.v1.events.list(kinds).auto_paging_iter())

    assert len({event.id for event in pages}) == 4
    assert pages[0].type == "checkout.session.completed"
    assert [e.data.object.id for e in pages[1:]] == [session.id for session in reversed(sessions)]
    newer = bench.client.v1.events.list({"types": kinds["types"], "ending_before": pages[2].id, "limit": 1})
    assert [event.id for event in newer.data] == [pages[1].id]
    assert newer.has_more
    assert bench.client.v1.events.list({"created": {"gte": int(time.time()) + 60}}).data == []
    assert len(bench.client.v1.events.list({"created": {"gte": int(time.time()) - 60}}).data) == 7
    one = bench.client.v1.events.retrieve(pages[1].id)
    assert one.data.object.status == "expired"
    assert one.request is not None
    assert one.request.idempotency_key


def test_every_page_of_the_control_page_opens_and_says_that_it_is_a_sandbox(bench: Bench) -> None:
    intent = bench.paid(10000)
    bench.client.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    bench.open_session(customer_email="<b>lies</b>@example.com")
    bench.move_on(10)
    bench.http.post(f"{bench.url}/control/payout")
    charge: Any = bench.paid(10000, "card").latest_charge
    bench.http.post(f"{bench.url}/control/charge/{charge.id}/dispute", json={})
    bench.faults(fault_percent=100, fault_kinds="garbage")
    bench.http.get(f"{bench.url}/v1/balance", headers=AUTH)
    bench.faults(reset=True)
    state = bench.state()

    addresses = ["/control/", "/control/webhooks/", f"/control/webhooks/{state['deliveries'][-1]['id']}"]
    for kind, documents in state["documents"].items():
        addresses += [f"/control/{kind}/", *(f"/control/{kind}/{one['id']}" for one in documents)]
    for address in addresses:
        page = bench.http.get(f"{bench.url}{address}")
        assert page.status_code == 200, address
        assert "Zandbak / sandbox" in page.text
        assert "<b>lies" not in page.text

    assert all(state["documents"].values())
    for lost in ("/control/nothing/", "/nothing", "/pay/nothing"):
        page = bench.http.get(f"{bench.url}{lost}")
        assert page.status_code == 404
        assert "Zandbak / sandbox" in page.text
    assert bench.http.get(f"{bench.url}/").headers["location"] == "/control/"


def test_the_state_is_told_in_numbers_alone_where_that_is_enough(bench: Bench) -> None:
    bench.paid(10000)

    state = bench.http.get(f"{bench.url}/control/state.json?limit=0").json()

    assert state["counts"]["charge"] == 1
    assert state["documents"]["charge"] == state["attempts"] == state["deliveries"] == []
    assert state["figures"]["Onderweg naar beschikbaar"] == "€ 99,61"


def test_one_kind_of_what_is_kept_is_told_page_by_page(bench: Bench) -> None:
    paid = [bench.paid(amount) for amount in (1_000, 2_000, 3_000)]
    address = f"{bench.url}/control/state.json?kind=charge"

    first = bench.http.get(f"{address}&limit=2").json()
    second = bench.http.get(f"{address}&limit=2&from=2").json()

    assert first["counts"] == {"charge": len(paid)}
    assert [one["amount"] for one in first["documents"]["charge"]] == [3_000, 2_000]
    assert [one["amount"] for one in second["documents"]["charge"]] == [1_000]


def test_faults_are_set_by_form_and_by_json_and_nonsense_is_refused(bench: Bench) -> None:
    form = {"drop_next": "2", "duplicate": ["0", "1"], "delay_seconds": "1,5"}
    assert bench.http.post(f"{bench.url}/control/faults", data=form).status_code == 303
    faults = bench.state()["faults"]
    assert (faults["drop_next"], faults["duplicate"], faults["delay_seconds"]) == (2, True, 1.5)

    assert bench.http.post(f"{bench.url}/control/faults", json={"drop_next": "veel"}).status_code == 400
    assert "Onbekende storing" in bench.http.post(f"{bench.url}/control/faults", data={"rain": "1"}).text
    assert bench.state()["faults"]["drop_next"] == 2

    bench.faults(reset=True)
    assert not any(bench.state()["faults"].values())
