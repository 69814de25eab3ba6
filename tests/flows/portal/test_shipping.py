"""Sending a parcel in the portal: question by question, once, and what can be mended afterwards."""

import pytest
from django.urls import reverse

from fulfilment.flows import work_task
from fulfilment.production.models import Parcel, Task
from tests.support import workshop
from tests.support.portal import bench, form_of, page, press
from tests.support.workshop import LAMP, NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db


def test_a_parcel_that_did_not_leave_after_all_is_a_matter_for_the_operator() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    said = "Toch niet verzonden? Dat kun je hier niet terugzetten."

    assert said not in page(client, "task", task.public_id)
    workshop.shipped(task, coach)
    assert f"{said} <span>Mail naar" in page(client, "task", task.public_id)


def test_shipping_asks_one_question_at_a_time_and_then_ships_what_was_said() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    what = {f"quantity-{line}": 2}

    assert "Wat zit er in dit pakket?" in page(client, "ship", task.public_id)
    assert "Wie brengt het weg?" in page(client, "ship", task.public_id, query=what)
    last = page(client, "ship", task.public_id, query={**what, "carrier": "bpost"})
    assert "Wat is de code op het etiket?" in last
    assert "Kouter 1" in last
    text = press(client, "ship", task.public_id, **form_of(last), tracking_code="3232 1234 5678")

    assert "Het pakket is weg. De klant krijgt een mail." in text
    assert "Is de rest ingepakt?" in text
    parcel = Parcel.objects.get()
    assert (parcel.carrier, parcel.tracking_code) == ("bpost", "323212345678")
    assert parcel.lines.get().quantity == 2


def test_one_piece_alone_is_not_asked_about() -> None:
    labeur, coach, client = bench("labeur")
    task = workshop.brought_to("ready", workshop.task(labeur, [LAMP]), coach)

    text = page(client, "ship", task.public_id)
    assert "Wie brengt het weg?" in text
    assert "vraag 1 van 2" in text
    last = page(client, "ship", task.public_id, query={"carrier": "afgehaald"})
    assert "Klopt dit?" in last
    assert "Het is opgehaald." in press(client, "ship", task.public_id, **form_of(last))

    task.refresh_from_db()
    assert task.state == Task.State.DELIVERED


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("", "Vul een getal in. Zit het er niet in? Vul dan 0 in."),
        ("twee", "Vul een getal in, zoals 2."),
        ("4", "Er zijn er nog 3 te verzenden. Vul er niet meer in."),
        ("-1", "Vul 0 of meer in."),
        ("0", "Zeg hoeveel stuks er in het pakket zitten."),
    ],
)
def test_a_wrong_number_is_explained_beside_the_question(quantity: str, said: str) -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)

    answer = client.get(reverse("portal:ship", args=[task.public_id]), {f"quantity-{line}": quantity})

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_what_the_rules_refuse_is_said_on_the_last_page_with_what_was_typed_still_there() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    last = page(client, "ship", task.public_id, query={f"quantity-{line}": 3, "carrier": "bpost"})

    text = press(client, "ship", task.public_id, **form_of(last), tracking_code="is dit een code?")

    assert "Dit is geen trackingcode." in text
    assert 'value="is dit een code?"' in text
    assert form_of(text)["form_key"] == form_of(last)["form_key"]
    assert not Parcel.objects.exists()


def test_the_same_last_page_sent_twice_is_one_parcel() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    for quantity in (1, 2):
        last = page(client, "ship", task.public_id, query={f"quantity-{line}": quantity, "carrier": "bpost"})
        for _ in range(2):
            text = press(client, "ship", task.public_id, **form_of(last), tracking_code="323212345678")

    assert "Dit pakket was al verzonden." in text
    assert sorted(Parcel.objects.values_list("lines__quantity", flat=True)) == [1, 2]


def test_a_page_without_its_key_ships_nothing() -> None:
    labeur, coach, client = bench("labeur")
    task = workshop.brought_to("ready", workshop.task(labeur, [LAMP]), coach)

    text = press(client, "ship", task.public_id, carrier="cycloon")

    assert "Dit formulier klopt niet meer." in text
    assert not Parcel.objects.exists()


def test_a_task_that_is_not_ready_cannot_be_shipped_by_its_address() -> None:
    labeur, _coach, client = bench("labeur")
    task = workshop.task(labeur, [LAMP])

    assert "Deze taak kan nu niet verzonden worden." in page(client, "ship", task.public_id)
    assert "Er is nu geen pakbon voor deze taak." in page(client, "task_slip", task.public_id)


def test_a_parcel_is_told_to_have_arrived_from_the_list_or_from_its_task() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    first = workshop.shipped(task, coach, quantities={line: 1})
    second = workshop.shipped(task, coach, quantities={line: 2}, form_key="form-2")

    text = press(client, "deliver", first.public_id, **{"from": "list"})
    assert "<h1>Pakketten</h1>" in text
    assert "Klaar. Alles is geleverd." in press(client, "deliver", second.public_id)

    task.refresh_from_db()
    assert task.state == Task.State.DELIVERED


def test_a_wrong_code_is_corrected_and_a_refusal_is_shown() -> None:
    compaan, coach, client = bench()
    parcel = workshop.shipped(workshop.brought_to("ready", workshop.task(compaan), coach), coach)

    assert "Dit is geen trackingcode." in press(
        client, "tracking", parcel.public_id, carrier="dpd", tracking_code="<b>"
    )
    assert "Verbeterd." in press(client, "tracking", parcel.public_id, carrier="dpd", tracking_code="0553 12")
    parcel.refresh_from_db()
    assert parcel.tracking_code == "055312"

    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    assert "Dit pakket is al geleverd." in page(client, "tracking", parcel.public_id)
