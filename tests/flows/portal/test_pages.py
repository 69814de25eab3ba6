"""What people of a workshop see, and what their buttons do."""

import json
import re
import unicodedata
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
import typst
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from fulfilment.entrypoints.paper import FONTS, PRINTED, UNPRINTED
from fulfilment.entrypoints.portal import cards
from fulfilment.entrypoints.portal.slip import packing_slip, slip_content
from fulfilment.flows import work_task
from fulfilment.orders.models import Line, Recipient
from fulfilment.partners.models import Membership, User
from fulfilment.production.models import Task
from tests.support import rows, workshop
from tests.support.portal import bench, form_of, page, press
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db


def test_without_work_the_page_says_so_and_what_comes_next() -> None:
    _partner, _coach, client = bench()
    assert "Er is nu geen werk." in page(client, "today")
    assert "Er is niets onderweg." in page(client, "parcels")
    assert "Er staat niets in wacht." in page(client, "earnings")


def test_work_stands_under_new_to_make_and_to_ship_with_its_day_in_words() -> None:
    compaan, coach, client = bench()
    today = timezone.localdate()
    for state, days in (("", 5), ("accepted", 1), ("making", -2), ("ready", 0)):
        task = workshop.task(compaan, [THREE_STOOLS])
        if state:
            workshop.brought_to(state, task, coach)
        Task.objects.filter(pk=task.pk).update(due_on=today + timedelta(days=days))

    text = page(client, "today")

    counts = re.findall(r'lane-count figure">(\d+)</span>([^<]+)', text)
    assert counts == [("1", "Nieuw"), ("2", "Te maken"), ("1", "Te verzenden")]
    assert "1 taak is te laat. Begin daarmee." in text
    assert "2 dagen te laat: moest klaar zijn tegen" in text
    assert "klaar tegen morgen" in text
    assert "vandaag," in text
    assert "due-late" in text


def test_the_one_button_of_a_task_leads_from_step_to_step() -> None:
    compaan, _coach, client = bench()
    task = workshop.task(compaan, [THREE_STOOLS])

    assert "Kunnen jullie dit maken?" in page(client, "task", task.public_id)
    assert "Begin je eraan?" in press(client, "accept", task.public_id)
    assert "Is alles gemaakt?" in press(client, "start", task.public_id)
    assert "Is het ingepakt?" in press(client, "finish", task.public_id)

    task.refresh_from_db()
    assert task.state == Task.State.READY


def test_who_is_stuck_reads_whom_to_ask_with_a_mail_that_says_what_it_is_about(settings: Settings) -> None:
    settings.CONTACT_EMAIL, settings.CONTACT_PHONE = "operator@gent.example", "09 123 45 67"
    compaan, _coach, client = bench()
    task = workshop.task(compaan)

    text = page(client, "task", task.public_id)

    about = f"mailto:operator@gent.example?subject=Bestelling%20{task.order.number}%20bij%20Compaan"
    assert re.search(rf'Liever overleggen\? <span>Mail naar <a href="{re.escape(about)}">', text)
    assert '<a href="tel:091234567">09 123 45 67</a>' in text
    assert "Hulp nodig?" in page(client, "today")
    settings.CONTACT_PHONE = ""
    assert "of bel" not in page(client, "task", task.public_id)


def test_a_step_out_of_turn_is_refused_on_the_page_in_plain_words() -> None:
    compaan, _coach, client = bench()
    task = workshop.task(compaan)

    text = press(client, "finish", task.public_id)

    assert "Dat kan nu niet: deze taak staat op “Nieuw”." in text
    assert 'role="alert"' in text


def test_looking_at_a_button_does_not_press_it() -> None:
    compaan, _coach, client = bench()
    task = workshop.task(compaan)

    assert "Kunnen jullie dit maken?" in page(client, "accept", task.public_id)

    task.refresh_from_db()
    assert task.state == Task.State.WAITING


