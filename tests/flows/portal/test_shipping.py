"""Sending a parcel in the portal: question by question, once, and what can be mended afterwards."""

import html
import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.entrypoints.portal.words import moment
from fulfilment.flows import work_task
from fulfilment.mail.models import Mail
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


def test_when_part_has_left_the_rest_stays_in_the_order_of_before() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS, LAMP]), coach)
    workshop.shipped(task, coach, quantities={min(workshop.units(task)): 1})

    text = page(client, "ship", task.public_id)

    assert re.findall(r'<span class="unit-name">(\w+)</span></label>', text) == ["Zit", "Koord"]


def test_one_piece_alone_is_not_asked_about() -> None:
    labeur, coach, client = bench("labeur")
    task = workshop.brought_to("ready", workshop.task(labeur, [LAMP]), coach)

    text = page(client, "ship", task.public_id)
    assert "Wie brengt het weg?" in text
    assert "vraag 1 van 2" in text
    last = page(client, "ship", task.public_id, query={"carrier": "afgehaald"})
    assert "Klopt dit?" in last
    assert "Het is afgehaald." in press(client, "ship", task.public_id, **form_of(last))
    shown = page(client, "task", task.public_id)
    assert "Klaar. Alles is afgehaald." in shown
    for word in ("Geleverd", "Verzonden", "geleverd"):
        assert word not in shown

    task.refresh_from_db()
    assert task.state == Task.State.DELIVERED


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("", "Vul een getal in. Zit het er niet in? Vul dan 0 in."),
        ("twee", "Vul een getal in, zoals 2."),
        ("4", "Nog 3 te verzenden. Vul er niet meer in."),
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

    assert "Een trackingcode heeft 3 tot 40 tekens" in text
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
            text = press(client, "ship", task.public_id, **form_of(last), tracking_code=f"32321234567{quantity}")

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

    assert "Een trackingcode heeft 3 tot 40 tekens" in press(
        client, "tracking", parcel.public_id, carrier="dpd", tracking_code="<b>"
    )
    assert "Verbeterd." in press(client, "tracking", parcel.public_id, carrier="dpd", tracking_code="0553 12")
    parcel.refresh_from_db()
    assert parcel.tracking_code == "055312"

    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    assert "Dit pakket is al geleverd." in page(client, "tracking", parcel.public_id)


def walk(client: Client, task: Task, what: dict[str, int], carrier: str = "bpost") -> tuple[str, str]:
    """From the first question to the last page, as a browser goes; its address and what it says."""
    first = form_of(page(client, "ship", task.public_id))
    address = f"{reverse('portal:ship', args=[task.public_id])}?{urlencode({**first, **what, 'carrier': carrier})}"
    return address, client.get(address).content.decode()


def test_who_goes_back_after_sending_finds_the_parcel_and_no_form_to_send_again() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    address, last = walk(client, task, {f"quantity-{line}": 1})
    press(client, "ship", task.public_id, **form_of(last), tracking_code="323212345678")

    back = client.get(address, follow=True)

    assert back.redirect_chain == [(reverse("portal:task", args=[task.public_id]), 302)]
    assert "Dit pakket was al verzonden." in back.content.decode()
    question_before = address.replace("&carrier=bpost", "")
    assert client.get(question_before).status_code == 302
    assert Parcel.objects.count() == Mail.objects.count() == 1


def test_one_walk_keeps_one_key_from_the_first_question_on_also_on_the_way_back() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)

    _address, last = walk(client, task, {f"quantity-{line}": 1})
    key = form_of(last)["form_key"]
    back = html.unescape(re.findall(r'class="back"><a href="([^"]+)"', last)[0])
    carriers = client.get(back).content.decode()
    back = html.unescape(re.findall(r'class="back"><a href="([^"]+)"', carriers)[0])
    units = client.get(back).content.decode()

    assert form_of(carriers)["form_key"] == form_of(units)["form_key"] == key
    assert form_of(page(client, "ship", task.public_id))["form_key"] != key


def test_a_code_that_another_parcel_has_is_asked_about_and_taken_when_the_person_says_that_it_is_right() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    workshop.shipped(task, coach, quantities={line: 1}, code="323212345678")
    _address, last = walk(client, task, {f"quantity-{line}": 2})
    box = 'type="checkbox" id="id_same_code" name="same_code" value="3232 12345678"'
    assert box not in last

    text = press(client, "ship", task.public_id, **form_of(last), tracking_code="3232 12345678")
    assert f"Deze code staat al op een pakket van bestelling {task.order.number}." in text
    assert box in text
    assert "Ja, dit is een ander pakket met dezelfde code" in text
    said = {**form_of(text), "tracking_code": "3232 12345678", "same_code": "3232 12345678"}
    assert "Het pakket is weg." in press(client, "ship", task.public_id, **said)

    assert Parcel.objects.filter(tracking_code="323212345678").count() == 2


