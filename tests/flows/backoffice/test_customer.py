"""Who bought an order, and where it goes, as staff read it."""

from dataclasses import replace

from django.test import Client
from django.urls import reverse

from tests.support import remote
from tests.support.bought import LAMP, bought
from tests.support.buyer import POINT, collected, lamp
from tests.support.pages import told


def test_staff_read_who_bought_an_order_and_where_it_goes(staff: Client) -> None:
    found = lamp(address=replace(remote.ADDRESS, phone="+32 9 000 00 00"))
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[found.order.pk])))
    customer = page[page.index("<h2>Klant</h2>") :]
    assert "Bea Claes<br>Claes bv<br>Werfkaai 2<br>10121 Torino, TO<br>Italië<br>" in customer
    assert "Leveradres" in customer
    assert "An Peeters<br>Kouter 1<br>9000 Gent<br>+32 9 000 00 00</address>" in customer


def test_staff_read_one_address_where_there_is_one_and_the_collection_point_apart(staff: Client) -> None:
    one = bought(LAMP)
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[one.order.pk])))
    assert page.count("Kouter 1") == 1
    assert "Leveradres" not in page
    point = told(staff.get(reverse("backoffice:orders_order_change", args=[collected().order.pk])))
    assert "Afhaalpunt" in point
    assert f"{POINT}<br>Voorbeeldkaai 1<br>9000 Gent</address>" in point


def test_staff_find_an_order_by_who_bought_it_and_by_who_gets_it(staff: Client) -> None:
    found = lamp()
    orders = reverse("backoffice:orders_order_changelist")
    for name in ("Bea Claes", "An Peeters"):
        page = told(staff.get(orders, {"q": name}))
        assert f"#{found.order.number}" in page
        assert "Bea Claes" in page