def test_the_address_is_there_only_while_something_has_to_be_shipped() -> None:
    compaan, coach, client = bench()
    task = workshop.task(compaan)
    seen = {}
    for state in ("waiting", "accepted", "making", "ready"):
        if state != "waiting":
            {"accepted": work_task.accept, "making": work_task.start, "ready": work_task.finish}[state](
                task.public_id, by=coach, now=NOW
            )
        seen[state] = "Kouter 1" in page(client, "task", task.public_id)
    workshop.shipped(task, coach)
    seen["shipped"] = "Kouter 1" in page(client, "task", task.public_id)

    assert seen == {"waiting": False, "accepted": False, "making": False, "ready": True, "shipped": False}


def test_a_purged_address_is_nowhere() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    Recipient.objects.update(purged_at=NOW)

    assert "Kouter 1" not in page(client, "task", task.public_id)


@pytest.mark.parametrize(
    ("asked", "gone", "said"),
    [
        (6, 1, "Nog 5 in plaats van 6: de klant wil er minder."),
        (6, 3, "Nog 3 in plaats van 6: de klant wil er minder."),
        (2, 1, "Nog 1 in plaats van 2: de klant wil er minder."),
        (6, 5, "Nog 1 in plaats van 6: de klant wil er minder."),
    ],
)
@pytest.mark.parametrize("state", ["", "accepted", "making", "ready"])
def test_fewer_pieces_are_said_for_every_number_on_the_card_and_on_the_page(
    state: str, asked: int, gone: int, said: str
) -> None:
    compaan, coach, client = bench()
    task = workshop.task(compaan, [("SG-003", "Zit", asked)])
    if state:
        workshop.brought_to(state, task, coach)

    assert "in plaats van" not in page(client, "today") + page(client, "task", task.public_id)
    work_task.cancel_units({task.lines.get().line_id: gone}, order_id=task.order_id, now=timezone.now())

    assert said in page(client, "today")
    assert said in page(client, "task", task.public_id)


def test_after_a_part_has_left_the_number_that_is_said_is_of_all_pieces() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [("SG-003", "Zit", 6)]), coach)
    line = task.lines.get()
    workshop.shipped(task, coach, quantities={line.pk: 1})
    work_task.cancel_units({line.line_id: 2}, order_id=task.order_id, now=timezone.now())

    assert "Samen nog 4 in plaats van 6: de klant wil er minder." in page(client, "today")


@pytest.mark.parametrize("state", ["making", "ready"])
def test_a_product_of_which_nothing_is_wanted_any_more_is_said_and_does_not_just_disappear(state: str) -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to(state, workshop.task(compaan, [THREE_STOOLS, ("SG-004", "Laag", 2)]), coach)
    tray = task.lines.get(line__product_code="SG-004")
    work_task.cancel_units({tray.line_id: 2}, order_id=task.order_id, now=timezone.now())

    for text in (page(client, "today"), page(client, "task", task.public_id)):
        assert "Geen meer in plaats van 2: de klant wil dit niet meer." in text
        assert "Laag" in text


def test_what_was_cancelled_while_it_was_being_made_is_said_on_the_first_page() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("making", workshop.task(compaan, [THREE_STOOLS]), coach)
    line = task.lines.get()

    work_task.cancel_units({line.line_id: 3}, order_id=task.order_id, now=timezone.now())
    assert "Hoeft niet meer" in page(client, "today")
    assert "Stop met dit werk." in page(client, "task", task.public_id)


def test_who_works_for_two_workshops_switches_between_them() -> None:
    compaan, coach, client = bench()
    weerwerk = rows.partner("weerwerk")
    Membership.objects.create(user=coach, partner=weerwerk, role=Membership.Role.WORKER)
    workshop.task(compaan, [THREE_STOOLS])
    trays = workshop.task(weerwerk, [("SG-004", "Laag", 2)])

    first = page(client, "today")
    assert "Zit" in first
    assert "Laag" not in first
    second = press(client, "switch", weerwerk.public_id)
    assert "Laag" in second
    assert "Zit" not in second
    assert "Laag" in page(client, "today")
    assert "Werk van <strong>Weerwerk</strong>" in page(client, "task", trays.public_id)


