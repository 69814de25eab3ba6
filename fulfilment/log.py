"""Who changed what, from what, to what: a log that triggers of the database keep, whoever writes, and however.

A model is `logged` where somebody must be able to ask about a change of a row later. What is kept of each stands in a
table of its own beside the model's, to which the application's role can only add. Who it was stands in
`pghistory.models.Context`, where a person did it: see `entrypoints/accounts/doer.py`.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def logged(*, exclude: Sequence[str] = ()) -> Callable[[M], M]:
    """Keep all rows that are made, changed or removed, but no field in `exclude`: secrets, what moves by itself."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*events, exclude=list(exclude))  # type: ignore[no-any-return]
