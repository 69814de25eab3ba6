"""A cardholder's bank takes a payment back."""

from typing import Any

import httpx2
import pytest
import stripe

from tests.support.stripe_sandbox import Bench, until

DAY = 24 * 3600


def let(bench: Bench, path: str, **wanted: Any) -> httpx2.Response:
    """What the control page lets happen."""
    return bench.http.post(f"{bench.url}/control/{path}", json=wanted)


def disputed(bench: Bench, charge: stripe.Charge, **wanted: Any) -> stripe.Dispute:
    answer = let(bench, f"charge/{charge.id}/dispute", **wanted)
    assert answer.status_code == 200, answer.text
    return bench.client.v1.disputes.retrieve(answer.json()["id"])


def decided(bench: Bench, dispute: stripe.Dispute, what: str, **wanted: Any) -> stripe.Dispute:
    answer = let(bench, f"dispute/{dispute.id}/{what}", **wanted)
    assert answer.status_code == 200, answer.text
    return bench.client.v1.disputes.retrieve(dispute.id)


def by_card(bench: Bench, amount: int = 10000) -> stripe.Charge:
    """A charge whose money is available."""
    charge = bench.paid(amount, "card").latest_charge
    assert isinstance(charge, stripe.Charge)
    bench.move_on(6)
    return charge


def available(bench: Bench) -> int:
    return bench.client.v1.balance.retrieve().available[0].amount


def told(bench: Bench, count: int) -> list[str]:
    """The dispute events that were delivered, in the order in which they were made."""
    until(lambda: len([e for e in bench.events() if e.type.startswith("charge.dispute")]) == count)
    listed = bench.client.v1.events.list({"limit": 100}).data
    return [event.type.removeprefix("charge.dispute.") for event in reversed(listed) if "dispute" in event.type]


