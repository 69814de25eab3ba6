"""On an order in Saleor's Dashboard: who makes what, how far it is, who gets what to the cent, and what waits."""

import re

import pytest

from fulfilment.inbox.issues import raise_issue
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order
from fulfilment.production.models import Task
from fulfilment.production.queries import issue_subject
from tests.support import rows
from tests.support.bought import Bought, two_lamps
from tests.support.furnished import House, furnish
from tests.support.in_dashboard import looked_at
from tests.support.pages import told


@pytest.fixture
def house() -> House:
    return furnish()


@pytest.fixture
def lamps() -> Bought:
    return two_lamps()


def page(order: Order, *permissions: str) -> str:
    answer = looked_at("order", *permissions, orderId=order.saleor_id)
    assert answer.status_code == 200
    return told(answer)


def sums(order: Order) -> tuple[list[int], int]:
    """The amounts of the division, and the one below the line (cents)."""
    shown = looked_at("order", orderId=order.saleor_id).content.decode()
    written = re.findall(r"<dd>([^<]+)</dd>", shown)
    amounts = [int(re.sub(r"\D", "", text)) * (-1 if "−" in text else 1) for text in written]
    return amounts[:-1], amounts[-1]


def test_it_says_who_makes_what_and_how_far_that_is(house: House) -> None:
    shown = page(house.order)
    assert "Labeur" in shown
    assert "2 × Koord" in shown
    assert str(Task.State.WAITING.label) in shown
    assert "klaar tegen 4 december" in shown


def test_what_nobody_makes_yet_is_said(house: House) -> None:
    shown = page(rows.order([("SG-404", "Zonder maker", 3, 9_000)], number="43"))
    assert "3 × Zonder maker" in shown
    assert "nog niemand" in shown


def test_what_waits_for_somebody_stands_first_with_the_way_to_it(house: House) -> None:
    raise_issue(OpenIssue.Kind.TASK_LATE, issue_subject(house.task), "Labeur is te laat.", rows.NOW)
    raise_issue(OpenIssue.Kind.TASK_LATE, "43", "Van een andere bestelling.", rows.NOW)
    answer = looked_at("order", orderId=house.order.saleor_id)
    shown = told(answer)
    assert "Voor Zit geldt geen overeenkomst." in shown
    assert "Labeur is te laat." in shown
    assert "Van een andere bestelling." not in shown
    assert f"http://127.0.0.1:9/backoffice/inbox/openissue/{house.issue.pk}/change/".split("/", 3)[3] in (
        answer.content.decode()
    )


def test_who_gets_what_adds_up_to_what_the_customer_paid(lamps: Bought) -> None:
    shown = page(lamps.order)
    for name in ("Labeur", "Sep", "Sociaal-gemaakt", "Btw te betalen", "Ingehouden voorheffing"):
        assert name in shown
    parts, received = sums(lamps.order)
    assert received == lamps.order.total_gross_minor
    assert sum(parts) == received


def test_after_a_refund_it_still_adds_up(lamps: Bought) -> None:
    lamps.refund(28_900, {lamps.line_id(0): 1})
    assert "Terug naar de klant" in page(lamps.order)
    parts, received = sums(lamps.order)
    assert sum(parts) == received == lamps.order.total_gross_minor


def test_who_earns_what_is_for_those_who_handle_payments(lamps: Bought) -> None:
    shown = page(lamps.order, "MANAGE_ORDERS")
    assert "Labeur" in shown  # who makes it
    assert "Ontvangen van de klant" not in shown
    assert "betalingen behandelen" in shown


def test_the_way_to_the_back_office_is_whole(house: House) -> None:
    shown = looked_at("order", orderId=house.order.saleor_id).content.decode()
    assert re.search(rf'href="https?://[^/"]+/backoffice/orders/order/{house.order.pk}/change/"', shown)


@pytest.mark.parametrize("asked", ["T3JkZXI6NDA0", "", "\x00", "x" * 900, "<script>"])
def test_an_order_that_we_do_not_have_is_said_to_be_none_of_ours_yet(asked: str) -> None:
    answer = looked_at("order", orderId=asked)
    assert answer.status_code == 200
    assert "Deze bestelling is nog niet bij ons" in told(answer)


def test_what_somebody_typed_is_text(house: House) -> None:
    house.order.lines.update(product_name="<img src=x onerror=alert(1)>")
    raise_issue(OpenIssue.Kind.FAULT, "42", "<script>alert(1)</script>", rows.NOW)
    shown = looked_at("order", orderId=house.order.saleor_id).content.decode()
    assert "<img" not in shown
    assert "<script" not in shown
