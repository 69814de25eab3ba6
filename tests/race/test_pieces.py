"""Several workshops that finish pieces of one edition in the same instant, and one who writes of a piece five times."""

from collections.abc import Callable
from itertools import count
from threading import Barrier
from unittest import mock

import pytest
from django.db import IntegrityError

from fulfilment.flows import number_pieces, work_task
from fulfilment.flows.keep_care import write_note
from fulfilment.pieces.models import CareNote, Edition, Piece
from tests.support import rows, workshop
from tests.support.at_once import FIVE, five_times, five_tries
from tests.support.workshop import NOW, THREE_STOOLS

pytestmark = pytest.mark.django_db(transaction=True)


def five_who_finish() -> Callable[[], object]:
    """Each finishes three stools of an order of its own."""
    compaan = rows.partner("compaan")
    rows.agreement("SG-003", compaan, designer=rows.partner("cas-moor", kind="designer"))
    coach = workshop.member(compaan)
    tasks = [workshop.brought_to("making", workshop.task(compaan, [THREE_STOOLS]), coach) for _ in range(FIVE)]
    hands = count()
    return lambda: work_task.finish(tasks[next(hands)].public_id, by=coach, now=NOW)


def test_of_five_that_are_finished_at_once_each_piece_has_its_number_without_gaps() -> None:
    five_times(five_who_finish())
    assert list(Piece.objects.values_list("number", flat=True)) == list(range(1, 3 * FIVE + 1))
    assert Edition.objects.get().given == 3 * FIVE


def test_without_the_lock_two_would_have_the_same_number() -> None:
    finish = five_who_finish()
    Edition.objects.create(product_code="SG-003")
    have_read = Barrier(FIVE)

    def read(code: str) -> Edition:
        found = Edition.objects.get(product_code=code)
        have_read.wait(10)
        return found

    with mock.patch.object(number_pieces, "lock_edition", read):
        _done, failures = five_tries(finish)
    assert [type(error) for error in failures] == [IntegrityError] * (FIVE - 1)  # the table itself refuses the second


def test_one_note_sent_five_times_at_once_is_kept_once() -> None:
    five_who_finish()()
    token = Piece.objects.values_list("token", flat=True)[0]
    five_times(lambda: write_note(token, on=NOW.date(), text="Geolied", form_key="the-same-key", now=NOW))
    assert CareNote.objects.count() == 1
