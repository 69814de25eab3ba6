"""Paying partners in the back office: plan, approve, hand the file over, confirm, fail, withdraw."""

import time
from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import Settings

from fulfilment.flows import plan_payouts
from fulfilment.inbox.models import OpenIssue
from fulfilment.ledger import balances
from fulfilment.ledger.accounts import Account
from fulfilment.partners.models import User
from fulfilment.payouts.models import BankFile, Batch, Collection, Payout
from tests.support import rows
from tests.support.furnished import House
from tests.support.money import StripeInMemory
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

    assert "Alles is betaald" not in told(staff.get(reverse("backoffice:payouts_batch_change", args=[batch.pk])))
    page = staff.post(reverse("backoffice:payouts_batch_file", args=[batch.pk]), follow=True)
    assert "Alles is betaald" in told(page)
    file = staff.get(page.context["download"])
    assert file.headers["Content-Type"] == "application/xml"
    assert "attachment" in file.headers["Content-Disposition"]
    assert batch.payouts.get().public_id in told(file)
    batch.refresh_from_db()
    assert batch.state == Batch.State.FETCHED

    staff.post(reverse("backoffice:payouts_batch_confirm", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == Batch.State.CONFIRMED
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0


def test_nothing_is_paid_or_failed_before_the_file_was_fetched(staff: Client, house: House) -> None:
    approved(staff, house)
    batch, payout = house.batch, house.batch.payouts.get()
    page = reverse("backoffice:payouts_batch_change", args=[batch.pk])
    for address in (
        reverse("backoffice:payouts_batch_confirm", args=[batch.pk]),
        reverse("backoffice:payouts_batch_confirm_one", args=[batch.pk, payout.public_id]),
        reverse("backoffice:payouts_batch_fail", args=[batch.pk, payout.public_id]),
    ):
        assert address not in told(staff.get(page))
        answer = staff.post(address, {"reason": "Rekening gesloten"}, follow=True)
        assert "nog niet opgehaald" in told(answer)
    batch.refresh_from_db()
    assert batch.state == Batch.State.APPROVED


def test_one_payout_fails_with_the_banks_words(staff: Client, house: House) -> None:
    staff.post(approved(staff, house))
    payout = house.batch.payouts.get()
    address = reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout.public_id])

    staff.post(address, {"reason": ""})
    assert Payout.objects.get().state == Payout.State.SENT
    staff.post(address, {"reason": "Rekening gesloten"})

    payout.refresh_from_db()
    assert (payout.state, payout.failure) == (Payout.State.FAILED, "Rekening gesloten")
    assert "Rekening gesloten" in told(staff.get(reverse("backoffice:payouts_batch_change", args=[house.batch.pk])))


def test_what_the_bank_sends_back_days_later_is_booked_back_on_the_page_of_its_round(
    staff: Client, operator: User, house: House
) -> None:
    staff.post(approved(staff, house))
    staff.post(reverse("backoffice:payouts_batch_confirm", args=[house.batch.pk]))
    payout = house.batch.payouts.get()
    page = reverse("backoffice:payouts_batch_change", args=[house.batch.pk])
    address = reverse("backoffice:payouts_batch_return", args=[house.batch.pk, payout.public_id])
    assert address in told(staff.get(page))
    assert "aan Labeur kwam terug" in told(staff.get(address))

    answer = staff.post(address, {"reason": "Rekening gesloten"}, follow=True)

    payout.refresh_from_db()
    assert payout.state == Payout.State.RETURNED
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=house.labeur.pk) == 12_345
    assert "Labeur: Rekening gesloten" in told(answer)
    assert answer.context["total"] == 0
    assert answer.context["batch"].state == Batch.State.CONFIRMED
    assert [row.by for row in answer.context["history"]][-1] == operator.email
    assert "als teruggekomen geboekt" in told(staff.get(address, follow=True))


def test_the_page_tells_all_that_happened_and_what_happened_at_once_in_one_line(staff: Client, house: House) -> None:
    rows.payable(house.sep, 5_000)
    staff.post(reverse("backoffice:payouts_batch_create"), {"as_of": "2026-11-23"})
    batch = Batch.objects.get(state=Batch.State.PLANNED)
    for name in ("approve", "file", "confirm"):
        staff.post(reverse(f"backoffice:payouts_batch_{name}", args=[batch.pk]))

    history = staff.get(reverse("backoffice:payouts_batch_change", args=[batch.pk])).context["history"]

    assert [(row.what, row.note) for row in history] == [
        ("Gepland", ""),
        ("Goedgekeurd", "€\u00a0173,45 in 2 betalingen; grens voor wie zelf plande: €\u00a0100.000,00"),
        ("Bestand voor de bank opgehaald", ""),
        ("Betaald", "Labeur, Sep Verboom"),
        ("Alles afgehandeld", ""),
    ]


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


def handed_out(staff: Client, address: str, **asked: str) -> str:
    """What is in the file that somebody is handed out."""
    page = staff.post(address, asked, follow=True)
    assert f'content="0;url={escape(page.context["download"])}"' in told(page)
    return told(staff.get(page.context["download"]))


