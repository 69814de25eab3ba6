"""Nothing slips into an agreement in the instant in which it binds."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from fulfilment.agreements.models import Agreement, Term
from fulfilment.flows import sign_agreement
from tests.support import rows
from tests.support.at_once import five_times
from tests.support.unlocked import WITH_AND_WITHOUT_LOCKS

pytestmark = pytest.mark.django_db(transaction=True)

GUARD = "agreements_refuse_change_of_words"


def a_term_slips_in() -> bool:
    """Whether somebody adds a term to an agreement whose binding is written and not yet committed."""
    draft = rows.agreement("SG-001", rows.partner("labeur"), bound=False)

    def add() -> None:
        try:
            Term.objects.create(agreement=draft, rank=9, kind="percent", partner=draft.producer, basis_points=1)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Agreement.objects.filter(pk=draft.pk).update(bound_at=rows.NOW)
            adding = pool.submit(add)
            wait([adding], timeout=1)  # it waits for us, or is done by now
        refused = adding.exception(30)
    assert refused is None or isinstance(refused, DatabaseError)
    return draft.terms.count() > 1


def test_a_term_that_comes_while_it_binds_waits_and_is_refused() -> None:
    assert not a_term_slips_in()


@contextmanager
def nothing_locked() -> Iterator[None]:
    """The guard looks at the agreement, as it does, and does not lock it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [GUARD])
        [guard] = cursor.fetchone()
        assert " FOR SHARE" in guard
        cursor.execute(guard.replace(" FOR SHARE", ""))
        try:
            yield
        finally:
            cursor.execute(guard)


def test_without_its_lock_the_guard_would_let_the_term_in() -> None:
    with nothing_locked():
        assert a_term_slips_in()


@WITH_AND_WITHOUT_LOCKS
def test_five_who_sign_for_two_partners_at_once_bind_it_once() -> None:
    labeur, sep = rows.partner("labeur"), rows.partner("sep", kind="designer")
    draft = rows.agreement("SG-001", labeur, designer=sep, bound=False)

    def sign_both() -> None:
        for partner in (labeur, sep):
            sign_agreement.sign(agreement_id=draft.pk, partner_id=partner.pk, by=None, now=rows.NOW)

    five_times(sign_both)

    draft.refresh_from_db()
    assert draft.bound_at == rows.NOW
    assert draft.signatures.count() == 2