def test_who_coaches_one_workshop_and_works_at_another_sees_the_earnings_of_the_first_only() -> None:
    compaan, coach, client = bench()
    weerwerk = rows.partner("weerwerk")
    Membership.objects.create(user=coach, partner=weerwerk, role=Membership.Role.WORKER)
    trays = workshop.task(weerwerk, [("SG-004", "Laag", 2)])
    earnings = reverse("portal:earnings")

    assert earnings in page(client, "today")
    assert earnings in page(client, "task", trays.public_id)  # it leads to those of the workshop that was chosen
    assert client.get(earnings).status_code == 200
    assert earnings not in press(client, "switch", weerwerk.public_id)
    assert client.get(earnings).status_code == 403
    press(client, "switch", compaan.public_id)
    assert client.get(earnings).status_code == 200


def test_earnings_are_those_of_the_ledger() -> None:
    compaan, _coach, client = bench()
    task = workshop.task(compaan, [THREE_STOOLS])
    rows.held(task.order, compaan, 12_345)
    rows.held(task.order, rows.partner("labeur"), 99_999)

    text = page(client, "earnings")

    assert "€\u00a0123,45" in text
    assert "999,99" not in text
    assert "na de levering" in text


def test_what_was_paid_out_too_much_is_called_that() -> None:
    compaan, _coach, client = bench()
    rows.payable(compaan, -500)

    assert "Te veel gekregen" in page(client, "earnings")


def test_the_packing_slip_carries_the_makers_mark_and_no_price() -> None:
    compaan, coach, client = bench()
    designer = rows.partner("cas-moor", kind="designer", name="Cas Moor")
    rows.agreement("SG-003", compaan, designer=designer)
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    Line.objects.update(variant_name="zithoogte 45 cm")
    fresh = Task.objects.get(pk=task.pk)

    answer = client.get(reverse("portal:task_slip", args=[task.public_id]))
    content = slip_content(fresh, cards.open_units(fresh), cards.address(fresh.order_id))

    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer["Cache-Control"]
    assert content["units"] == [
        {
            "quantity": 3,
            "name": "Zit",
            "variant": "zithoogte 45 cm",
            "code": "SG-003",
            "ours": "",
            "mark": "ontworpen door Cas Moor · gemaakt door Compaan in Gent",
        }
    ]
    assert content["address"] == ["An Peeters", "Kouter 1", "9000 Gent", "België"]
    Recipient.objects.filter(order=fresh.order).update(country="FR")
    assert cards.address(fresh.order_id)[-1] == "Frankrijk"
    assert content["note"] == ""
    assert "300" not in str(content)


def test_the_slip_of_a_part_says_that_more_is_coming_and_forgets_the_address_once_it_arrived() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    parcel = workshop.shipped(task, coach, quantities={line: 1})
    address = reverse("portal:parcel_slip", args=[parcel.public_id])

    assert "deel van de bestelling" in str(slip_content(task, cards.parcel_units(parcel), [])["note"])
    on_its_way = client.get(address).content
    work_task.deliver(parcel.public_id, by=coach, now=NOW)
    arrived = client.get(address).content

    assert on_its_way.startswith(b"%PDF-")
    assert arrived.startswith(b"%PDF-")
    assert len(arrived) < len(on_its_way)


def test_a_slip_is_made_for_a_name_with_letters_that_the_house_has_no_font_for() -> None:
    compaan, coach, _client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)

    assert packing_slip(task, cards.open_units(task), ["Łukasz Żółć", "Ωμέγα 1", "W" * 80]).startswith(b"%PDF-")


def test_every_page_is_kept_out_of_caches() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)

    for address in (reverse("portal:today"), reverse("portal:task", args=[task.public_id])):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_the_slip_of_what_goes_into_one_parcel_counts_that_and_no_more() -> None:
    compaan, coach, client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)
    [line] = workshop.units(task)
    first = form_of(page(client, "ship", task.public_id))
    last = page(client, "ship", task.public_id, query={**first, f"quantity-{line}": 1, "carrier": "bpost"})
    [slip] = re.findall(r'href="([^"]*pakbon\.pdf[^"]*)"', last)
    with mock.patch("fulfilment.entrypoints.portal.shipping.packing_slip", return_value=b"") as printing:
        client.get(slip)
        client.get(reverse("portal:task_slip", args=[task.public_id]))

    printed = [[row.quantity for row in call.args[1]] for call in printing.call_args_list]
    assert printed == [[1], [3]]
    assert "daar staat de pakbon van wat je inpakt" in page(client, "task", task.public_id)


