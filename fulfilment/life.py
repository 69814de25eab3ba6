"""The life of a noun: a table of its states, and the one way along it.

A model with a life (`Living`) names its table, {state: {event: next state}}, which stands on one screen in its room's
`life.py`, and keeps its history as `steps` (rows of a `Step`). Nobody else writes a state: a house test looks for it.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from fulfilment.errors import Refusal
from fulfilment.states import Table


class Living(models.Model):
    """A row with a life. Its own `state` has the choices; the first of them is where its life begins."""

    LIFE: ClassVar[Table]

    state = models.CharField(_("stand"), max_length=24)

    class Meta:
        abstract = True


class Step(models.Model):
    """What moved a row, when and by whom: written in the transaction of the state that it tells of."""

    state = models.CharField(_("stand"), max_length=24)
    event = models.CharField(_("gebeurtenis"), max_length=32)
    at = models.DateTimeField(_("wanneer"))
    by = models.ForeignKey("partners.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("toelichting"), max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.event} → {self.state}"


def move(
    row: Living,
    event: str,
    *,
    now: datetime,
    by: Any = None,
    note: str = "",
    step: Any = None,
    **fields: Any,
) -> bool:
    """Let `event` happen to a row: its next state, `fields` and its history in one transaction.

    `step` has the columns that steps of this noun alone keep, by their name.

    False, and nothing is written, where the table has no such step from where the row stands in the database by now.
    The row is locked until the caller's transaction ends. A step that leads to where it stands leaves no history.
    """
    rows = type(row)._default_manager.filter(pk=row.pk)
    with transaction.atomic():
        row.state = rows.select_for_update().values_list("state", flat=True).get()
        following = row.LIFE.get(row.state, {}).get(event)
        if following is None:
            return False
        rows.update(state=following, **fields)
        if following != row.state:
            steps: Any = row.steps  # type: ignore[attr-defined]  # each model's own
            steps.create(state=following, event=event, at=now, by=by, note=note[:300], **(step or {}))
    for name, value in {"state": following, **fields}.items():
        setattr(row, name, value)
    return True


def advance(row: Living, event: str, *, message: str, now: datetime, **given: Any) -> None:
    """As `move`; a `Refusal` with `message` (for whoever asked) where the table has no such step."""
    if not move(row, event, now=now, **given):
        raise Refusal(message, code="WRONG_STATE")
