"""Writing in the ledger where the caller has no transaction of its own."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from fulfilment.ledger.accounts import Account
from fulfilment.ledger.book import Move, record
from fulfilment.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


def test_an_entry_never_stands_without_its_postings() -> None:
    bad = [Move(Account.STRIPE, Account.BANK, 5), Move(Account.STRIPE, Account.BANK, -5)]
    with pytest.raises(IntegrityError):
        record("half", "x", bad, currency="EUR", happened_at=NOW, now=NOW)
    assert not Entry.objects.exists()
