"""What fulfilment answers the shop's page of a piece, in the shape that the shop reads."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from fulfilment.flows import work_task
from fulfilment.pieces.models import Piece
from tests.support import rows, workshop
from tests.support.shape import differences
from tests.support.static_files import as_they_lie
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "golden" / "storefront_piece.v1.json"
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


def called(path: str, given: dict[str, Any] | None = None, *, status: int = 200) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {django_settings.STOREFRONT_API_TOKEN}"}
    address, client = f"/api/storefront/pieces/{path}", Client()
    if given is None:
        answer = client.get(address, headers=headers)
    else:
        answer = client.post(address, data=json.dumps(given), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = json.loads(answer.content)
    return told


def test_a_piece_has_the_golden_shape_and_tells_nothing_of_its_buyer(piece: Piece) -> None:
    called(f"{piece.token}/notes", NOTE)
    told = called(piece.token)
    assert differences(told, json.loads(GOLDEN.read_text())) == []
    assert (told["number"], told["designers"], told["producer"]["slug"]) == (2, ["Cas Moor"], "compaan")
    assert "Peeters" not in json.dumps(told)


def test_a_note_is_kept_once_told_what_is_wrong_and_taken_away(piece: Piece) -> None:
    for _ in range(2):
        assert called(f"{piece.token}/notes", NOTE) == {"result": "kept", "errors": {}}
    [note] = called(piece.token)["notes"]
    wrong = called(f"{piece.token}/notes", {**NOTE, "on": "2020-01-01", "form_key": "another-key-1"})
    assert (wrong["result"], list(wrong["errors"])) == ("wrong", ["on"])
    assert list(called(f"{piece.token}/notes", {**NOTE, "form_key": "x"})["errors"]) == ["text"]
    called(f"{piece.token}/notes/%00/remove", {})
    called(f"{piece.token}/notes/{note['id']}/remove", {})
    assert called(piece.token)["notes"] == []


def test_no_guess_and_no_piece_that_lies_on_a_shelf_has_a_page(piece: Piece) -> None:
    assert piece.task_line is not None
    order = piece.task_line.task.order
    for guess in ("2", "a" * 16, "%00", "é"):
        called(guess, status=404)
    work_task.cancel_units({order.lines.get().pk: 3}, order_id=order.pk, now=NOW)
    called(piece.token, status=404)
