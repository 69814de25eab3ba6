"""A wrong press is taken back on the page where it was pressed, and the customer sees what is true."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from fulfilment.flows import work_task
from fulfilment.orders.models import Order
from fulfilment.orders.tokens import tracking_token
from fulfilment.partners.models import User
from fulfilment.production.models import Parcel, Task
from tests.support import rows, workshop
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db

ASKED = "Vergissing?"


def bench() -> tuple[Task, User, Client]:
    """New work for three stools, its coach, and a browser in which the coach is logged in."""
    compaan = rows.partner("compaan")
    coach = workshop.member(compaan)
    client = Client()
    client.force_login(coach)
    return workshop.task(compaan, [THREE_STOOLS]), coach, client


def shown(client: Client, task: Task) -> str:
    return client.get(reverse("portal:task", args=[task.public_id])).content.decode()


def press(client: Client, name: str, public_id: str, **body: str) -> str:
    """Press a button and read the page that follows."""
    return client.post(reverse(f"portal:{name}", args=[public_id]), body, follow=True).content.decode()


def followed(order: Order) -> tuple[str, dict[str, str]]:
    """What the shop hears of the one part of an order: its state, and when it reached each."""
    answer = Client().get(
        f"/api/storefront/tracking/{tracking_token(order.public_id)}",
        headers={"Authorization": f"Bearer {settings.STOREFRONT_API_TOKEN}"},
    )
    [part] = answer.json()["parts"]
    return part["state"], {step["state"]: step["at"] for step in part["steps"]}


def delivered(task: Task, coach: User) -> Parcel:
    parcel = workshop.shipped(workshop.brought_to("ready", task, coach), coach)
    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    return parcel


def test_after_each_press_the_page_offers_the_way_back_and_takes_it() -> None:
    task, _coach, client = bench()
    assert ASKED not in shown(client, task)

    for name, back_to in (("accept", "Nieuw"), ("start", "Aanvaard"), ("finish", "In de maak")):
        text = press(client, name, task.public_id)
        assert f"Zet terug op “{back_to}”" in text
        [step] = re.findall(r'name="step" value="(\w+)"', text)
        undone = press(client, "undo", task.public_id, step=step)
        assert "Teruggezet. De klant ziet het ook." in undone
        assert f"Teruggezet op “{back_to}”" in undone
        press(client, name, task.public_id)


def test_a_page_that_was_left_open_undoes_nothing_that_came_after_it() -> None:
    task, coach, client = bench()
    workshop.brought_to("making", task, coach)

    text = press(client, "undo", task.public_id, step="accepted")

    assert "Dat kan nu niet: deze taak staat op “In de maak”." in text
    assert "Dat kan nu niet" in press(client, "undo", task.public_id)


def test_looking_at_the_way_back_does_not_take_it() -> None:
    task, coach, client = bench()
    parcel = delivered(task, coach)

    client.get(reverse("portal:undo", args=[task.public_id]), {"step": "delivered"})
    client.get(reverse("portal:undo_delivery", args=[parcel.public_id]))

    task.refresh_from_db()
    assert task.state == Task.State.DELIVERED


def test_once_a_parcel_has_left_the_page_offers_no_way_back() -> None:
    task, coach, client = bench()
    workshop.brought_to("ready", task, coach)
    [line] = workshop.units(task)
    workshop.shipped(task, coach, quantities={line: 1})

    assert ASKED not in shown(client, task)
    assert "Er is al een pakket weg." in press(client, "undo", task.public_id, step="ready")


def test_delivered_by_mistake_is_taken_back_from_the_list_or_from_the_task() -> None:
    task, coach, client = bench()
    parcel = delivered(task, coach)

    assert "Toch niet geleverd" in shown(client, task)
    text = press(client, "undo_delivery", parcel.public_id, **{"from": "list"})
    assert "<h1>Pakketten</h1>" in text
    assert "Teruggezet. Het is weer onderweg." in text
    press(client, "deliver", parcel.public_id)
    assert "Alles is weg." in press(client, "undo_delivery", parcel.public_id)


def test_what_was_collected_or_paid_out_is_not_offered_to_be_taken_back() -> None:
    task, coach, client = bench()
    workshop.brought_to("ready", task, coach)
    [line] = workshop.units(task)
    collected = workshop.shipped(task, coach, quantities={line: 1}, carrier="afgehaald")
    assert "Toch niet geleverd" not in shown(client, task)
    assert "zelf afgehaald" in press(client, "undo_delivery", collected.public_id)

    sent = workshop.shipped(task, coach, quantities={line: 2}, form_key="form-2")
    work_task.deliver(sent.public_id, by=coach, now=NOW)
    assert "Toch niet geleverd" in shown(client, task)
    Order.objects.update(released_at=NOW)
    assert "Toch niet geleverd" not in shown(client, task)
    assert "Laat het weten aan Sociaal Gemaakt." in press(client, "undo_delivery", sent.public_id)


def test_the_customer_never_sees_a_step_that_was_undone() -> None:
    task, coach, _client = bench()
    workshop.brought_to("making", task, coach)
    _state, before = followed(task.order)

    work_task.finish(task.public_id, by=coach, now=NOW)
    work_task.undo(task.public_id, step="ready", by=coach, now=NOW)
    assert followed(task.order) == ("making", before)

    work_task.finish(task.public_id, by=coach, now=NOW)
    parcel = workshop.shipped(task, coach)
    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    work_task.undo_delivery(parcel.public_id, by=coach, now=NOW)
    state, reached = followed(task.order)
    assert (state, list(reached)) == ("shipped", ["waiting", "accepted", "making", "ready", "shipped"])