def test_who_fetches_the_file_again_is_told_who_had_it_and_asked_first(
    staff: Client, operator: User, house: House
) -> None:
    address = approved(staff, house)
    first = handed_out(staff, address)
    assert BankFile.objects.get().made_by == operator
    assert operator.email in told(staff.get(reverse("backoffice:payouts_batch_change", args=[house.batch.pk])))

    for again in (staff.get(address), staff.post(address)):
        assert again.headers["Content-Type"].startswith("text/html")
        assert "Dit bestand werd al opgehaald" in told(again)
        assert f"door {operator}" in told(again)

    assert handed_out(staff, address, again="1") == first


def test_the_file_is_for_who_it_was_handed_out_to_and_for_a_minute(staff: Client, house: House) -> None:
    address = approved(staff, house)
    download = staff.post(address, follow=True).context["download"]
    other = Client()
    other.force_login(rows.user("ander@example.com", staff=True))
    assert "Dit bestand werd al opgehaald" in told(other.get(download))
    with mock.patch("django.core.signing.time.time", return_value=time.time() + 61):
        assert "Dit bestand werd al opgehaald" in told(staff.get(download))
    assert "Dit bestand werd al opgehaald" in told(staff.get(f"{address}?bestand=verzonnen"))


def test_before_it_was_fetched_a_link_to_the_file_leads_to_the_round(staff: Client, house: House) -> None:
    address = approved(staff, house)
    assert staff.get(address).headers["Location"] == reverse("backoffice:payouts_batch_change", args=[house.batch.pk])
    assert not BankFile.objects.exists()


def test_a_file_whose_day_went_by_is_asked_about_and_made_for_a_new_day(staff: Client, house: House) -> None:
    address = approved(staff, house)
    handed_out(staff, address)
    BankFile.objects.update(execute_on=timezone.localdate() - timedelta(days=19))
    page = reverse("backoffice:payouts_batch_change", args=[house.batch.pk])
    assert "is voorbij" in told(staff.get(page))
    assert "Die dag is voorbij" in told(staff.get(address))

    handed_out(staff, address, again="1")

    assert BankFile.objects.count() == 2
    assert BankFile.objects.latest("pk").execute_on > timezone.localdate()
    assert "Bestand opnieuw opgehaald" in told(staff.get(page))
    assert "is voorbij" not in told(staff.get(page))


def test_a_file_that_the_bank_worked_through_is_only_for_the_records(staff: Client, house: House) -> None:
    address = approved(staff, house)
    staff.post(address)
    payout = house.batch.payouts.get().public_id
    staff.post(reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout]), {"reason": "Rekening gesloten"})

    assert "De bank heeft dit bestand al verwerkt" in told(staff.post(address))
    kept = staff.get(staff.post(address, {"again": "1"}, follow=True).context["download"])

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
    assert house.batch.state == Batch.State.WITHDRAWN
    assert balances.balance(Account.PAYOUTS_TRANSIT) == 0
    assert balances.balance(Account.PARTNER_PAYABLE, partner_id=house.labeur.pk) == 12_345
    assert staff.post(file, {"again": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("batch_state", "payout_state", "why"),
    [
        ("planned", "planned", "Dit plan is nog niet goedgekeurd."),
        ("approved", "sent", "Het bestand van deze ronde is nog niet opgehaald"),
        ("cancelled", "withdrawn", "Dit plan is vervallen"),
        ("withdrawn", "withdrawn", "Deze ronde is ingetrokken"),
        ("fetched", "confirmed", "Deze uitbetaling is al bevestigd."),
        ("fetched", "failed", "Deze uitbetaling is als mislukt geboekt."),
        ("confirmed", "returned", "Deze uitbetaling is als teruggekomen geboekt."),
    ],
)
def test_who_comes_too_late_to_say_that_a_payout_failed_reads_why_and_gets_no_form(
    staff: Client, house: House, batch_state: str, payout_state: str, why: str
) -> None:
    payout = house.batch.payouts.get()
    fail = reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout.public_id])
    Batch.objects.update(state=batch_state)
    house.batch.payouts.update(state=payout_state)
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

    staff.post(reverse("backoffice:payouts_batch_file", args=[batch.pk]))
    failed = batch.payouts.get(partner=house.sep).public_id
    staff.post(reverse("backoffice:payouts_batch_fail", args=[batch.pk, failed]), {"reason": "Rekening gesloten"})
    staff.post(reverse("backoffice:payouts_batch_confirm", args=[batch.pk]))

    answer = staff.get(page)
    assert answer.context["total"] == 12_345
    assert answer.context["sums"] == [("Betaald", 12_345), ("Mislukt", 5_000)]
    listed = told(staff.get(reverse("backoffice:payouts_batch_changelist"), {"state__exact": "confirmed"}))
    assert "€\u00a0123,45" in listed
    assert "€\u00a0173,45" not in listed


