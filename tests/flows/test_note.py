"""What a customer has to say to who makes it: kept with the order, read by whoever works on it, and on no paper that
goes into the parcel, which may be a present."""

from dataclasses import replace

import pytest

from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.slip import slip_content
from fulfilment.flows.tell_customer import order_confirmed
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Recipient
from tests.support import workshop
from tests.support.bought import LAMP, NOW, agree, ordered
from tests.support.portal import bench, page

pytestmark = pytest.mark.django_db

NOTE = "Bel aan bij de buren.\nWij werken <overdag>."


def test_what_the_customer_wrote_is_kept_with_the_order_and_told_in_its_mail() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    found.tell(replace(found.remote, note=NOTE))
    assert Recipient.objects.get(order=found.order).customer_note == NOTE
    order_confirmed(found.order, NOW)
    mail = Mail.objects.get(key=f"order:{found.order.public_id}:confirmed")
    assert f"Je opmerking, die de makers lezen:\n{NOTE}" in mail.text
    assert "Bel aan bij de buren.<br>Wij werken &lt;overdag&gt;." in mail.html


def test_a_note_that_did_not_come_by_our_shop_is_cut_to_what_is_kept() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    found.tell(replace(found.remote, note="a\n" * 1_000))
    assert Recipient.objects.get(order=found.order).customer_note == "\n".join("a" * 10)


def test_whoever_makes_it_reads_it_on_the_page_of_the_task_and_it_is_on_no_slip() -> None:
    compaan, coach, client = bench()
    task = workshop.task(compaan)
    assert "Wat de klant nog zegt" not in page(client, "task", task.public_id)
    Recipient.objects.filter(order=task.order).update(customer_note=NOTE)
    assert "Bel aan bij de buren.<br>Wij werken &lt;overdag&gt;." in page(client, "task", task.public_id)
    ready = workshop.brought_to("ready", task, coach)
    assert "buren" not in str(slip_content(ready, cards.open_units(ready), []))
