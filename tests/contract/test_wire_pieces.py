"""What fulfilment answers the shop's page of a piece, in the shape that the shop reads."""

import json

import pytest
from pytest_django import Settings

from fulfilment.flows import work_task
from fulfilment.pieces.models import Piece
from tests.support import rows, workshop
from tests.support.shape import differences
from tests.support.static_files import as_they_lie
from tests.support.storefront_api import called, golden
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db

NOTE = {"form_key": "a-form-key-1", "on": NOW.date().isoformat(), "text": "Geolied"}


@pytest.fixture(autouse=True)
def _static_files(settings: Settings) -> None:
    as_they_lie(settings)


@pytest.fixture
def piece() -> Piece:
    compaan = rows.partner("compaan")
    rows.agreement("SG-003", compaan, designer=rows.partner("cas-moor", kind="designer", name="Cas Moor"))
    workshop.brought_to("ready", workshop.task(compaan, [THREE_STOOLS]), workshop.member(compaan))
    return Piece.objects.get(number=2)


def test_a_piece_has_the_golden_shape_and_tells_nothing_of_its_buyer(piece: Piece) -> None:
    called(f"pieces/{piece.token}/notes", NOTE)
    told = called(f"pieces/{piece.token}")
    assert differences(told, golden("piece")) == []
    assert (told["number"], told["designers"], told["producer"]["slug"]) == (2, ["Cas Moor"], "compaan")
    assert "Peeters" not in json.dumps(told)


def test_a_note_is_kept_once_told_what_is_wrong_and_taken_away(piece: Piece) -> None:
    for _ in range(2):
        assert called(f"pieces/{piece.token}/notes", NOTE) == {"result": "kept", "errors": {}}
    [note] = called(f"pieces/{piece.token}")["notes"]
    wrong = called(f"pieces/{piece.token}/notes", {**NOTE, "on": "2020-01-01", "form_key": "another-key-1"})
    assert (wrong["result"], list(wrong["errors"])) == ("wrong", ["on"])
    assert list(called(f"pieces/{piece.token}/notes", {**NOTE, "form_key": "x"})["errors"]) == ["text"]
    called(f"pieces/{piece.token}/notes/%00/remove", {})
    called(f"pieces/{piece.token}/notes/{note['id']}/remove", {})
    assert called(f"pieces/{piece.token}")["notes"] == []


def test_no_guess_and_no_piece_that_lies_on_a_shelf_has_a_page(piece: Piece) -> None:
    assert piece.task_line is not None
    order = piece.task_line.task.order
    for guess in ("2", "a" * 16, "%00", "é"):
        called(f"pieces/{guess}", status=404)
    work_task.cancel_units({order.lines.get().pk: 3}, order_id=order.pk, now=NOW)
    called(f"pieces/{piece.token}", status=404)
