"""The page of an exception: which payment and order it is about, how those stand, and what the operator can do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fulfilment.entrypoints.backoffice.wording import SUBJECTS, WHAT_TO_DO
from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import Mark, OpenIssue
from fulfilment.life import move
from fulfilment.payments.models import Payment
from tests.support import rows
from tests.support.furnished import House
from tests.support.pages import told


def page_about(staff: Client, subject: str, kind: str = OpenIssue.Kind.REFUND_FAILED) -> str:
    raise_issue(kind, subject, "Er is iets.", rows.NOW)
    issue = OpenIssue.objects.get(kind=kind, subject=subject)
    return told(staff.get(reverse("backoffice:inbox_openissue_change", args=[issue.pk])))


def link(name: str, pk: int) -> str:
    return f'href="{reverse(f"backoffice:{name}_change", args=[pk])}"'


def test_one_about_a_payment_tells_its_amount_its_state_and_its_order(staff: Client, house: House) -> None:
    Payment.objects.filter(pk=house.payment.pk).update(state=Payment.State.ORDERED, paid_at=rows.NOW)

    page = page_about(staff, house.payment.reference)

    assert "€\u00a0587,50" in page
    assert "Bestelling gemaakt" in page
    assert link("payments_payment", house.payment.pk) in page
    assert link("orders_order", house.order.pk) in page
    assert "De klant wacht op geld." in page


def test_one_about_a_payment_without_an_order_says_that_there_is_none(staff: Client, house: House) -> None:
    Payment.objects.filter(pk=house.payment.pk).update(
        state=Payment.State.RETURNING, saleor_order_id="", because=Payment.Because.SOLD_OUT
    )

    page = page_about(staff, house.payment.reference, OpenIssue.Kind.PAID_WITHOUT_ORDER)

    assert "nog geen" in page
    assert "Gaat terug" in page
    assert "iets is net uitverkocht" in page
    assert "€\u00a0587,50" in page
    assert "of de klant krijgt het geld terug" in page


@pytest.mark.parametrize("subject", ["tra-1", "session:cs_1", "intent:pi_1", "refund:re_1"])
def test_a_payment_is_found_by_every_name_it_has_outside(subject: str, staff: Client, house: House) -> None:
    Payment.objects.filter(pk=house.payment.pk).update(stripe_session_id="cs_1", payment_intent_id="pi_1")
    house.payment.refunds.create(
        idempotency_key="refund-1", stripe_refund_id="re_1", amount_minor=1_234, asked_at=rows.NOW
    )

    page = page_about(staff, subject)

    assert link("payments_payment", house.payment.pk) in page
    assert "€\u00a012,34" in page


@pytest.mark.parametrize("mark", ["", "order", "confirmation", "parcel"])
def test_an_order_is_found_by_its_number_and_by_what_waits_for_it(mark: str, staff: Client, house: House) -> None:
    names = {
        "": house.order.number,
        "order": f"order:{house.order.saleor_id}",
        "confirmation": f"confirmation:{house.order.public_id}",
        "parcel": f"parcel:{house.task.parcels.get().public_id}",
    }
    assert link("orders_order", house.order.pk) in page_about(staff, names[mark])


def test_one_about_an_order_tells_what_was_paid_for_it(staff: Client, house: House) -> None:
    Payment.objects.filter(pk=house.payment.pk).update(paid_at=rows.NOW)
    house.order.checkout_id = house.payment.checkout_id
    house.order.save(update_fields=["checkout_id"])

    assert link("payments_payment", house.payment.pk) in page_about(staff, "42", OpenIssue.Kind.PAID_TWICE)


def test_one_about_neither_tells_its_subject(staff: Client, house: House) -> None:
    page = page_about(staff, "thing:thing_1", OpenIssue.Kind.GATEWAY)
    assert "thing:thing_1" in page
    assert "De betaling" not in page


def test_there_is_something_to_do_about_every_kind() -> None:
    assert set(WHAT_TO_DO) == set(OpenIssue.Kind)


def test_what_is_solved_asks_for_nothing(staff: Client, house: House) -> None:
    address = reverse("backoffice:inbox_openissue_change", args=[house.issue.pk])
    assert "Wat kun je doen?" in staff.get(address).content.decode()
    staff.post(address, {"note": "Overeenkomst gemaakt."})
    assert "Wat kun je doen?" not in staff.get(address).content.decode()


def test_money_without_an_order_that_stripe_could_not_give_back_is_transferred_with_one_press(
    staff: Client, house: House
) -> None:
    Payment.objects.filter(pk=house.payment.pk).update(
        state=Payment.State.RETURNING, saleor_order_id="", paid_at=rows.NOW, payment_intent_id="pi_1"
    )
    failed = house.payment.refunds.create(idempotency_key="refund-1", amount_minor=58_750, asked_at=rows.NOW)
    move(failed, "refuse", now=rows.NOW)

    page = page_about(staff, house.payment.reference)
    issue = OpenIssue.objects.get(kind=OpenIssue.Kind.REFUND_FAILED)
    address = reverse("backoffice:inbox_openissue_transfer", args=[issue.pk])

    assert "€\u00a0587,50 is overgeschreven. Dit kan ik hier niet terugnemen." in page
    assert address in page
    assert "Zeg eerst dat het overgeschreven is." in told(staff.post(address, follow=True))
    for said in ("Geboekt als overgeschreven", "valt er niets (meer) over te schrijven"):
        assert said in told(staff.post(address, {"transferred": "on"}, follow=True))
    assert OpenIssue.objects.get(pk=issue.pk).resolved_at is not None


def test_every_kind_of_subject_has_a_name_for_people() -> None:
    assert set(Mark.Kind) <= set(SUBJECTS)


def test_the_list_says_in_words_what_an_exception_is_about(staff: Client, db: None) -> None:
    for subject in ("parcel:pcl_1", "sweep:saleor", "42"):
        raise_issue(OpenIssue.Kind.GATEWAY, subject, "Er is iets.", rows.NOW)

    page = told(staff.get(reverse("backoffice:inbox_openissue_changelist")))

    assert "Pakket pcl_1" in page
    assert "Ronde langs Saleor" in page
    assert "sweep:" not in page


@pytest.mark.parametrize(
    ("ago", "said"),
    [(timedelta(), "net"), (timedelta(hours=3, minutes=20), "al 3\xa0uur"), (timedelta(days=2), "al 2\xa0dagen")],
)
def test_the_first_page_says_how_long_something_waits(staff: Client, db: None, ago: timedelta, said: str) -> None:
    raise_issue(OpenIssue.Kind.GATEWAY, "42", "Er is iets.", timezone.now() - ago)
    assert f'<span class="bo-soft">{said}</span>' in told(staff.get(reverse("backoffice:index")))
