"""What the page of an order says about when its makers can be paid."""

from datetime import UTC, date, datetime

from django.test import Client
from django.urls import reverse

from fulfilment.flows.release_shares import release_shares
from tests.support.bought import LAMP, Bought, agree, bought
from tests.support.pages import told

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def page(staff: Client, found: Bought) -> str:
    return told(staff.get(reverse("backoffice:orders_order_change", args=[found.order.pk])))


def test_an_order_of_which_all_went_back_can_not_be_released_and_nobody_earns_by_it(staff: Client) -> None:
    agree("SG-001")
    found = bought(LAMP)
    assert "Wordt vastgehouden tot alles geleverd en de bedenktijd voorbij is." in page(staff, found)
    found.refund(29_850)

    for _before_and_after in range(2):
        text = page(staff, found)
        assert "Kan vrijgegeven worden" not in text
        assert "de partners kunnen betaald worden" not in text
        assert "Alles ging terug naar de klant: van deze bestelling krijgt niemand nog iets." in text
        release_shares(as_of=date(2027, 1, 1), now=LATER)
