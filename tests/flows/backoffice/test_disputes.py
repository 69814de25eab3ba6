"""What the back office tells of a dispute, and asks: what to send until when, and who bears one that was lost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.backoffice.order_path import path_of
from fulfilment.inbox.models import OpenIssue
from fulfilment.payments.models import Dispute
from tests.support.bought import NOW, Bought, issues
from tests.support.disputing import Bank, a_lamp, bank_of, lost
from tests.support.pages import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> Bought:
    return a_lamp()


@pytest.fixture
def bank(found: Bought) -> Bank:
    return bank_of(found)


def issue_of(dispute_id: str) -> OpenIssue:
    return OpenIssue.objects.get(subject=f"dispute:{dispute_id}", resolved_at=None)


def address(issue: OpenIssue, what: str = "change") -> str:
    return reverse(f"backoffice:inbox_openissue_{what}", args=[issue.pk])


def test_the_page_of_the_exception_says_what_to_send_where_and_until_when(staff: Client, bank: Bank) -> None:
    dispute = bank.opens(reason="product_not_received")
    bank.look(dispute)

    page = told(staff.get(address(issue_of(dispute))))

    for text in ("€\u00a0298,50", "Betwist: bewijs nodig", "trackingcode", "Antwoorden bij Stripe", "aankwam"):
        assert text in page
    assert "Wie draagt het?" not in page


def test_of_one_that_was_lost_it_shows_who_would_give_what_and_books_what_is_chosen(staff: Client, bank: Bank) -> None:
    dispute = lost(bank)
    issue = issue_of(dispute)
    page = told(staff.get(address(issue)))
    assert "Het platform" in page
    assert "Maker-sg-001" in page

    answer = staff.post(address(issue, "bear"), {"policy": "shared"}, follow=True)

    assert "Geboekt" in told(answer)
    row = Dispute.objects.get()
    assert (row.state, row.borne_by) == (Dispute.State.BORNE, "shared")
    assert row.steps.latest("pk").by is not None
    assert issues() == []


@pytest.mark.parametrize("policy", ["", "nobody"])
def test_without_a_choice_nothing_is_booked(staff: Client, bank: Bank, policy: str) -> None:
    dispute = lost(bank)

    answer = staff.post(address(issue_of(dispute), "bear"), {"policy": policy}, follow=True)

    assert "Kies wie het draagt." in told(answer)
    assert Dispute.objects.get().state == Dispute.State.LOST


def test_an_exception_that_is_no_dispute_has_nobody_to_bear_it(staff: Client, bank: Bank) -> None:
    issue = OpenIssue.objects.create(
        kind=OpenIssue.Kind.UNROUTED, subject="1", message="", first_seen_at=NOW, last_seen_at=NOW
    )
    assert "Kies wie het draagt." in told(staff.post(address(issue, "bear"), {"policy": "shared"}, follow=True))
    gone = reverse("backoffice:inbox_openissue_bear", args=[issue.pk + 1])
    assert staff.post(gone, {"policy": "shared"}).status_code == 404


def test_the_order_and_the_payment_tell_of_it(staff: Client, found: Bought, bank: Bank) -> None:
    dispute = bank.opens()
    bank.look(dispute, now=NOW + timedelta(minutes=1))
    bank.answered(dispute)
    bank.look(dispute, now=NOW + timedelta(minutes=2))
    order = found.order

    path = [(step.detail.split(" · ")[-1], step.tone) for step in path_of(order) if step.title == "Betaling betwist"]
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[order.pk])))
    payment = told(staff.get(reverse("backoffice:payments_payment_change", args=[found.payment.pk])))

    assert path == [("Betwist: bewijs nodig", "alert"), ("Betwist: de bank bekijkt ons bewijs", "")]
    assert "Betwist: de bank bekijkt ons bewijs" in page
    assert "De makers worden voor deze bestelling niet betaald" in page
    assert "niet kocht" in payment


def test_the_page_for_giving_money_back_says_why_it_cannot(staff: Client, found: Bought, bank: Bank) -> None:
    refund = reverse("backoffice:orders_order_refund", args=[found.order.pk])
    assert "Niet meer gewenst" in told(staff.get(refund))
    bank.look(bank.opens())

    page = told(staff.get(refund))

    assert "De bank van de klant nam van deze betaling terug." in page
    assert "Niet meer gewenst" not in page
