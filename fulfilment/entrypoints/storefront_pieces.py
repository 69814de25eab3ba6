"""What the shop asks for the page of a piece: who designed and made it, when, and how it was cared for."""

import re
from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import pgettext
from ninja import Field, Router, Schema

from fulfilment.entrypoints.form_keys import given_key
from fulfilment.entrypoints.storefront_refunds import NoSuchPage
from fulfilment.errors import Refusal
from fulfilment.flows.keep_care import take_note_away, write_note
from fulfilment.flows.number_pieces import designers_of
from fulfilment.pieces.models import Piece

router = Router()

Json = dict[str, object]

TOKEN = re.compile(r"[\w-]{16}")
NOTE = re.compile(r"nte_[\w-]{12}")


class Note(Schema):
    """A day and what happened, as somebody typed it."""

    form_key: str = Field(max_length=64)
    on: date
    text: str = Field(max_length=2_000)


@router.get("/{token}")
def piece(request: HttpRequest, token: str) -> Json:
    """All that its page says, and nothing of whoever has it."""
    found = _found(token)
    line = found.task_line
    assert line is not None  # a piece on a shelf has no page
    return {
        "product_code": found.product_code,
        "name": line.line.name_told,
        "variant_name": line.line.variant_told,
        "sku": line.line.sku,
        "number": found.number,
        "designers": designers_of(line.task).get(line.pk, []),
        "producer": {"slug": found.maker.slug, "name": found.maker.name, "city": found.maker.city},
        "made_on": timezone.localdate(found.made_at).isoformat(),
        "notes": [{"id": note.public_id, "on": note.on.isoformat(), "text": note.text} for note in found.notes.all()],
    }


@router.post("/{token}/notes")
def note(request: HttpRequest, token: str, given: Note) -> Json:
    """Keep a note. `result`: kept, or wrong with the sentence for its field."""
    _found(token)
    key = given_key({"form_key": given.form_key})
    if not key:
        return {
            "result": "wrong",
            "errors": {"text": pgettext("customer", "Dit formulier klopt niet meer. Open de pagina opnieuw.")},
        }
    try:
        write_note(token, on=given.on, text=given.text, form_key=key, now=timezone.now())
    except Refusal as refusal:
        return {"result": "wrong", "errors": {"on" if refusal.code == "NOT_THEN" else "text": refusal.message}}
    return {"result": "kept", "errors": {}}


@router.post("/{token}/notes/{public_id}/remove")
def remove(request: HttpRequest, token: str, public_id: str) -> Json:
    """Take a note away."""
    if NOTE.fullmatch(public_id):
        take_note_away(_found(token).token, public_id)
    return {"result": "gone"}


def _found(token: str) -> Piece:
    rows = Piece.objects.filter(token=token) if TOKEN.fullmatch(token) else Piece.objects.none()
    found = rows.exclude(task_line=None).select_related("maker", "task_line__line", "task_line__task").first()
    if found is None:
        raise NoSuchPage("There is no such piece.", code="NOT_FOUND")
    return found
