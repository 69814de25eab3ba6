"""Whoever has a piece's link writes down how it was cared for or repaired, and takes that away again."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import pgettext

from fulfilment.errors import Refusal
from fulfilment.pieces.locks import lock_piece
from fulfilment.pieces.models import CareNote
from fulfilment.texts import seen

MOST = 50
"""Notes of one piece."""


@transaction.atomic
def write_note(token: str, *, on: date, text: str, form_key: str, now: datetime) -> CareNote:
    """Keep a note; the same form sent twice keeps it once. `Refusal` for what cannot be kept, for whoever writes."""
    piece = lock_piece(token)
    key = f"{token}:{form_key}"
    earlier = CareNote.objects.filter(form_key=key).first()
    if earlier is not None:
        return earlier
    written = seen(text)
    if not written:
        raise Refusal(pgettext("customer", "Schrijf wat er gebeurde."), code="EMPTY")
    if len(written) > CareNote.LONGEST:
        raise Refusal(
            pgettext("customer", "Hoogstens %(count)s tekens.") % {"count": CareNote.LONGEST}, code="TOO_LONG"
        )
    if not timezone.localdate(piece.made_at) <= on <= timezone.localdate(now):
        raise Refusal(
            pgettext("customer", "Kies een dag tussen die waarop het gemaakt werd en vandaag."), code="NOT_THEN"
        )
    if piece.notes.count() >= MOST:
        raise Refusal(pgettext("customer", "Er staan er al vijftig. Haal er eerst een weg."), code="FULL")
    return CareNote.objects.create(piece=piece, form_key=key, on=on, text=written, written_at=now)


def take_note_away(token: str, public_id: str) -> None:
    """It is gone; a second time changes nothing."""
    CareNote.objects.filter(piece__token=token, public_id=public_id).delete()
