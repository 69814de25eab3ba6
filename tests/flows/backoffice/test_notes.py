"""What a customer has to say to who makes it, as staff read it."""

from django.test import Client
from django.urls import reverse

from fulfilment.orders.models import Recipient
from tests.support.furnished import House
from tests.support.pages import told


def test_the_page_of_an_order_has_what_its_customer_wrote(staff: Client, house: House) -> None:
    page = reverse("backoffice:orders_order_change", args=[house.order.pk])
    assert "Wat de klant nog zegt" not in told(staff.get(page))
    Recipient.objects.filter(order=house.order).update(customer_note="Bel aan.\n<b>Dank</b>")
    assert "<p>Bel aan.<br>&lt;b&gt;Dank&lt;/b&gt;</p>" in told(staff.get(page))
