"""What an operator does about work: agree to a later day, answer, give it to another workshop."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from fulfilment.flows.watch_tasks import watch_tasks
from fulfilment.inbox.models import OpenIssue
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner, User
from fulfilment.production.models import Impediment, Task
from tests.support import rows, workshop
from tests.support.bought import STOOL, Bought, agree, bought, issues
from tests.support.pages import told
from tests.support.workshop import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Bought:
    agree("SG-003")
    return bought(STOOL)


def the_task() -> tuple[Task, User]:
    task = Task.objects.order_by("pk")[0]
    return task, workshop.member(task.producer)


def exception(staff: Client) -> str:
    [issue] = OpenIssue.objects.filter(resolved_at=None)
    return told(staff.get(reverse("backoffice:inbox_openissue_change", args=[issue.pk])))


def press(staff: Client, name: str, pk: int, **body: object) -> str:
    return told(staff.post(reverse(f"backoffice:production_task_{name}", args=[pk]), body, follow=True))


def test_a_later_day_is_agreed_to_from_its_exception(staff: Client, order: Bought) -> None:
    task, coach = the_task()
    said = workshop.says(task, coach, "later", "material", day=date(2026, 12, 18), note="Het hout is nat")
    page = exception(staff)
    assert "klaar tegen 18 december" in page
    assert "“Het hout is nat”" in page
    assert "Akkoord met 18 december" in page
    assert reverse("backoffice:production_task_reassign", args=[task.pk]) in page

    for _ in range(2):
        assert "Akkoord met de nieuwe dag." in press(staff, "agree", said.pk)
    assert issues() == []


def test_what_stands_still_is_answered_from_its_exception(staff: Client, order: Bought) -> None:
    task, coach = the_task()
    workshop.brought_to("accepted", task, coach)
    said = workshop.says(task, coach, "blocked", "question", note="Welke hoogte?")
    assert "Antwoord aan Maker-sg-003" in exception(staff)

    assert "Schrijf wat het atelier moet weten." in press(staff, "answer", said.pk, answer=" ")
    text = press(staff, "answer", said.pk, answer="Zestig centimeter")
    assert "“Zestig centimeter”" in text  # on the order's path
    assert issues() == []
    said.refresh_from_db()
    assert (said.state, said.answer) == (Impediment.State.SETTLED, "Zestig centimeter")


def test_what_a_workshop_took_back_meanwhile_cannot_be_answered(staff: Client, order: Bought) -> None:
    task, coach = the_task()
    said = workshop.says(task, coach, "later", day=date(2026, 12, 18))
    Impediment.objects.filter(pk=said.pk).update(state="taken_back")
    assert "Dit is al voorbij" in press(staff, "agree", said.pk)


def test_declined_work_is_given_to_a_workshop_that_has_an_agreement(staff: Client, order: Bought) -> None:
    task, coach = the_task()
    workshop.says(task, coach, "declined", "busy")
    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-003")
    address = reverse("backoffice:production_task_reassign", args=[task.pk])
    assert address in exception(staff)

    page = told(staff.get(address))
    assert "Geef het aan New-maker" in page
    text = press(staff, "reassign", task.pk, producer=new.slug)

    assert "Het werk is van een ander atelier." in text
    assert "Naar een ander atelier" in text
    assert "een ander atelier neemt het over" in text
    assert "New-maker" in text
    assert issues() == []
    assert "Dat kan nu niet" in press(staff, "reassign", task.pk, producer=new.slug)
    assert Task.objects.count() == 2


def test_the_order_page_shows_what_each_earns_after_it_moved(staff: Client, order: Bought) -> None:
    task, _coach = the_task()
    new = rows.partner("new-maker")
    workshop.takes_over(new, "SG-003")
    press(staff, "reassign", task.pk, producer=new.slug)
    page = told(staff.get(reverse("backoffice:orders_order_change", args=[task.order_id])))
    partners = page.partition("Per partner")[2].partition("In het grootboek")[0]
    assert "New-maker" in partners
    assert "Maker-sg-003" not in partners
    assert "Elke cent heeft een eigenaar" in page
    assert "−" not in partners


def test_where_nobody_can_take_it_over_the_page_says_what_to_do(staff: Client, order: Bought) -> None:
    task, _coach = the_task()
    page = told(staff.get(reverse("backoffice:production_task_reassign", args=[task.pk])))
    assert "Niemand anders kan het nu overnemen" in page
    assert "SG-003 v1" in page
    assert "zet “geldig vanaf” op vandaag" in page
    for producer in (rows.partner("stranger").slug, "0", "nonsense", ""):
        assert "geen overeenkomst" in press(staff, "reassign", task.pk, producer=producer)
    assert Task.objects.count() == 1


def test_of_an_order_that_was_released_the_page_says_why_not(staff: Client, order: Bought) -> None:
    task, _coach = the_task()
    Order.objects.update(released_at=NOW)
    answer = staff.get(reverse("backoffice:production_task_reassign", args=[task.pk]), follow=True)
    assert "al vrij voor de partners" in told(answer)
    assert "Ander atelier" not in told(answer)


@pytest.mark.parametrize("name", ["reassign", "agree", "answer"])
def test_only_staff_gets_there(name: str, order: Bought) -> None:
    task, coach = the_task()
    said = workshop.says(task, coach, "later", day=date(2026, 12, 18))
    stranger = Client()
    stranger.force_login(coach)
    address = reverse(f"backoffice:production_task_{name}", args=[task.pk if name == "reassign" else said.pk])
    assert stranger.post(address, {"producer": Partner.objects.all()[0].slug}).status_code in (302, 403)
    assert issues() == [f"task_later:task:{task.public_id}"]


def test_an_unaccepted_task_tells_how_to_reach_the_workshop(staff: Client, order: Bought) -> None:
    task, _coach = the_task()
    watch_tasks(now=NOW.replace(day=27))
    page = exception(staff)
    assert "Werk dat niemand aanneemt" in page
    assert f"mailto:{task.producer.email}" in page