def test_a_dispute_takes_its_amount_and_a_fee_at_once_and_below_zero_where_nothing_is_left(bench: Bench) -> None:
    charge = by_card(bench)
    bench.http.post(f"{bench.url}/control/payout")
    assert available(bench) == 0

    dispute = disputed(bench, charge, reason="product_not_received")

    assert (dispute.status, dispute.amount, dispute.reason) == ("needs_response", 10000, "product_not_received")
    assert (dispute.charge, dispute.payment_intent) == (charge.id, charge.payment_intent)
    assert not dispute.is_charge_refundable
    assert dispute.evidence_details.due_by == (int(bench.clock()) // DAY + 9) * DAY - 1
    (withdrawn,) = dispute.balance_transactions
    assert (withdrawn.amount, withdrawn.fee, withdrawn.net) == (-10000, 2000, -12000)
    assert (withdrawn.type, withdrawn.reporting_category, withdrawn.source) == ("adjustment", "dispute", dispute.id)
    assert [detail.description for detail in withdrawn.fee_details] == ["Dispute fee"]
    assert available(bench) == -12000
    assert told(bench, 2) == ["created", "funds_withdrawn"]
    first: Any = next(e for e in bench.events() if e.type == "charge.dispute.funds_withdrawn")
    assert first.data.object.balance_transactions[0].id == withdrawn.id
    intent: Any = bench.client.v1.payment_intents.retrieve(str(charge.payment_intent), {"expand": ["latest_charge"]})
    assert intent.latest_charge.disputed


def test_a_dispute_that_is_won_gives_the_amount_back_and_keeps_the_fee(bench: Bench) -> None:
    charge = by_card(bench)
    before = available(bench)
    dispute = disputed(bench, charge)

    reviewed = decided(bench, dispute, "evidence")
    won = decided(bench, dispute, "win")

    assert (reviewed.status, reviewed.evidence_details.has_evidence) == ("under_review", True)
    assert reviewed.evidence_details.submission_count == 1
    assert (won.status, won.is_charge_refundable) == ("won", True)
    back = won.balance_transactions[1]
    assert (back.amount, back.fee, back.net, back.reporting_category) == (10000, 0, 10000, "dispute_reversal")
    assert available(bench) == before - 2000
    assert told(bench, 5) == ["created", "funds_withdrawn", "updated", "funds_reinstated", "closed"]
    updated: Any = bench.events("charge.dispute.updated")[0].data
    assert updated.previous_attributes.status == "needs_response"
    assert bench.client.v1.refunds.create({"charge": charge.id}).amount == 10000


def test_some_accounts_get_the_fee_back_too(bench: Bench) -> None:
    charge = by_card(bench)
    before = available(bench)

    won = decided(bench, disputed(bench, charge), "win", fee_returned=True)

    assert [(one.amount, one.fee) for one in won.balance_transactions] == [(-10000, 2000), (10000, -2000)]
    assert available(bench) == before


def test_a_dispute_that_is_lost_is_closed_and_moves_nothing_more(bench: Bench) -> None:
    charge = by_card(bench)
    before = available(bench)

    lost = decided(bench, disputed(bench, charge), "lose")

    assert (lost.status, lost.is_charge_refundable, len(lost.balance_transactions)) == ("lost", False, 1)
    assert available(bench) == before - 12000
    assert told(bench, 3) == ["created", "funds_withdrawn", "closed"]
    assert let(bench, f"dispute/{lost.id}/win").status_code == 409
    assert let(bench, f"charge/{charge.id}/dispute").status_code == 409


def test_who_sends_no_evidence_in_time_has_lost(bench: Bench) -> None:
    silent, answered = (disputed(bench, by_card(bench)) for _ in range(2))
    decided(bench, answered, "evidence")

    bench.move_on(9 * DAY)

    until(lambda: bench.client.v1.disputes.retrieve(silent.id).status == "lost")
    assert bench.client.v1.disputes.retrieve(answered.id).status == "under_review"


def test_what_is_charged_back_cannot_be_refunded(bench: Bench) -> None:
    charge = by_card(bench)
    dispute = disputed(bench, charge, amount=4000)

    with pytest.raises(stripe.InvalidRequestError, match="has been charged back; cannot issue a refund") as caught:
        bench.client.v1.refunds.create({"charge": charge.id, "amount": 100})
    assert caught.value.code == "charge_disputed"

    decided(bench, dispute, "lose")
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        bench.client.v1.refunds.create({"charge": charge.id, "amount": 100})


def test_a_refund_that_has_not_left_yet_fails_when_the_bank_takes_the_payment_back(bench: Bench) -> None:
    charge = by_card(bench)
    before = available(bench)
    refund = bench.client.v1.refunds.create({"charge": charge.id, "amount": 2500})

    dispute = disputed(bench, charge)

    assert dispute.amount == 10000
    failed = bench.client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "charge_for_pending_refund_disputed")
    bench.move_on(3)
    assert until(lambda: bench.events("refund.failed"))[0].data.object.id == refund.id
    assert available(bench) == before - 12000


def test_what_was_paid_back_before_can_be_taken_once_more(bench: Bench) -> None:
    charge = by_card(bench)
    refund = bench.client.v1.refunds.create({"charge": charge.id, "amount": 2500})
    bench.move_on(3)
    until(lambda: bench.client.v1.refunds.retrieve(refund.id).status == "succeeded")

    rest = disputed(bench, charge, amount=None)

    assert rest.amount == 7500
    assert let(bench, f"charge/{charge.id}/dispute", amount=2501).status_code == 409
    assert disputed(bench, charge, amount=2500).amount == 2500


def test_an_inquiry_takes_nothing_until_the_bank_takes_it_further(bench: Bench) -> None:
    charge = by_card(bench)
    before = available(bench)
    inquiry = disputed(bench, charge, kind="inquiry")
    assert (inquiry.status, inquiry.is_charge_refundable) == ("warning_needs_response", True)
    assert inquiry.balance_transactions == []
    refund = bench.client.v1.refunds.create({"charge": charge.id, "amount": 100})
    assert decided(bench, inquiry, "evidence").status == "warning_under_review"

    bench.move_on(DAY)
    until(lambda: bench.client.v1.refunds.retrieve(refund.id).status == "succeeded")
    taken = decided(bench, inquiry, "escalate")

    assert (taken.status, taken.is_charge_refundable) == ("needs_response", False)
    details = taken.evidence_details.due_by, inquiry.evidence_details.due_by
    assert details[0] == (details[1] or 0) + DAY
    assert available(bench) == before - 100 - 12000
    assert told(bench, 4) == ["created", "updated", "funds_withdrawn", "updated"]


