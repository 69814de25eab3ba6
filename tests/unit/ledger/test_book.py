"""The ledger: written once per key, balanced by construction, never changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from fulfilment.errors import Conflict
from fulfilment.ledger.accounts import Account
from fulfilment.ledger.balances import balance, by_tags, of_order, trial_balance
from fulfilment.ledger.book import Move, record, reverse, reversed_moves
from fulfilment.ledger.models import Entry, Posting
from fulfilment.orders.models import Order
from fulfilment.partners.models import Partner
from tests.support import rows
from tests.support.app_role import as_application

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
RECEIVED = Move(Account.STRIPE, Account.UNALLOCATED, 1_000)


def write(key: str = "payment:pi_1:received", *moves: Move, at: datetime = NOW) -> Entry | None:
    return record(key, "payment_received", moves or (RECEIVED,), currency="EUR", happened_at=at, now=NOW)


def written(key: str, *moves: Move, at: datetime = NOW) -> Entry:
    entry = write(key, *moves, at=at)
    assert entry is not None
    return entry


def test_an_entry_is_kept_with_its_postings_and_tags() -> None:
    order = rows.order([("SG-001", "Koord", 1, 12_100)])
    line, partner = order.lines.get(), rows.partner("labeur")
    made = written("order:1", Move(Account.CUSTOMER, Account.PARTNER_HELD, 700, order.pk, line.pk, partner.pk, 2_100))
    posting = made.postings.get()
    assert (posting.debit, posting.credit, posting.amount_minor, posting.currency) == (
        "customer",
        "partner_held",
        700,
        "EUR",
    )
    assert (posting.order, posting.line, posting.partner, posting.vat_basis_points) == (order, line, partner, 2_100)
    assert (made.kind, made.happened_at, made.recorded_at) == ("payment_received", NOW, NOW)


def test_the_same_key_with_the_same_moves_is_written_once() -> None:
    assert write() is not None
    assert write() is None
    assert (Entry.objects.count(), Posting.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [
        Move(Account.STRIPE, Account.UNALLOCATED, 1_001),
        Move(Account.STRIPE, Account.CUSTOMER, 1_000),
        Move(Account.STRIPE, Account.UNALLOCATED, 1_000, vat_basis_points=0),
    ],
)
def test_the_same_key_with_other_moves_is_a_conflict_and_writes_nothing(other: Move) -> None:
    write()
    with pytest.raises(Conflict):
        write("payment:pi_1:received", other)
    assert balance(Account.UNALLOCATED) == 1_000


def test_the_same_key_in_another_currency_is_a_conflict() -> None:
    write()
    with pytest.raises(Conflict):
        record("payment:pi_1:received", "x", [RECEIVED], currency="USD", happened_at=NOW, now=NOW)


def test_nothing_to_move_is_no_entry() -> None:
    assert write("empty", Move(Account.STRIPE, Account.UNALLOCATED, 0)) is None
    assert record("none", "x", [], currency="EUR", happened_at=NOW, now=NOW) is None
    assert not Entry.objects.exists()


@pytest.mark.parametrize("move", [Move(Account.STRIPE, Account.BANK, -1), Move(Account.BANK, Account.BANK, 1)])
def test_a_posting_moves_more_than_nothing_between_two_accounts(move: Move) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write("bad", move)
    assert not Entry.objects.exists()


def test_an_entry_is_reversed_once() -> None:
    entry = written("payment:pi_1:received")
    assert reverse(entry, key="payment:pi_1:undone", happened_at=NOW, now=NOW) is not None
    assert trial_balance() == {Account.STRIPE: 0, Account.UNALLOCATED: 0}
    assert reverse(entry, key="payment:pi_1:undone", happened_at=NOW, now=NOW) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        reverse(entry, key="payment:pi_1:undone_again", happened_at=NOW, now=NOW)
    assert Entry.objects.count() == 2
    assert Entry.objects.get(reverses=entry).kind == "payment_received_reversed"


def test_moves_backwards_twice_are_the_moves() -> None:
    moves = [RECEIVED, Move(Account.CUSTOMER, Account.VAT_OWED, 5, 1, 2, 3, 600)]
    assert reversed_moves(reversed_moves(moves)) == moves


def test_balances_are_told_by_order_partner_tag_and_day() -> None:
    one, two = (rows.order([("SG-001", "Koord", 1, 12_100)]) for _ in range(2))
    partner = rows.partner("labeur")
    written("a", Move(Account.CUSTOMER, Account.PARTNER_HELD, 700, one.pk, None, partner.pk), at=NOW)
    written("b", Move(Account.CUSTOMER, Account.PARTNER_HELD, 50, two.pk, None, partner.pk), at=NOW + timedelta(days=1))
    written("c", Move(Account.PARTNER_HELD, Account.CUSTOMER, 20, two.pk, None, partner.pk), at=NOW + timedelta(days=2))

    assert balance(Account.PARTNER_HELD) == 730
    assert balance(Account.PARTNER_HELD, order_id=two.pk) == 30
    assert balance(Account.PARTNER_HELD, partner_id=partner.pk + 1) == 0
    assert by_tags(Account.PARTNER_HELD, "order_id", partner_id=partner.pk) == {(one.pk,): 700, (two.pk,): 30}
    for days, standing in ((-1, 0), (0, 700), (1, 750), (2, 730)):
        until = NOW + timedelta(days=days)
        assert sum(by_tags(Account.PARTNER_HELD, "partner_id", until=until).values()) == standing
    assert of_order(one.pk) == {"customer": -700, "partner_held": 700}
    assert sum(trial_balance().values()) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET amount_minor = 1",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET kind = 'x'",
        "DELETE FROM ledger_entry",
    ],
)
def test_the_database_refuses_to_change_what_was_booked_whoever_asks(statement: str) -> None:
    write()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert balance(Account.UNALLOCATED) == 1_000


def test_nor_can_it_be_changed_through_the_models() -> None:
    entry = written("a")
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.postings.get().delete()


@pytest.fixture
def app_role() -> Iterator[None]:
    with as_application():
        yield


def test_the_programs_role_may_write_the_ledger_and_not_change_it(app_role: None) -> None:
    write()
    assert balance(Account.UNALLOCATED) == 1_000
    for statement in (
        "UPDATE ledger_posting SET amount_minor = 1",
        "DELETE FROM ledger_posting",
        "UPDATE ledger_entry SET kind = 'x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_posting",
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
    ):
        denied = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
        with denied, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_programs_role_may_do_its_other_work(app_role: None) -> None:
    made = rows.partner("labeur", taxed=False)
    Partner.objects.filter(pk=made.pk).update(name="Labeur vzw")
    rows.order([("SG-001", "Koord", 1, 12_100)])
    assert Order.objects.update(number="7") == 1
    assert Partner.objects.get().name == "Labeur vzw"
    made.delete()