def test_a_second_parcel_is_called_that_with_what_left_before() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    assert "Dit is een tweede pakket." not in page(client, "ship", task.public_id)

    workshop.shipped(task, coach, quantities={line: 1}, code="323212345678")
    _address, last = walk(client, task, {f"quantity-{line}": 1})
    for text in (page(client, "ship", task.public_id), last):
        assert "Dit is een tweede pakket." in text
        assert "1 × Zit" in text
        assert f"bpost 323212345678, {moment(NOW)}" in text

    workshop.shipped(task, coach, quantities={line: 1}, carrier="cycloon", form_key="form-2")
    text = page(client, "ship", task.public_id)
    assert "Er zijn al 2 pakketten weg." in text
    assert f"Fietskoerier, {moment(NOW)}" in text


def summary(text: str) -> list[tuple[str, str, str]]:
    """Each line of the summary of what is wrong: where it leads, the name of the question, and what is wrong."""
    found = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>: ([^<]+)</li>', text)
    assert all(f'id="{where}"' in text for where, _name, _wrong in found)
    return found


def test_each_line_of_what_is_wrong_names_its_question_and_leads_to_it() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS, LAMP]), coach)
    zit, koord = sorted(workshop.units(task))
    parcel = workshop.shipped(task, coach, quantities={zit: 1})

    address = reverse("portal:ship", args=[task.public_id])
    units = client.get(address, {f"quantity-{zit}": "4", f"quantity-{koord}": ""}).content.decode()
    assert summary(units) == [
        (f"id_quantity-{zit}", "Zit", "Nog 2 te verzenden. Vul er niet meer in."),
        (f"id_quantity-{koord}", "Koord", "Vul een getal in. Zit het er niet in? Vul dan 0 in."),
    ]
    one_stool = {f"quantity-{zit}": 1, f"quantity-{koord}": 0}
    carriers = client.get(f"{address}?{urlencode(one_stool)}&carrier=x").content.decode()
    assert summary(carriers) == [("id_carrier", "Wie brengt het weg?", "Kies wie het pakket wegbrengt.")]
    _address, last = walk(client, task, one_stool)
    label = press(client, "ship", task.public_id, **form_of(last), tracking_code="9" * 200)
    [(where, name, wrong)] = summary(label)
    assert (where, name) == ("id_tracking_code", "Trackingcode")
    assert wrong.startswith("Een trackingcode heeft 3 tot 40 tekens: cijfers, en soms letters of streepjes.")
    corrected = press(client, "tracking", parcel.public_id, carrier="x", tracking_code="a\0b")
    assert [name for _where, name, _wrong in summary(corrected)] == ["Wie brengt het weg?", "Trackingcode"]
    assert "<title>Fout: " in corrected


def test_a_correction_asks_about_a_code_of_another_parcel_and_says_when_nothing_changed() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    workshop.shipped(task, coach, quantities={line: 1}, code="111111")
    parcel = workshop.shipped(task, coach, quantities={line: 1}, code="222222", form_key="form-2")
    form = {"carrier": "bpost", "tracking_code": "111111"}

    assert "id_same_code" in press(client, "tracking", parcel.public_id, **form)
    assert "Er is niets veranderd." in press(
        client, "tracking", parcel.public_id, carrier="bpost", tracking_code="222 222"
    )
    assert "Verbeterd." in press(client, "tracking", parcel.public_id, **form, same_code="111111")


def test_a_correction_on_an_old_page_overwrites_none_that_was_made_meanwhile() -> None:
    compaan, coach, client = bench()
    parcel = workshop.shipped(workshop.brought_to("ready", workshop.task(compaan), coach), coach)
    old = form_of(page(client, "tracking", parcel.public_id))
    press(client, "tracking", parcel.public_id, **old, carrier="dpd", tracking_code="055312")

    refused = press(client, "tracking", parcel.public_id, **old, carrier="bpost", tracking_code="323299")

    assert "Intussen vulde iemand dit al in: DPD 055312." in refused
    parcel.refresh_from_db()
    assert parcel.tracking_code == "055312"
    assert "Verbeterd." in press(
        client, "tracking", parcel.public_id, **form_of(refused), carrier="bpost", tracking_code="323299"
    )
