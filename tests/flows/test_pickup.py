"""An order that its customer comes for: it goes to the collection point, and everybody reads where that is."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.slip import slip_content
from fulfilment.flows.tell_customer import order_confirmed
from fulfilment.gateways.saleor.values import SaleorPickup
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Order, Recipient
from fulfilment.orders.tokens import tracking_token
from fulfilment.production.models import Parcel, Task
from tests.support import remote, rows, workshop
from tests.support.bought import LAMP, NOW, Bought, agree, ordered
from tests.support.portal import bench, page
from tests.support.storefront_api import called

pytestmark = pytest.mark.django_db

HOURS = "woensdag tot zaterdag, van 11 tot 18 uur"
POINT = "Sociaal Gemaakt, afhaalpunt"


@pytest.fixture
def found() -> Bought:
    """A lamp that is collected."""
    agree("SG-001")
    one = ordered(LAMP)
    place = replace(remote.ADDRESS, company=POINT, street="Voorbeeldkaai 1")
    one.tell(replace(one.remote, address=place, pickup=SaleorPickup(POINT, HOURS)))
    return one


def collected(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(pickup_name=POINT, pickup_hours=HOURS)
    Recipient.objects.filter(order=order).update(company=POINT, street="Voorbeeldkaai 1")


def test_where_and_when_is_kept_with_who_comes(found: Bought) -> None:
    assert (found.order.pickup_name, found.order.pickup_hours) == (POINT, HOURS)
    recipient = Recipient.objects.get(order=found.order)
    assert (recipient.name, recipient.company, recipient.street) == ("An Peeters", POINT, "Voorbeeldkaai 1")


def test_the_mail_of_the_order_says_where_and_when(found: Bought) -> None:
    order_confirmed(found.order, NOW)
    mail = Mail.objects.get(key=f"order:{found.order.public_id}:confirmed")
    for told in (mail.text, mail.html):
        for part in ("Je haalt het af bij:", POINT, "Voorbeeldkaai 1", HOURS, "naar het afhaalpunt vertrekt"):
            assert part in told
        assert "We sturen het naar" not in told


def test_the_page_of_the_order_is_told_where_until_it_is_forgotten(found: Bought) -> None:
    token = tracking_token(found.order.public_id)
    assert called(f"tracking/{token}")["pickup"] == {
        "name": POINT,
        "street": "Voorbeeldkaai 1",
        "postal_code": "9000",
        "city": "Gent",
        "hours": HOURS,
    }
    Recipient.objects.update(purged_at=NOW)
    assert called(f"tracking/{token}")["pickup"] is None


def test_an_order_that_is_delivered_has_no_collection_point() -> None:
    agree("SG-001")
    one = ordered(LAMP)
    one.update()
    assert called(f"tracking/{tracking_token(one.order.public_id)}")["pickup"] is None
    order_confirmed(one.order, NOW)
    assert "We sturen het naar:" in Mail.objects.get(key__endswith=":confirmed").text


def test_the_workshop_reads_that_somebody_comes_for_it_there() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    collected(task.order)
    task.refresh_from_db()
    text = page(client, "task", task.public_id)
    assert "Dit gaat naar een afhaalpunt" in text
    content = slip_content(task, cards.open_units(task), cards.address(task.order_id))
    assert content["labels"] == {"order": "Pakbon bij bestelling", "to": "Af te halen door"}
    assert content["address"] == ["An Peeters", POINT, "Voorbeeldkaai 1", "9000 Gent", "België"]


def to_the_point() -> tuple[Client, Parcel]:
    """A parcel on its way to the collection point, and who looks after it."""
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    collected(task.order)
    task.refresh_from_db()
    return client, workshop.shipped(task, coach)


def pressed(client: Client, name: str, parcel: Parcel) -> str:
    address = reverse(f"portal:{name}", args=[parcel.public_id])
    return client.post(address, {"from": "list"}, follow=True).content.decode()


def at_the_point(parcel: Parcel) -> list[Mail]:
    return list(Mail.objects.filter(key__startswith=f"parcel:{parcel.public_id}:point:").order_by("pk"))


def test_once_it_lies_at_the_point_the_customer_is_told_to_come_and_once_only() -> None:
    client, parcel = to_the_point()
    assert "Het ligt op het afhaalpunt" in client.get(reverse("portal:parcels")).content.decode()
    html = pressed(client, "lay_ready", parcel)
    pressed(client, "lay_ready", parcel)
    assert "Ligt klaar sinds" in html
    assert "Het ligt op het afhaalpunt" not in html
    [mail] = at_the_point(parcel)
    for told in (mail.text, mail.html):
        for part in ("ligt voor je klaar", POINT, HOURS, "Zeg je naam of je bestelnummer"):
            assert part in told
        assert "De rest van je bestelling" not in told
    parts = called(f"tracking/{tracking_token(parcel.task.order.public_id)}")["parts"]
    assert parts[0]["parcels"][0]["at_point_since"] is not None


def test_a_customer_who_was_told_too_soon_is_told_so() -> None:
    client, parcel = to_the_point()
    pressed(client, "undo_lay_ready", parcel)
    assert at_the_point(parcel) == []
    pressed(client, "lay_ready", parcel)
    html = pressed(client, "undo_lay_ready", parcel)
    assert "Het ligt op het afhaalpunt" in html
    _come, not_yet = at_the_point(parcel)
    assert not_yet.subject.startswith("Het ligt er nog niet")
    for told in (not_yet.text, not_yet.html):
        assert "onze vorige mail kwam te vroeg" in told
        assert "Zeg je naam" not in told
    parcel.refresh_from_db()
    assert parcel.at_point_since is None


def test_what_was_collected_already_is_neither_laid_ready_nor_taken_from_there() -> None:
    client, parcel = to_the_point()
    pressed(client, "deliver", parcel)
    pressed(client, "lay_ready", parcel)
    pressed(client, "undo_lay_ready", parcel)
    assert at_the_point(parcel) == []


def test_a_mail_names_who_carries_it_in_its_own_language() -> None:
    compaan, coach, _client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    Order.objects.filter(pk=task.order_id).update(language="fr")
    parcel = workshop.shipped(task, coach, carrier="cycloon")
    mail = Mail.objects.get(key=f"parcel:{parcel.public_id}:shipped")
    assert "Coursier" in mail.text
    assert "Fietskoerier" not in mail.text


def test_a_parcel_for_somebodys_home_lies_ready_nowhere() -> None:
    compaan, coach, client = bench()
    parcel = workshop.shipped(workshop.brought_to("ready", workshop.task(compaan), coach), coach)
    assert "Het ligt op het afhaalpunt" not in client.get(reverse("portal:parcels")).content.decode()
    assert "gaat niet naar een afhaalpunt" in pressed(client, "lay_ready", parcel)
    assert at_the_point(parcel) == []


def test_the_mail_says_that_the_rest_follows() -> None:
    client, parcel = to_the_point()
    other = workshop.task(rows.partner("labeur"), [workshop.THREE_STOOLS])
    Task.objects.filter(pk=other.pk).update(order=parcel.task.order)
    pressed(client, "lay_ready", parcel)
    [mail] = at_the_point(parcel)
    assert "De rest van je bestelling is er nog niet" in mail.text


def test_the_mail_of_a_parcel_says_where_it_lies_and_the_workshop_that_it_was_collected() -> None:
    client, parcel = to_the_point()
    mail = Mail.objects.get(key=f"parcel:{parcel.public_id}:shipped")
    for told in (mail.text, mail.html):
        for part in ("Afhalen bij", POINT, HOURS, "Zeg je naam of je bestelnummer"):
            assert part in told
    assert "De klant haalde het af" in client.get(reverse("portal:parcels")).content.decode()
