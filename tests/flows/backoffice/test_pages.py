"""Every page of the back office: staff sees it, nobody else does, and what is only read cannot be written."""

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.ledger.models import Entry
from tests.support import rows
from tests.support.furnished import House

LISTS = [
    "inbox_openissue",
    "orders_order",
    "production_task",
    "payouts_batch",
    "payments_payment",
    "ledger_entry",
    "partners_partner",
    "agreements_agreement",
    "partners_user",
]


def pages(house: House) -> list[str]:
    """The address of every page that is looked at."""
    entry = Entry.objects.filter(postings__order=house.order).earliest("pk")
    payout = house.batch.payouts.get()
    of_batch = {
        name: reverse(f"backoffice:payouts_batch_{name}", args=[house.batch.pk]) for name in ("approve", "confirm")
    }
    return [
        reverse("backoffice:index"),
        reverse("backoffice:balances"),
        reverse("backoffice:payouts_batch_plan"),
        *(reverse(f"backoffice:{name}_changelist") for name in LISTS),
        *of_batch.values(),
        reverse("backoffice:payouts_batch_fail", args=[house.batch.pk, payout.public_id]),
        reverse("backoffice:orders_order_change", args=[house.order.pk]),
        reverse("backoffice:orders_order_refund", args=[house.order.pk]),
        reverse("backoffice:inbox_openissue_change", args=[house.issue.pk]),
        reverse("backoffice:payments_payment_change", args=[house.payment.pk]),
        reverse("backoffice:payouts_batch_change", args=[house.batch.pk]),
        reverse("backoffice:ledger_entry_change", args=[entry.pk]),
        reverse("backoffice:partners_partner_change", args=[house.labeur.pk]),
        reverse("backoffice:partners_partner_add"),
        reverse("backoffice:agreements_agreement_change", args=[house.lamp.pk]),
        reverse("backoffice:agreements_agreement_add"),
        reverse("backoffice:partners_user_add"),
    ]


def test_staff_sees_every_page(staff: Client, house: House) -> None:
    for address in pages(house):
        assert staff.get(address).status_code == 200, address


def test_who_is_not_logged_in_is_sent_to_the_login_of_the_house(client: Client, house: House) -> None:
    for address in pages(house):
        answer = client.get(address, follow=True)
        assert answer.redirect_chain[-1][0].startswith(reverse("account_login")), address


def test_a_job_coach_sees_no_page(client: Client, house: House) -> None:
    client.force_login(rows.user("coach@example.com"))
    for address in pages(house):
        assert client.get(address, follow=True).status_code == 403, address


def test_logging_out_ends_at_the_login(staff: Client) -> None:
    answer = staff.post(reverse("backoffice:logout"))
    assert answer.status_code == 302
    assert staff.get(reverse("backoffice:index")).status_code == 302


@pytest.mark.parametrize(
    "name", ["ledger_entry", "orders_order", "payments_payment", "payouts_batch", "production_task", "inbox_openissue"]
)
def test_nothing_is_added_or_deleted_by_hand(name: str, staff: Client, house: House) -> None:
    assert staff.post(reverse(f"backoffice:{name}_add"), {}).status_code == 403
    assert staff.post(reverse(f"backoffice:{name}_delete", args=[1]), {"post": "yes"}).status_code in (403, 302)
    assert Entry.objects.exists()


def test_an_entry_of_the_ledger_cannot_be_changed(staff: Client, house: House) -> None:
    entry = Entry.objects.earliest("pk")
    address = reverse("backoffice:ledger_entry_change", args=[entry.pk])

    assert staff.post(address, {"key": "changed", "kind": "changed"}).status_code == 403

    entry.refresh_from_db()
    assert entry.key != "changed"


def test_the_first_page_says_what_needs_a_person_and_where_the_money_is(staff: Client, house: House) -> None:
    page = staff.get(reverse("backoffice:index")).content.decode()
    assert "Voor Zit geldt geen overeenkomst." in page
    assert "wacht op goedkeuring" in page
    assert "€\u00a0500,00" in page


def test_the_page_of_an_order_tells_its_path_its_shares_and_that_it_adds_up(staff: Client, house: House) -> None:
    page = staff.get(reverse("backoffice:orders_order_change", args=[house.order.pk])).content.decode()
    for told in (
        "Bestelling 42",
        "volgens het plan bij de betaling",
        "Pakket van Labeur",
        "nog niet aan Saleor gemeld",
        "€\u00a0286,61",
        "Debet en credit zijn gelijk",
        "an@example.com",
    ):
        assert told in page


def test_a_task_opens_the_page_of_its_order(staff: Client, house: House) -> None:
    answer = staff.get(reverse("backoffice:production_task_change", args=[house.task.pk]))
    assert answer.headers["Location"] == reverse("backoffice:orders_order_change", args=[house.order.pk])


def test_orders_are_found_by_number_and_by_stage(staff: Client, house: House) -> None:
    address = reverse("backoffice:orders_order_changelist")
    assert "#42" in staff.get(address, {"q": "42"}).content.decode()
    assert "#42" in staff.get(address, {"fase": "making"}).content.decode()
    for empty in ({"q": "nobody"}, {"fase": "unrouted"}, {"fase": "refunded"}):
        assert "#42" not in staff.get(address, empty).content.decode()
