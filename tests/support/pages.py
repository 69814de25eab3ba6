"""What a page says."""

from typing import Any

from django.db.models import Model

from fulfilment.entrypoints.backoffice.base import Room
from fulfilment.entrypoints.backoffice.urls import back_office


def told(answer: Any) -> str:
    """The text of an answer of Django's test client."""
    content: bytes = answer.content
    return content.decode()


def opened(row: Model) -> dict[str, str]:
    """What the back office's form of a row says about the row as it stands now, besides the row's own fields."""
    room = back_office.get_model_admin(type(row))
    assert isinstance(room, Room)
    return {"seen": room.seen(row)}
