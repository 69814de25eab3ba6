"""The buttons for what Stripe could not pay back, on the pages of the order and of the exception, and in the rounds."""

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice.order_path import path_of
from fulfilment.flows import order_payouts
from fulfilment.flows.settle_payouts import fail
from fulfilment.gateways.saleor.values import SaleorTransaction
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Refund
from fulfilment.partners.models import User
from fulfilment.payouts.models import Batch, Payout
from tests.support import rows
from tests.support.bought import LAMP, NOW, STOOL, Bought, agree, bought, issues, ordered
from tests.support.by_bank import IBAN, OTHER_IBAN, at_the_bank, by_bank, failing, give, planned
from tests.support.pages import told


@pytest.fixture
def found(db: None) -> Bought:
    agree("SG-001", "SG-003")
    return bought(LAMP, STOOL)


def press(staff: Client, what: str, refund: Refund, **typed: str) -> str:
    address = reverse(f"backoffice:orders_order_{what}", args=[refund.order.pk])
    return told(staff.post(address, {"refund": refund.name, **typed}, follow=True))


def test_an_exception_says_what_really_can_be_done_and_has_the_buttons(staff: Client, found: Bought) -> None:
    refund = failing(found)
    raise_issue(OpenIssue.Kind.REFUND_FAILED, found.payment.reference, "Stripe kon het niet", NOW)
    issue = OpenIssue.objects.get(subject=found.payment.reference)
    page = told(staff.get(reverse("backoffice:inbox_openissue_change", args=[issue.pk])))
    assert "kies dan “Per overschrijving”" in page
    assert "De terugbetaling van €\N{NO-BREAK SPACE}289,00 mislukte." in page
    assert "Opnieuw proberen bij Stripe" in page
    page = press(staff, "refund_by_bank", refund)
    assert "De klant krijgt een mail om een rekeningnummer op te geven." in page
    assert Mail.objects.filter(key=f"refund:{refund.name}:account:1").exists()
    assert issues() == [f"account_awaited:{found.remote.number}"]


def test_an_operator_can_note_the_number_that_a_customer_tells(staff: Client, operator: User, found: Bought) -> None:
    refund = failing(found)
    press(staff, "refund_by_bank", refund)
    issue = OpenIssue.objects.get(kind=OpenIssue.Kind.ACCOUNT_AWAITED, resolved_at=None)
    assert "De klant geeft het nummer aan jou" in told(
        staff.get(reverse("backoffice:inbox_openissue_change", args=[issue.pk]))
    )
    assert "Dit rekeningnummer klopt niet." in press(staff, "refund_account", refund, holder="An", iban="BE00")
    page = press(staff, "refund_account", refund, holder="An Peeters", iban="BE71 0961 2345 6769")
    assert "gaat met de volgende ronde naar BE71 •••• 6769" in page
    assert (refund.accounts.get().given_by, issues()) == (operator, [])
    [step] = [step for step in path_of(found.order) if step.title == "Rekening opgegeven"]
    assert step.detail == "BE71 •••• 6769 · operator@example.com"


def test_who_noted_the_account_of_a_customer_does_not_approve_what_goes_to_it(
    staff: Client, operator: User, found: Bought
) -> None:
    refund = failing(found)
    press(staff, "refund_by_bank", refund)
    press(staff, "refund_account", refund, holder="An Peeters", iban="BE71 0961 2345 6769")
    rows.money_at_bank(100_000)
    batch = planned()
    approve = reverse("backoffice:payouts_batch_approve", args=[batch.pk])

    assert "Jij noteerde de rekening van een klant in dit plan." in told(staff.post(approve, follow=True))
    batch.refresh_from_db()
    assert batch.state == Batch.State.PLANNED

    colleague = Client()
    colleague.force_login(rows.user("finance@example.com", role="finance"))
    colleague.post(approve)
    batch.refresh_from_db()
    assert batch.state == Batch.State.APPROVED


def test_once_a_round_is_approved_only_the_customer_leads_its_money_elsewhere(staff: Client, found: Bought) -> None:
    refund = by_bank(failing(found))
    order_payouts.approve(batch=planned().public_id, by=None, now=NOW)
    assert "is al goedgekeurd" in press(staff, "refund_account", refund, holder="Ik", iban=OTHER_IBAN)
    assert refund.accounts.count() == 1
    give(refund, OTHER_IBAN)
    assert [row.iban for row in refund.accounts.all()] == [IBAN, OTHER_IBAN]


def seen_on(staff: Client, refund: Refund) -> str:
    """Which account the form on the order's page knows of."""
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[refund.order.pk])))
    [seen] = re.findall(rf'name="refund" value="{refund.name}"><input type="hidden" name="seen" value="(.*?)"', page)
    return str(seen)


def test_an_old_page_overwrites_no_account_that_the_customer_gave(staff: Client, found: Bought) -> None:
    refund = failing(found)
    press(staff, "refund_by_bank", refund)
    form = {"holder": "An Peeters", "iban": "NL91 ABNA 0417 1643 00", "seen": seen_on(staff, refund)}
    give(refund)
    page = press(staff, "refund_account", refund, **form)
    assert "Intussen gaf de klant een rekening op: BE71 •••• 6769." in page
    assert 'value="NL91 ABNA 0417 1643 00"' in page
    assert refund.accounts.count() == 1
    form["seen"] = seen_on(staff, refund)
    assert form["seen"] in page
    assert "gaat met de volgende ronde naar NL91 •••• 4300" in press(staff, "refund_account", refund, **form)
    assert "gaat met de volgende ronde naar NL91 •••• 4300" in press(staff, "refund_account", refund, **form)  # twice
    assert refund.accounts.count() == 2


