"""A present: what its giver wrote goes with it on a card, once, and no longer than whose it was."""

import json
from dataclasses import replace
from unittest import mock

import pytest
import typst
from django.urls import reverse

from fulfilment.entrypoints.paper import FONTS, UNPRINTED
from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.slip import HERE, slip_content
from fulfilment.flows.tell_customer import order_confirmed
from fulfilment.mail.models import Mail
from fulfilment.orders.models import Recipient
from fulfilment.production.models import Task
from tests.support import rows, workshop
from tests.support.bought import LAMP, NOW, agree, ordered
from tests.support.portal import bench, page
from tests.support.workshop import THREE_STOOLS

pytestmark = pytest.mark.django_db

WORDS = "Proficiat met je nieuwe huis!\nOma en opa"


def sheets(content: dict[str, object]) -> int:
    """How many sheets of paper a slip takes."""
    drawn = typst.compile(
        str(HERE / "slip.typ"),
        root=str(HERE),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="svg",
        sys_inputs={"content": json.dumps(content)},
    )
    return len(drawn) if isinstance(drawn, list) else 1


def with_card(task: Task, words: str = WORDS) -> Task:
    Recipient.objects.filter(order=task.order).update(gift_message=words)
    return task


def test_what_the_giver_wrote_is_kept_with_the_order_and_told_in_its_mail() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    found.tell(replace(found.remote, gift_message=WORDS))
    assert Recipient.objects.get(order=found.order).gift_message == WORDS
    order_confirmed(found.order, NOW)
    mail = Mail.objects.get(key=f"order:{found.order.public_id}:confirmed")
    assert f"Op het kaartje zetten we:\n{WORDS}\nNergens bij het pakket staat een prijs." in mail.text
    assert "Proficiat met je nieuwe huis!<br>Oma en opa" in mail.html


def test_words_that_did_not_come_by_our_shop_are_cut_to_what_a_card_holds() -> None:
    agree("SG-001")
    found = ordered(LAMP)
    found.tell(replace(found.remote, gift_message="a" * 1_000))
    assert Recipient.objects.get(order=found.order).gift_message == "a" * 300
    other = ordered(LAMP)
    other.tell(replace(other.remote, gift_message="a\n" * 100))
    assert Recipient.objects.get(order=other.order).gift_message == "\n".join("a" * 10)


def test_the_card_is_a_sheet_of_the_packing_slip_and_says_that_there_is_no_price() -> None:
    compaan, coach, client = bench()
    task = with_card(workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach))
    units = cards.open_units(task)
    content = slip_content(task, units, [], card=cards.gift_message(task))
    assert content["card"] == WORDS.split("\n")
    assert content["gift"] == "Dit is een cadeau: nergens bij dit pakket staat een prijs."
    assert "300" not in str(content)
    assert (sheets(content), sheets(slip_content(task, units, []))) == (2, 1)
    assert "kaartje staat op het laatste blad" in page(client, "task", task.public_id)


def test_what_is_no_present_has_no_card() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    content = slip_content(task, cards.open_units(task), [], card=cards.gift_message(task))
    assert (content["card"], content["gift"]) == ([], "")
    assert "kaartje" not in page(client, "task", task.public_id)


def test_a_card_goes_with_the_first_parcel_alone() -> None:
    compaan, coach, client = bench()
    task = with_card(workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach))
    [line] = workshop.units(task)
    first = workshop.shipped(task, coach, quantities={line: 1})
    second = workshop.shipped(task, coach, quantities={line: 1}, form_key="form-2")
    assert cards.gift_message(task) == ""
    assert (cards.gift_message(task, first), cards.gift_message(task, second)) == (WORDS, "")
    with mock.patch("fulfilment.entrypoints.portal.shipping.packing_slip", return_value=b"") as printing:
        for parcel in (first, second):
            client.get(reverse("portal:parcel_slip", args=[parcel.public_id]))
    assert [call.args[-1] for call in printing.call_args_list] == [WORDS, ""]


def test_of_an_order_that_several_workshops_make_who_makes_the_first_line_sends_the_card() -> None:
    makers = {code: rows.partner(slug) for code, slug in (("SG-001", "labeur"), ("SG-003", "compaan"))}
    order = rows.order([("SG-001", "Koord", 1, 28_900), ("SG-003", "Zit", 1, 20_000)])
    tasks = rows.route(order, {code: rows.agreement(code, maker) for code, maker in makers.items()})
    Recipient.objects.filter(order=order).update(gift_message=WORDS)
    first, second = sorted(tasks, key=lambda task: task.lines.get().line.position)
    assert [cards.gift_message(task) for task in (first, second)] == [WORDS, ""]
    Task.objects.filter(pk=first.pk).update(state=Task.State.CANCELLED)
    assert cards.gift_message(second) == WORDS


def test_a_letter_that_cannot_be_printed_is_marked_on_the_card_and_said() -> None:
    compaan, coach, _client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    content = slip_content(task, cards.open_units(task), [], card="Dag 李")
    assert content["card"] == [f"Dag {UNPRINTED}"]
    assert content["missing"]
