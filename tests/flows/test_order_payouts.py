"""A round is approved and becomes a file: booked once, made when it is fetched, handed out again after a warning."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import order_payouts, settle_payouts
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.models import Entry
from fulfilment.partners.models import Partner
from fulfilment.payouts.models import BankFile, Batch, Payout
from tests.support import rows
from tests.support.paying import approved, at_the_bank, fetch, planned

pytestmark = pytest.mark.django_db

LATER = rows.NOW + timedelta(days=20)


def texts(file: BankFile, tag: str) -> list[str | None]:
    return [node.text for node in ET.fromstring(bytes(file.content)).iter() if node.tag.endswith(f"}}{tag}")]


def test_approval_books_each_payout_once() -> None:
    batch = planned(1_000, 2_000)

    for _ in range(2):
        order_payouts.approve(batch=batch.public_id, by=None, now=rows.NOW)

    batch.refresh_from_db()
    assert batch.state == Batch.State.APPROVED
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 3_000
    assert balances.balance(Account.PARTNER_PAYABLE) == 0
    assert Entry.objects.filter(kind="payout_sent").count() == 2
    assert [step.event for step in batch.steps.all()] == ["approve"]
    assert [step.event for payout in batch.payouts.all() for step in payout.steps.all()] == ["send", "send"]


@pytest.mark.parametrize(
    "changed", [{"iban": rows.IBANS[3]}, {"bic": "GKCCBEBB"}, {"name": "Iemand anders"}, {"bank_name": "Een vzw"}]
)
def test_approval_refuses_bank_data_that_changed_since_the_plan(changed: dict[str, str]) -> None:
    batch = planned(1_000)
    Partner.objects.update(**changed)

    with pytest.raises(Refusal, match="De rekening van"):
        order_payouts.approve(batch=batch.public_id, by=None, now=rows.NOW)

    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    assert Payout.objects.get().state == Payout.State.PLANNED


def test_approval_refuses_a_balance_that_changed_since_the_plan() -> None:
    batch = planned(1_000)
    rows.payable(Partner.objects.get(), -1)

    with pytest.raises(Refusal, match="saldo van Partner-0"):
        order_payouts.approve(batch=batch.public_id, by=None, now=rows.NOW)


def test_the_file_says_whom_to_pay_on_the_first_bank_day_after_it_is_fetched() -> None:
    batch = approved(1_000, 2_000)

    file = fetch(batch)

    batch.refresh_from_db()
    assert batch.state == Batch.State.FETCHED
    assert texts(file, "EndToEndId") == [payout.public_id for payout in batch.payouts.order_by("pk")]
    assert texts(file, "Dt") == ["2026-11-24"]
    assert texts(file, "MsgId") == [batch.public_id]


def test_a_file_fetched_twenty_days_late_has_a_day_that_is_to_come() -> None:
    file = fetch(approved(1_000), now=LATER)  # on Sunday 13 December

    assert texts(file, "Dt") == ["2026-12-14"]
    assert file.execute_on.isoformat() == "2026-12-14"


def test_who_fetches_it_again_is_asked_first_and_then_has_the_same_bytes() -> None:
    batch = approved(1_000)
    first = fetch(batch)

    with pytest.raises(Refusal) as asked:
        fetch(batch, now=rows.NOW + timedelta(minutes=1))
    assert asked.value.code == "ASK_FIRST"
    second = fetch(batch, now=rows.NOW + timedelta(minutes=1), again=True)

    assert bytes(second.content) == bytes(first.content)
    assert BankFile.objects.count() == 1


def test_a_file_whose_day_went_by_unused_is_made_for_a_new_day_under_the_same_message_id() -> None:
    """Should both be given to the bank, then it knows the second for what it is."""
    batch = approved(1_000)
    first = fetch(batch)

    second = fetch(batch, now=LATER, again=True)

    assert (texts(first, "Dt"), texts(second, "Dt")) == (["2026-11-24"], ["2026-12-14"])
    assert texts(second, "MsgId") == texts(first, "MsgId")
    assert texts(second, "EndToEndId") == texts(first, "EndToEndId")
    assert BankFile.objects.count() == 2
    assert fetch(batch, now=LATER + timedelta(hours=1), again=True).pk == second.pk


def test_a_file_of_which_the_bank_did_something_stays_as_it_was_for_the_records() -> None:
    batch = at_the_bank(1_000, 2_000)
    kept = BankFile.objects.get()
    settle_payouts.confirm(batch=batch.public_id, payout=batch.payouts.earliest("pk").public_id, now=rows.NOW)

    assert fetch(batch, now=LATER, again=True).pk == kept.pk


def test_there_is_no_file_before_approval_nor_of_a_round_that_was_withdrawn() -> None:
    batch = planned(1_000)
    with pytest.raises(Refusal, match="geen bestand"):
        fetch(batch)
    order_payouts.approve(batch=batch.public_id, by=None, now=rows.NOW)
    fetch(batch)
    settle_payouts.withdraw(batch=batch.public_id, now=rows.NOW)
    with pytest.raises(Refusal, match="geen bestand"):
        fetch(batch, again=True)
    with pytest.raises(Refusal, match="Deze ronde is ingetrokken"):
        order_payouts.approve(batch=batch.public_id, by=None, now=rows.NOW)


def test_an_unknown_round_is_refused() -> None:
    with pytest.raises(Refusal, match="bestaat niet"):
        order_payouts.approve(batch="bat-none", by=None, now=rows.NOW)
