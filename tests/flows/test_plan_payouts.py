"""Plans: who is paid what and why not, kept one at a time, dropped without a trace in the books."""

from datetime import date, timedelta

import pytest
from pytest_django import Settings

from fulfilment.errors import Refusal
from fulfilment.flows import order_payouts, plan_payouts
from fulfilment.partners.models import Partner
from fulfilment.payouts.models import Batch, Payout
from tests.support import rows
from tests.support.paying import TODAY, approved, planned

pytestmark = pytest.mark.django_db


def plan(as_of: date = TODAY) -> plan_payouts.PayoutPlan:
    return plan_payouts.plan(as_of=as_of, now=rows.NOW)


def test_a_plan_writes_nothing_and_says_who_waits_and_why() -> None:
    rows.money_at_bank(10_000)
    claims = {"rich": 9_000, "poor": 500, "homeless": 300, "abroad": 400, "wool": 200, "owing": -700}
    for slug, amount in claims.items():
        rows.payable(rows.partner(slug), amount)
    Partner.objects.filter(slug="homeless").update(iban="BE00 0000")
    Partner.objects.filter(slug="abroad").update(iban="TR330006100519786457841326")
    Partner.objects.filter(slug="wool").update(name="🧶🧶")

    found = plan()

    assert {
        payout.partner.slug: (payout.payable, payout.amount, payout.reason)
        for payout in found.payouts
        if payout.partner
    } == {
        "owing": (-700, 0, "owes"),
        "wool": (200, 0, "no_name"),
        "homeless": (300, 0, "no_account"),
        "abroad": (400, 0, "no_account"),
        "poor": (500, 500, ""),
        "rich": (9_000, 9_000, ""),
    }
    assert (found.bank, found.pot, found.total) == (10_000, 10_000, 9_500)
    assert not Batch.objects.exists()
    assert all(plan_payouts.explain(payout.reason) for payout in found.payouts if not payout.amount)


def test_a_partner_whom_no_bank_can_pay_keeps_nobody_else_waiting() -> None:
    """Their data may be from before such data were refused."""
    rows.money_at_bank(3_000)
    for slug, name in (("wool", "🧶🧶"), ("labeur", "Labeur")):
        rows.payable(rows.partner(slug, name=name), 1_000)

    batch = plan_payouts.create_batch(as_of=TODAY, by=None, now=rows.NOW)

    assert batch is not None
    order_payouts.approve(batch=batch.public_id, by=None, now=rows.NOW)
    file = order_payouts.fetch_file(batch=batch.public_id, by=None, now=rows.NOW)
    assert b"<Nm>Labeur</Nm>" in bytes(file.content)
    assert bytes(file.content).count(b"EndToEndId") == 2


@pytest.mark.parametrize(
    ("name", "for_the_bank", "written"),
    [("Ateljé Één & Co", "", "Atelje Een + Co"), ("جمعية", "Jamiya vzw", "Jamiya vzw")],
)
def test_a_payout_has_the_name_that_the_bank_writes(name: str, for_the_bank: str, written: str) -> None:
    partner = rows.partner("partner", name=name)
    Partner.objects.update(bank_name=for_the_bank)
    rows.money_at_bank(1_000)
    rows.payable(partner, 1_000)

    plan_payouts.create_batch(as_of=TODAY, by=None, now=rows.NOW)

    assert Payout.objects.get().name == written


def test_only_what_became_payable_by_the_end_of_the_day_is_planned() -> None:
    labeur = rows.partner("labeur")
    rows.money_at_bank(10_000)
    rows.payable(labeur, 1_000)
    rows.payable(labeur, 2_000, at=rows.NOW + timedelta(days=3))

    assert plan().total == 1_000
    assert plan(TODAY + timedelta(days=3)).total == 3_000


def test_a_plan_for_a_past_day_pays_nothing_twice() -> None:
    approved(1_000)
    rows.money_at_bank(5_000)

    assert plan().payouts == ()


def test_a_day_that_has_not_come_is_planned_in_the_demo_alone(settings: Settings) -> None:
    rows.money_at_bank(1_000)
    rows.payable(rows.partner("labeur"), 1_000)
    tomorrow = TODAY + timedelta(days=1)
    settings.IS_DEMO = False
    for ahead in (plan, lambda day: plan_payouts.create_batch(as_of=day, by=None, now=rows.NOW)):
        with pytest.raises(Refusal, match="24/11/2026 moet nog komen"):
            ahead(tomorrow)
    assert plan().total == 1_000

    settings.IS_DEMO = True
    assert plan(tomorrow).total == 1_000


def test_planning_again_replaces_the_plan_that_waits() -> None:
    first = planned(1_000)
    rows.money_at_bank(500)
    rows.payable(Partner.objects.get(), 500)

    second = plan_payouts.create_batch(as_of=TODAY, by=None, now=rows.NOW)

    assert second is not None
    first.refresh_from_db()
    assert first.state == Batch.State.CANCELLED
    assert [(step.event, step.state) for step in first.steps.all()] == [("replace", "cancelled")]
    assert [payout.state for payout in first.payouts.all()] == [Payout.State.WITHDRAWN]
    assert [payout.amount_minor for payout in second.payouts.all()] == [1_500]
    with pytest.raises(Refusal, match="Dit plan is vervallen"):
        order_payouts.approve(batch=first.public_id, by=None, now=rows.NOW)


def test_a_look_at_a_day_on_which_nobody_is_paid_leaves_the_plan_that_waits() -> None:
    waiting = planned(1_000)
    assert plan_payouts.create_batch(as_of=date(2020, 1, 1), by=None, now=rows.NOW) is None
    waiting.refresh_from_db()
    assert waiting.state == Batch.State.PLANNED


def test_nobody_to_pay_makes_no_batch() -> None:
    assert plan_payouts.create_batch(as_of=TODAY, by=None, now=rows.NOW) is None
    assert not Batch.objects.exists()


def test_money_that_was_ordered_is_no_longer_in_the_pot() -> None:
    approved(1_000)
    rows.payable(rows.partner("late"), 600)

    found = plan()

    assert (found.bank, found.ordered, found.pot) == (1_000, 1_000, 0)
    assert [payout.reason for payout in found.payouts] == ["short"]


def test_a_plan_can_be_dropped_until_it_is_approved() -> None:
    batch = planned(1_000)
    for _ in range(2):
        plan_payouts.cancel(batch=batch.public_id, now=rows.NOW)
    again = plan_payouts.create_batch(as_of=TODAY, by=None, now=rows.NOW)
    assert again is not None
    order_payouts.approve(batch=again.public_id, by=None, now=rows.NOW)
    with pytest.raises(Refusal, match="al goedgekeurd"):
        plan_payouts.cancel(batch=again.public_id, now=rows.NOW)
    assert [step.event for step in batch.steps.all()] == ["drop"]


def test_an_unknown_plan_or_rail_is_refused() -> None:
    with pytest.raises(Refusal, match="bestaat niet"):
        plan_payouts.cancel(batch="bat-none", now=rows.NOW)
    with pytest.raises(Refusal, match="bankbestand"):
        plan_payouts.plan(as_of=TODAY, now=rows.NOW, rail="stripe")