def test_a_plan_that_waits_for_money_that_is_under_way_says_so(staff: Client, house: House) -> None:
    rows.payable(house.sep, 60_000)
    plan = reverse("backoffice:payouts_batch_plan")
    assert "onderweg van Stripe" not in told(staff.get(plan))

    rows.money_on_its_way(50_000 + 70_000)  # of which the first fifty are those at the bank

    assert "€\u00a0700,00 is onderweg van Stripe naar de bank." in told(staff.get(plan))


# --- before anything is paid ------------------------------------------------------------------------------------------


def test_a_day_that_has_not_come_is_looked_at_in_the_demo_alone_which_says_so(
    staff: Client, house: House, settings: Settings
) -> None:
    ahead = (timezone.localdate() + timedelta(days=30)).isoformat()
    plan = reverse("backoffice:payouts_batch_plan")
    assert "Dit is de demo: hier mag je vooruitkijken" in told(staff.get(plan, {"as_of": ahead}))

    settings.IS_DEMO = False
    refused = told(staff.get(plan, {"as_of": ahead}))
    assert "moet nog komen. Vrijgeven en uitbetalen kan tot en met vandaag." in refused
    assert "Plan bewaren" not in refused
    for what in ("release", "create"):
        answer = staff.post(reverse(f"backoffice:payouts_batch_{what}"), {"as_of": ahead}, follow=True)
        assert "moet nog komen" in told(answer)
    assert Batch.objects.count() == 1


def test_collecting_says_what_was_sent_and_where_nothing_was_why(
    staff: Client, operator: User, house: House, settings: Settings
) -> None:
    settings.STRIPE_RESERVE_MINOR = 5_000
    collect = reverse("backoffice:payouts_batch_collect")
    with StripeInMemory(available=32_411).connected():
        sent = told(staff.post(collect, follow=True))
        nothing = told(staff.post(collect, follow=True))
    assert "Stripe stuurt €\u00a0274,11 naar de bank." in sent
    assert "Er is nu niets op te halen. Bij Stripe staat €\u00a050,00 vrij" in nothing
    assert "Onderweg" in nothing
    assert Collection.objects.get().asked_by == operator


def test_below_zero_at_stripe_stands_on_the_overview_and_beside_the_button(staff: Client, house: House) -> None:
    OpenIssue.objects.all().delete()
    Batch.objects.update(state=Batch.State.CANCELLED)
    assert "Alles loopt vanzelf" in told(staff.get(reverse("backoffice:index")))
    with StripeInMemory(available=-1_000).connected():
        answer = staff.post(reverse("backoffice:payouts_batch_collect"), follow=True)
    assert "in het rood" in told(answer)
    overview = told(staff.get(reverse("backoffice:index")))
    assert "Alles loopt vanzelf" not in overview
    assert "In het rood bij Stripe" in overview
    issue = told(staff.get(reverse("backoffice:inbox_openissue_change", args=[OpenIssue.objects.get().pk])))
    assert "Haal geen geld op bij Stripe tot dit weg is." in issue
    assert "Naar het geld van Stripe" in issue


def test_the_overview_says_whose_turn_it_is_with_a_round(staff: Client, house: House) -> None:
    address = approved(staff, house)
    assert "is goedgekeurd: haal het bestand op" in told(staff.get(reverse("backoffice:index")))
    staff.post(address)
    assert "is onderweg: bevestig ze" in told(staff.get(reverse("backoffice:index")))


@pytest.fixture
def planned_by_operator(operator: User) -> Batch:
    rows.payable(rows.partner("compaan"), 5_001)
    rows.money_at_bank(10_000)
    made = plan_payouts.create_batch(as_of=timezone.localdate(), by=operator, now=timezone.now())
    assert made is not None
    return made


def test_who_plans_does_not_approve_above_the_limit(
    staff: Client, settings: Settings, planned_by_operator: Batch
) -> None:
    settings.APPROVAL_LIMIT_MINOR = 5_000
    batch = planned_by_operator
    page = reverse("backoffice:payouts_batch_change", args=[batch.pk])
    approve = reverse("backoffice:payouts_batch_approve", args=[batch.pk])

    assert "Laat een collega het nakijken" in told(staff.get(page))
    assert approve not in told(staff.get(page))
    assert staff.get(approve)["Location"] == page
    assert "Laat een collega het nakijken" in told(staff.post(approve, follow=True))
    batch.refresh_from_db()
    assert batch.state == Batch.State.PLANNED

    colleague = Client()
    colleague.force_login(rows.user("finance@example.com", role="finance"))
    text = told(colleague.post(approve, follow=True))
    assert "€\u00a050,01 in 1 betaling; grens voor wie zelf plande: €\u00a050,00" in text
    batch.refresh_from_db()
    assert batch.state == Batch.State.APPROVED


def test_up_to_the_limit_one_person_does_both(staff: Client, settings: Settings, planned_by_operator: Batch) -> None:
    settings.APPROVAL_LIMIT_MINOR = 5_001

    staff.post(reverse("backoffice:payouts_batch_approve", args=[planned_by_operator.pk]))

    planned_by_operator.refresh_from_db()
    assert planned_by_operator.state == Batch.State.APPROVED
