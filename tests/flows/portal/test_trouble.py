"""Saying what is in the way, question by question; nothing happens before the last page, and once is once."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.production.models import Impediment, Task
from tests.support import rows, workshop
from tests.support.portal import bench, form_of, page, press

pytestmark = pytest.mark.django_db

FORM = {"form_key": "form-key-1"}


def asked(client: Client, task: Task, **answers: str) -> str:
    return page(client, "trouble", task.public_id, query={**FORM, **answers})


def test_each_page_asks_one_thing_and_carries_what_was_answered() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("making", workshop.task(compaan), coach)
    assert "Er is een probleem" in page(client, "task", task.public_id)

    first = asked(client, task)
    assert "Wat is er aan de hand?" in first
    assert "Wij maken dit niet" not in first  # making began
    second = asked(client, task, kind="later")
    assert "Waarom?" in second
    assert "vraag 2 van 5" in second
    third = asked(client, task, kind="later", reason="material")
    assert "Tegen wanneer is het klaar?" in third
    assert "Nu is dat vrijdag 4 december." in third
    fourth = asked(client, task, kind="later", reason="material", day="2026-12-11")
    assert "Wat mag de klant weten?" in fourth
    assert "“We wachten nog op materiaal.”" in fourth
    last = asked(client, task, kind="later", reason="material", day="2026-12-11", told="material")
    assert "Klopt dit?" in last
    assert "vraag 5 van 5" in last
    assert not Impediment.objects.exists()

    assert form_of(last) | FORM == form_of(last)
    done = press(client, "trouble", task.public_id, **form_of(last), note="Het touw komt maandag")
    assert "De nieuwe dag is vrijdag 11 december." in done
    assert "Eerst was het vrijdag 4 december." in done
    task.refresh_from_db()
    assert task.due_on == date(2026, 12, 11)
    assert Impediment.objects.get().note == "Het touw komt maandag"


def test_the_last_page_sent_twice_or_come_back_to_says_it_once() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("making", workshop.task(compaan), coach)
    answers = {**FORM, "kind": "blocked", "reason": "material", "told": ""}

    press(client, "trouble", task.public_id, **answers, note="")
    assert "Dit was al doorgegeven." in press(client, "trouble", task.public_id, **answers, note="")
    assert "Dit was al doorgegeven." in asked(client, task, **answers)
    text = press(client, "go_on", task.public_id)
    assert "Het werk gaat weer verder." in text
    assert "Dit was al doorgegeven." in press(client, "trouble", task.public_id, **answers, note="")
    assert Impediment.objects.get().state == Impediment.State.OVER


def test_a_workshop_says_no_to_new_work_and_takes_it_back() -> None:
    compaan, _coach, client = bench()
    task = workshop.task(compaan)
    assert "Nee, of niet op tijd" in page(client, "task", task.public_id)

    answers = {**FORM, "kind": "declined", "reason": "busy", "told": "another_workshop"}
    text = press(client, "trouble", task.public_id, **answers, note="")

    assert "Sociaal Gemaakt zoekt een ander atelier." in text
    assert "Jullie maken dit niet." in text
    assert "Niet aangenomen" in page(client, "today")
    text = press(client, "take_back", task.impediments.get().public_id)
    assert "Kunnen jullie dit maken?" in text
    assert "Teruggezet op “Nieuw”" in text


def test_work_that_stands_still_says_so_on_the_card_and_offers_one_thing() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("making", workshop.task(compaan), coach)
    said = workshop.says(task, coach, "blocked", "question", note="Welke kleur?")
    assert "Staat stil: We hebben een vraag" in page(client, "today")
    text = page(client, "task", task.public_id)
    assert "Het kan weer verder" in text
    assert "Klaar voor verzending" not in text
    assert "Vergissing?" not in text

    Impediment.objects.filter(pk=said.pk).update(answer="Grijs.")
    assert "Grijs." in page(client, "task", task.public_id)


def test_a_question_without_words_and_a_day_that_is_none_are_asked_again() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("making", workshop.task(compaan), coach)
    address = reverse("portal:trouble", args=[task.public_id])

    answers = {**FORM, "kind": "blocked", "reason": "question", "told": ""}
    answer = client.post(address, {**answers, "note": " "})
    assert answer.status_code == 422
    assert "Schrijf op wat je wilt weten." in answer.content.decode()
    for day in ("2026-12-04", "gisteren", ""):
        answer = client.get(address, {**FORM, "kind": "later", "reason": "busy", "day": day})
        assert answer.status_code == 422
        assert "Kies een dag" in answer.content.decode()
    answer = client.get(address, {**FORM, "kind": "later", "reason": "busy", "day": "2062-12-11"})
    assert "Kijk of het jaar klopt." in answer.content.decode()
    assert not Impediment.objects.exists()


@pytest.mark.parametrize("given", [{"kind": "declined"}, {"kind": "nonsense"}, {"kind": "later", "reason": "skill"}])
def test_what_cannot_be_said_of_this_task_is_asked_again(given: dict[str, str]) -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("making", workshop.task(compaan), coach)
    text = asked(client, task, **given)
    assert "Waarom?" in text or "Wat is er aan de hand?" in text
    press(client, "trouble", task.public_id, **FORM, **given)
    assert not Impediment.objects.exists()


def test_of_what_has_left_there_is_nothing_to_say() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    workshop.shipped(task, coach)
    assert "Er is een probleem" not in page(client, "task", task.public_id)
    assert "Over deze taak kun je nu niets doorgeven." in asked(client, task)


def test_a_form_without_a_key_says_nothing() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("making", workshop.task(compaan), coach)
    answers = {"kind": "blocked", "reason": "material", "told": "", "note": ""}
    press(client, "trouble", task.public_id, **answers)
    press(client, "trouble", task.public_id, **answers)
    assert Impediment.objects.count() <= 1


def test_the_way_back_is_not_taken_by_looking_at_it() -> None:
    compaan, coach, client = bench()
    task = workshop.task(compaan)
    said = workshop.says(task, coach, "declined", "busy", now=rows.NOW)
    client.get(reverse("portal:take_back", args=[said.public_id]))
    client.get(reverse("portal:go_on", args=[task.public_id]))
    task.refresh_from_db()
    assert task.state == Task.State.DECLINED