def test_an_inquiry_that_is_dropped_is_closed_without_money(bench: Bench) -> None:
    charge = by_card(bench)
    before = available(bench)

    closed = decided(bench, disputed(bench, charge, kind="inquiry"), "close")

    assert (closed.status, closed.is_charge_refundable, closed.balance_transactions) == ("warning_closed", True, [])
    assert available(bench) == before
    assert told(bench, 2) == ["created", "closed"]


def test_disputes_are_listed_by_payment_and_page(bench: Bench) -> None:
    charges = [by_card(bench) for _ in range(2)]
    first, second = (disputed(bench, charges[0], amount=1000) for _ in range(2))
    other = disputed(bench, charges[1])
    listing = bench.client.v1.disputes

    assert [one.id for one in listing.list({"charge": charges[0].id}).data] == [second.id, first.id]
    assert [one.id for one in listing.list({"payment_intent": str(charges[1].payment_intent)}).data] == [other.id]
    assert [one.id for one in listing.list({"limit": 1}).auto_paging_iter()] == [other.id, second.id, first.id]
    assert listing.list({"created": {"gt": int(bench.clock()) + 60}}).data == []
    full: Any = listing.retrieve(first.id, {"expand": ["charge", "payment_intent", "balance_transactions.source"]})
    assert (full.charge.disputed, full.payment_intent.status) == (True, "succeeded")
    assert full.balance_transactions[0].source.id == first.id
    with pytest.raises(stripe.InvalidRequestError, match="No such dispute: 'du_none'") as missing:
        listing.retrieve("du_none")
    assert (missing.value.http_status, missing.value.param) == (404, "dispute")


def test_what_cannot_be_disputed_says_why(bench: Bench) -> None:
    bancontact: Any = bench.paid(10000, "bancontact").latest_charge
    card = by_card(bench)

    assert "Alleen een betaling met een kaart" in let(bench, f"charge/{bancontact.id}/dispute").text
    assert "Onbekende reden" in let(bench, f"charge/{card.id}/dispute", reason="rain").text
    assert "hoogstens € 100,00" in let(bench, f"charge/{card.id}/dispute", amount=10001).text
    assert let(bench, f"charge/{card.id}/dispute", amount="veel").status_code == 400
    assert let(bench, f"charge/{card.id}/dispute", amount=0).status_code == 409
    assert let(bench, "charge/ch_none/dispute").status_code == 404
    assert let(bench, "dispute/du_none/win").status_code == 404
    assert let(bench, f"dispute/{disputed(bench, card).id}/celebrate").status_code == 409


def test_people_do_the_same_with_buttons(bench: Bench) -> None:
    charge = by_card(bench)
    page = bench.http.get(f"{bench.url}/control/charge/{charge.id}").text
    assert f'action="/control/charge/{charge.id}/dispute"' in page

    form = {"reason": "duplicate", "kind": "chargeback", "amount": ""}
    opened = bench.http.post(f"{bench.url}/control/charge/{charge.id}/dispute", data=form)

    assert opened.status_code == 303
    place = opened.headers["location"].partition("?")[0]
    shown = bench.http.get(f"{bench.url}{place}?done=done").text
    assert all(f'action="{place}/{what}"' in shown for what in ("evidence", "win", "lose"))
    assert bench.http.post(f"{bench.url}{place}/win").headers["location"] == f"{place}?done=done"
    again = bench.http.post(f"{bench.url}{place}/win")
    assert again.status_code == 409
    assert "Dat kan niet met een betwisting die op won staat" in again.text


def test_a_dispute_survives_a_lost_webhook_in_the_list_of_events(bench: Bench) -> None:
    charge = by_card(bench)
    bench.faults(drop_next=9)

    dispute = disputed(bench, charge)

    kinds: Any = {"types": ["charge.dispute.created", "charge.dispute.funds_withdrawn"]}
    assert {event.data.object.id for event in bench.client.v1.events.list(kinds).data} == {dispute.id}
    assert bench.events("charge.dispute.created") == []
