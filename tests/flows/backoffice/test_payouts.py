"""Paying partners in the back office: plan, approve, hand the file over, confirm, fail, withdraw."""

from django.test import Client
from django.urls import reverse

from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.partners.models import User
from fulfilment.payouts.models import Batch, Payout
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import told


def test_a_plan_is_looked_at_kept_approved_handed_over_and_confirmed(
    staff: Client, operator: User, house: House
) -> None:
    plan = told(staff.get(reverse("backoffice:payouts_batch_plan"), {"as_of": "2026-11-23"}))
    assert "€\u00a0123,45" in plan
    staff.post(reverse("backoffice:payouts_batch_create"), {"as_of": "2026-11-23"})
    batch = Batch.objects.get(state=Batch.State.PLANNED)
    assert batch.planned_by == operator

    approve = reverse("backoffice:payouts_batch_approve", args=[batch.pk])
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    staff.get(approve)
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    staff.post(approve)
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 12_345
    batch.refresh_from_db()
    assert batch.approved_by == operator

    file = staff.post(reverse("backoffice:payouts_batch_file", args=[batch.pk]))
    assert file.headers["Content-Type"] == "application/xml"
    assert "attachment" in file.headers["Content-Disposition"]
    assert batch.payouts.get().public_id in told(file)

    staff.post(reverse("backoffice:payouts_batch_confirm", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0


def test_one_payout_fails_with_the_banks_words(staff: Client, house: House) -> None:
    staff.post(reverse("backoffice:payouts_batch_approve", args=[house.batch.pk]))
    payout = house.batch.payouts.get()
    address = reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout.public_id])

    staff.post(address, {"reason": ""})
    assert Payout.objects.get().state == Payout.State.SENT
    staff.post(address, {"reason": "Rekening gesloten"})

    payout.refresh_from_db()
    assert (payout.state, payout.failure) == (Payout.State.FAILED, "Rekening gesloten")
    assert "Rekening gesloten" in told(staff.get(reverse("backoffice:payouts_batch_change", args=[house.batch.pk])))


def test_a_refusal_is_told_and_changes_nothing(staff: Client, house: House) -> None:
    rows.payable(house.labeur, -100)

    answer = staff.post(reverse("backoffice:payouts_batch_approve", args=[house.batch.pk]), follow=True)

    assert "Het saldo van Labeur is intussen veranderd" in told(answer)
    house.batch.refresh_from_db()
    assert house.batch.state == Batch.State.PLANNED


def test_there_is_no_file_before_approval(staff: Client, house: House) -> None:
    assert staff.get(reverse("backoffice:payouts_batch_file", args=[house.batch.pk])).status_code == 404


def approved(staff: Client, house: House) -> str:
    """Approve the batch of the house; the address of its file."""
    staff.post(reverse("backoffice:payouts_batch_approve", args=[house.batch.pk]))
    return reverse("backoffice:payouts_batch_file", args=[house.batch.pk])


def test_who_fetches_the_file_again_is_told_who_had_it_and_asked_first(
    staff: Client, operator: User, house: House
) -> None:
    address = approved(staff, house)
    first = staff.post(address)
    house.batch.refresh_from_db()
    assert house.batch.fetched_by == operator
    assert f"door {operator}" in told(staff.get(reverse("backoffice:payouts_batch_change", args=[house.batch.pk])))

    for again in (staff.get(address), staff.post(address)):
        assert again.headers["Content-Type"].startswith("text/html")
        assert "Dit bestand werd al opgehaald" in told(again)
    second = staff.post(address, {"again": "1"})

    assert told(second) == told(first)


def test_a_file_that_the_bank_worked_through_is_only_for_the_records(staff: Client, house: House) -> None:
    address = approved(staff, house)
    staff.post(address)
    payout = house.batch.payouts.get().public_id
    staff.post(reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout]), {"reason": "Rekening gesloten"})

    assert "De bank heeft dit bestand al verwerkt" in told(staff.post(address))
    kept = staff.post(address, {"again": "1"})

    assert "-verwerkt.xml" in kept.headers["Content-Disposition"]
    page = told(staff.get(reverse("backoffice:payouts_batch_change", args=[house.batch.pk])))
    assert "Bestand voor de bank ophalen" not in page


def test_a_round_whose_file_never_went_to_the_bank_is_withdrawn(staff: Client, house: House) -> None:
    file = approved(staff, house)
    withdraw = reverse("backoffice:payouts_batch_withdraw", args=[house.batch.pk])
    assert "wordt iedereen twee keer betaald" in told(staff.get(withdraw))
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 12_345

    staff.post(withdraw)

    house.batch.refresh_from_db()
    assert house.batch.state == Batch.State.CANCELLED
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=house.labeur.pk) == 12_345
    assert staff.post(file, {"again": "1"}).status_code == 404


def test_who_comes_too_late_to_say_that_a_payout_failed_reads_why_and_gets_no_form(staff: Client, house: House) -> None:
    payout = house.batch.payouts.get()
    fail = reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout.public_id])
    reasons = {
        Payout.State.PLANNED: "Dit plan is nog niet goedgekeurd.",
        Payout.State.CONFIRMED: "Deze uitbetaling is al bevestigd.",
        Payout.State.FAILED: "Deze uitbetaling is als mislukt geboekt.",
        Payout.State.WITHDRAWN: "Deze uitbetaling is ingetrokken.",
    }
    for state, why in reasons.items():
        house.batch.payouts.update(state=state)
        for answer in (staff.get(fail, follow=True), staff.post(fail, {"reason": ""}, follow=True)):
            assert answer.redirect_chain == [(reverse("backoffice:payouts_batch_change", args=[house.batch.pk]), 302)]
            assert why in told(answer)


def test_what_failed_is_no_part_of_what_a_round_paid(staff: Client, house: House) -> None:
    rows.payable(house.sep, 5_000)
    staff.post(reverse("backoffice:payouts_batch_create"), {"as_of": "2026-11-23"})
    batch = Batch.objects.get(state=Batch.State.PLANNED)
    staff.post(reverse("backoffice:payouts_batch_approve", args=[batch.pk]))
    page = reverse("backoffice:payouts_batch_change", args=[batch.pk])
    assert "€\u00a0173,45" in told(staff.get(page))

    failed = batch.payouts.get(partner=house.sep).public_id
    staff.post(reverse("backoffice:payouts_batch_fail", args=[batch.pk, failed]), {"reason": "Rekening gesloten"})
    staff.post(reverse("backoffice:payouts_batch_confirm", args=[batch.pk]))

    answer = staff.get(page)
    assert answer.context["total"] == 12_345
    assert answer.context["sums"] == [("Betaald", 12_345), ("Mislukt", 5_000)]
    assert "€\u00a0173,45" not in told(answer)
    listed = told(staff.get(reverse("backoffice:payouts_batch_changelist"), {"state__exact": "confirmed"}))
    assert "€\u00a0123,45" in listed
    assert "€\u00a0173,45" not in listed


def test_a_plan_that_waits_for_money_that_is_under_way_says_so(staff: Client, house: House) -> None:
    rows.payable(house.sep, 60_000)
    plan = reverse("backoffice:payouts_batch_plan")
    assert "onderweg van Stripe" not in told(staff.get(plan))

    rows.money_on_its_way(50_000 + 70_000)  # of which the first fifty are those at the bank

    assert "€\u00a0700,00 is onderweg van Stripe naar de bank." in told(staff.get(plan))