def test_what_was_typed_wrong_stays_and_is_as_long_as_a_bank_takes(staff: Client, found: Bought) -> None:
    refund = failing(found)
    press(staff, "refund_by_bank", refund)
    page = press(staff, "refund_account", refund, holder="An <Peeters>", iban="BE00 1")
    assert "Dit rekeningnummer klopt niet." in page
    assert 'value="An &lt;Peeters&gt;"' in page
    assert 'value="BE00 1"' in page
    assert 'name="holder" type="text"' in page
    assert "maxlength" not in page.split('name="holder"')[1].split(">")[0]  # what is pasted is told, never cut


def test_an_old_button_promises_no_mail_to_who_gave_an_account(staff: Client, found: Bought) -> None:
    refund = failing(found)
    press(staff, "refund_by_bank", refund)
    give(refund)
    page = press(staff, "refund_by_bank", refund)
    assert "De klant krijgt een mail" not in page
    assert "Dit gaat al per overschrijving terug, naar BE71 •••• 6769." in page


def test_an_old_page_books_no_other_amount_than_it_showed(staff: Client, db: None) -> None:
    agree("SG-001")
    found = ordered(LAMP, paid=False)
    found.tell(replace(found.remote, transactions=(SaleorTransaction("of-another-app", "x", 29_850, 0, 0),)))
    address = reverse("backoffice:orders_order_change", args=[found.order.pk])
    assert 'name="seen" value="29850"' in told(staff.get(address))
    act = reverse("backoffice:orders_order_by_bank", args=[found.order.pk])
    assert "Dit bedrag veranderde intussen." in told(staff.post(act, {"seen": "10000"}, follow=True))
    assert "Geboekt op de bankrekening." in told(staff.post(act, {"seen": "29850"}, follow=True))


def test_a_button_for_a_refund_of_another_order_is_refused(staff: Client, found: Bought) -> None:
    refund = failing(bought(LAMP))
    address = reverse("backoffice:orders_order_refund_by_bank", args=[found.order.pk])
    page = told(staff.post(address, {"refund": refund.name}, follow=True))
    assert "Deze terugbetaling hoort niet bij deze bestelling." in page


def test_a_round_names_the_order_of_a_customer_and_nobody(staff: Client, found: Bought) -> None:
    refund = by_bank(failing(found))
    named = f"Klant, bestelling {found.remote.number}"
    plan = told(staff.get(reverse("backoffice:payouts_batch_plan")))
    assert named in plan
    assert "BE71 •••• 6769" in plan
    for what in ("change", "approve"):
        shown = told(staff.get(reverse(f"backoffice:payouts_batch_{what}", args=[planned().pk])))
        assert "BE71 •••• 6769" in shown
    batch = at_the_bank()
    page = told(staff.get(reverse("backoffice:payouts_batch_change", args=[batch.pk])))
    assert named in page
    assert "BE71 •••• 6769" in page
    assert "An Peeters" not in page
    payout = batch.payouts.get()
    address = reverse("backoffice:payouts_batch_fail", args=[batch.pk, payout.public_id])
    assert "De klant krijgt een mail om een andere rekening op te geven." in told(staff.get(address))
    fail(batch=batch.public_id, payout=payout.public_id, reason="Gesloten", now=NOW)
    assert [step.title for step in path_of(refund.order) if "verschrijving" in step.title] == [
        "Gaat per overschrijving terug",
        "Overschrijving opgedragen",
        "Overschrijving mislukt",
    ]


def test_a_customer_who_was_paid_is_told_as_one(staff: Client, found: Bought) -> None:
    by_bank(failing(found))
    batch = at_the_bank()
    args = [batch.pk, batch.payouts.get().public_id]
    page = told(staff.post(reverse("backoffice:payouts_batch_confirm_one", args=args), follow=True))
    assert "Bevestigd: deze klant is terugbetaald." in page
    came_back = staff.post(reverse("backoffice:payouts_batch_return", args=args), {"reason": "Gesloten"}, follow=True)
    assert "De klant krijgt een mail om een andere rekening op te geven." in told(came_back)


@pytest.mark.parametrize(
    ("partners", "sentence"),
    [(False, "Bevestigd: de klanten zijn terugbetaald."), (True, "Bevestigd: de partners en de klanten zijn betaald.")],
)
def test_a_round_says_whom_it_paid(staff: Client, found: Bought, partners: bool, sentence: str) -> None:
    by_bank(failing(found))
    if partners:
        rows.payable(rows.partner("labeur"), 1_000)
    batch = at_the_bank()
    page = told(staff.post(reverse("backoffice:payouts_batch_confirm", args=[batch.pk]), follow=True))
    assert sentence in page


def test_the_day_of_a_plan_that_is_too_far_is_told_in_dutch(staff: Client, found: Bought) -> None:
    page = told(staff.get(reverse("backoffice:payouts_batch_plan"), {"as_of": "3000-01-01"}))
    assert "Kies een dag tot en met 31 december 2999." in page


def test_rounds_of_partners_look_as_they_did(staff: Client, found: Bought) -> None:
    rows.payable(rows.partner("labeur"), 1_000)
    rows.money_at_bank(1_000)
    batch = at_the_bank()
    page = told(staff.get(reverse("backoffice:payouts_batch_change", args=[batch.pk])))
    assert "Labeur" in page
    assert Payout.objects.get().iban in page
