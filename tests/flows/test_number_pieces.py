"""Every piece of an edition has one number, without gaps, whatever becomes of the work that it was made for."""

from datetime import date, timedelta

import pytest

from fulfilment.errors import Refusal
from fulfilment.flows import work_task
from fulfilment.flows.keep_care import MOST, take_note_away, write_note
from fulfilment.flows.number_pieces import in_parcel, settle, to_pack
from fulfilment.flows.reassign_task import reassign
from fulfilment.partners.models import Partner, User
from fulfilment.pieces.models import CareNote, Edition, Piece
from fulfilment.production.models import Task
from tests.support import rows, workshop
from tests.support.workshop import LAMP, NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db


def bench(*, designed: bool = True) -> tuple[Partner, User]:
    compaan = rows.partner("compaan")
    designer = rows.partner("cas-moor", kind="designer", name="Cas Moor") if designed else None
    rows.agreement("SG-003", compaan, designer=designer)
    return compaan, workshop.member(compaan)


def made(compaan: Partner, coach: User) -> Task:
    return workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), coach)


def numbers(**of: object) -> list[int]:
    return list(Piece.objects.filter(**of).order_by("number").values_list("number", flat=True))


def test_a_piece_has_its_number_once_it_is_finished_and_not_before() -> None:
    compaan, coach = bench()
    task = workshop.brought_to("making", workshop.task(compaan, [THREE_STOOLS]), coach)
    assert numbers() == []
    work_task.finish(task.public_id, by=coach, now=NOW)
    work_task.finish(task.public_id, by=coach, now=NOW)
    assert numbers(task_line__task=task) == [1, 2, 3]
    assert numbers(task_line__task=made(compaan, coach)) == [4, 5, 6]
    tokens = set(Piece.objects.values_list("token", flat=True))
    assert (len(tokens), {len(token) for token in tokens}) == (6, {16})


def test_what_nobody_designed_is_of_no_edition() -> None:
    compaan, coach = bench(designed=False)
    made(compaan, coach)
    assert numbers() == []


def test_pressed_by_mistake_and_finished_again_it_keeps_its_number() -> None:
    compaan, coach = bench()
    task = made(compaan, coach)
    before = list(Piece.objects.values_list("token", flat=True))
    work_task.undo(task.public_id, step="ready", by=coach, now=NOW)
    work_task.finish(task.public_id, by=coach, now=NOW)
    assert list(Piece.objects.values_list("token", flat=True)) == before


def test_what_leaves_is_what_its_slip_said() -> None:
    compaan, coach = bench()
    task = made(compaan, coach)
    [line] = workshop.units(task)
    assert [piece.number for piece in to_pack({line: 2})[line]] == [1, 2]
    first = workshop.shipped(task, coach, quantities={line: 2})
    second = workshop.shipped(task, coach, quantities={line: 1}, form_key="form-2")
    assert [piece.number for piece in in_parcel(first)[line]] == [1, 2]
    assert [piece.number for piece in in_parcel(second)[line]] == [3]


def test_what_is_stopped_after_it_was_finished_is_the_next_of_that_workshop() -> None:
    compaan, coach = bench()
    task = made(compaan, coach)
    [line] = workshop.units(task)
    workshop.shipped(task, coach, quantities={line: 1})
    work_task.cancel_units({task.lines.get().line_id: 2}, order_id=task.order_id, now=NOW)
    assert (numbers(task_line=line), numbers(task_line=None)) == ([1], [2, 3])
    another = made(compaan, coach)
    assert numbers(task_line__task=another) == [2, 3, 4]
    assert Edition.objects.get().given == 4


def test_what_moves_to_another_workshop_gets_a_number_there() -> None:
    compaan, coach = bench()
    task = made(compaan, coach)
    other = rows.partner("labeur")
    workshop.takes_over(other, "SG-003")
    reassign(task.public_id, other.pk, by=coach, now=NOW)
    assert numbers(task_line=None, maker=compaan) == [1, 2, 3]
    work = Task.objects.get(producer=other)
    finished = workshop.brought_to("ready", work, workshop.member(other), now=NOW)
    assert numbers(task_line__task=finished) == []  # the workshop's own agreement names no designer


def test_of_another_size_it_is_another_piece() -> None:
    compaan, coach = bench()
    task = made(compaan, coach)
    Piece.objects.update(sku="SG-003-65")
    work_task.cancel_units({task.lines.get().line_id: 3}, order_id=task.order_id, now=NOW)
    assert numbers(task_line__task=made(compaan, coach)) == [4, 5, 6]


def test_work_from_before_there_were_numbers_has_them_when_it_leaves() -> None:
    compaan, coach = bench()
    task = made(compaan, coach)
    Piece.objects.all().delete()
    Edition.objects.all().delete()
    parcel = workshop.shipped(task, coach)
    assert sorted(piece.number for pieces in in_parcel(parcel).values() for piece in pieces) == [1, 2, 3]


def test_two_products_have_numbers_of_their_own() -> None:
    compaan, coach = bench()
    rows.agreement("SG-001", compaan, designer=Partner.objects.get(kind="designer"))
    workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS, LAMP]), coach)
    assert [(piece.product_code, piece.number) for piece in Piece.objects.order_by("product_code", "number")] == [
        ("SG-001", 1),
        ("SG-003", 1),
        ("SG-003", 2),
        ("SG-003", 3),
    ]


def test_settling_again_changes_nothing() -> None:
    compaan, coach = bench()
    task = made(compaan, coach)
    before = list(Piece.objects.values_list("pk", "task_line_id", "number"))
    settle(task, NOW)
    assert list(Piece.objects.values_list("pk", "task_line_id", "number")) == before


# --- care ------------------------------------------------------------------------------------------------------------


def piece() -> Piece:
    compaan, coach = bench()
    made(compaan, coach)
    return Piece.objects.get(number=1)


def wrote(
    found: Piece, text: str = "Nieuwe zitting", *, key: str = "form-key-1", on: date = workshop.TODAY
) -> CareNote:
    return write_note(found.token, on=on, text=text, form_key=key, now=NOW)


def test_a_note_of_care_is_kept_once_and_can_be_taken_away() -> None:
    found = piece()
    assert wrote(found) == wrote(found)
    wrote(found, "  Geolied \u202e ", key="form-key-2")
    assert [note.text for note in found.notes.all()] == ["Nieuwe zitting", "Geolied"]
    first = found.notes.all()[0].public_id
    for _ in range(2):
        take_note_away(found.token, first)
    take_note_away("another", found.notes.get().public_id)
    assert found.notes.get().text == "Geolied"


def test_what_cannot_be_kept_says_why() -> None:
    found = piece()
    tries = [("", NOW.date(), "EMPTY"), ("a" * 301, NOW.date(), "TOO_LONG")]
    tries += [("Later", NOW.date() + timedelta(days=1), "NOT_THEN"), ("Vroeger", date(2020, 1, 1), "NOT_THEN")]
    for text, on, code in tries:
        with pytest.raises(Refusal) as refused:
            wrote(found, text, on=on)
        assert refused.value.code == code
    for at in range(MOST):
        wrote(found, f"Keer {at}", key=f"form-key-{at}")
    with pytest.raises(Refusal) as refused:
        wrote(found, key="one-too-many")
    assert refused.value.code == "FULL"