def test_every_letter_that_the_slip_prints_leaves_its_trace_on_paper(tmp_path: Path) -> None:
    signs = [chr(code) for code in range(0x2300) if PRINTED.fullmatch(chr(code))]
    letters = [sign for sign in [*signs, UNPRINTED] if unicodedata.category(sign)[0] in "LNPS"]
    assert len(letters) > 1_000
    template = tmp_path / "letters.typ"
    for family in ("SG Text", "SG Display"):
        fonts = f'#set text(font: ("{family}", "Libertinus Serif"))'
        sheets = "#for one in json(bytes(sys.inputs.letters)) [#page(one)]"
        template.write_text(f"#set page(width: 40pt, height: 30pt, margin: 2pt)\n{fonts}\n{sheets}")
        drawn: list[bytes] = typst.compile(  # type: ignore[assignment]  # a list, where there are several pages
            str(template),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="svg",
            sys_inputs={"letters": json.dumps(letters)},
        )
        assert [letter for letter, sheet in zip(letters, drawn, strict=True) if b"<use" not in sheet] == []


def test_a_letter_that_no_font_has_is_marked_and_said_to_whoever_packs() -> None:
    compaan, coach, _client = bench()
    task = workshop.brought_to("ready", workshop.task(compaan), coach)
    units = cards.open_units(task)

    odd = slip_content(task, units, ["李明 🌷", "Kouter 1"])
    assert odd["address"] == ["▯▯ ▯", "Kouter 1"]
    assert "Schrijf ze erbij" in str(odd["missing"])
    assert packing_slip(task, units, ["李明 🌷"]).startswith(b"%PDF-")
    assert slip_content(task, units, ["Zoe\u0308 Peeters"])["missing"] == ""


def test_earnings_and_parcels_are_all_there_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    compaan, coach, client = bench()
    monkeypatch.setattr("fulfilment.entrypoints.portal.sums.ORDERS_ON_PAGE", 2)
    monkeypatch.setattr("fulfilment.entrypoints.portal.shipping.ARRIVED_ON_PAGE", 2)
    numbers = []
    for at in range(3):
        task = workshop.brought_to("ready", workshop.task(compaan), coach)
        rows.held(task.order, compaan, 100 + at)
        parcel = workshop.shipped(task, coach, code=f"32321234567{at}", form_key=f"form-{at}")
        work_task.deliver(parcel.public_id, by=coach, now=NOW)
        numbers.append(task.order.number)
    for name in ("earnings", "parcels"):
        first, last = page(client, name), page(client, name, query={"pagina": 2})
        assert "1 tot 2 van 3" in first
        assert "3 tot 3 van 3" in last
        told = re.sub(r"<[^>]+>", " ", first + last)
        assert all(number in told for number in numbers)
        assert "1 tot 2 van 3" in page(client, name, query={"pagina": "x"})


def test_who_works_somewhere_and_draws_finds_both_and_the_way_back() -> None:
    _compaan, coach, client = bench()
    assert reverse("shares") not in page(client, "today")
    designer = rows.partner("cas-moor", kind="designer", name="Cas Moor")
    Membership.objects.create(user=coach, partner=designer, role=Membership.Role.DESIGNER)

    assert f'href="{reverse("shares")}"' in page(client, "today")
    mine = client.get(reverse("shares")).content.decode()
    assert "Cas Moor" in mine
    assert f'href="{reverse("portal:today")}"' in mine


def test_staff_who_also_works_somewhere_finds_it_from_the_back_office() -> None:
    compaan = rows.partner("compaan")
    operator = User.objects.create_user("operator@example.com", is_staff=True, staff_role="operator")
    client = Client()
    client.force_login(operator)
    office = reverse("backoffice:index")
    assert reverse("shares") not in client.get(office).content.decode()

    Membership.objects.create(user=operator, partner=compaan, role=Membership.Role.COACH)
    text = client.get(office).content.decode()
    assert f'href="{reverse("portal:today")}"' in text
    assert f'href="{reverse("shares")}"' in text
